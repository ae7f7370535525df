/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_NETFILES_H
#define LANDER_RUN_NETFILES_H

/** netfiles_run(): lander network: the files of systemd-networkd, from the
 *  kernel command line; a bad ip= is left for the agent to tell.  The exit
 *  status. */
int netfiles_run(void);

#endif
