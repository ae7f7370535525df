/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_HELP_H
#define LANDER_RUN_HELP_H

/** help_print(): how lander is called, and every parameter, on standard output;
 *  the exit status. */
int help_print(void);

#endif
