/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONTROL_SEND_H
#define LANDER_RUN_CONTROL_SEND_H

#include <stdbool.h>

/** control_send_is(words): `lander WORD…` is an order to one that runs: the
 *  first of them is one, but for where that listens. */
bool control_send_is(char *const *words);

/** control_send(words): what it does then: prints the answer.  The exit status.
 */
int control_send(char *const *words);

#endif
