/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_KSCHECK_H
#define LANDER_RUN_KSCHECK_H

/** kscheck_run(argv): what `lander ks-check FILE` does, argv being the words
 *  behind it: everything that is wrong with the file, a line each.  The exit
 *  status: 0, or 2. */
int kscheck_run(char *const *argv);

#endif
