/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONTROL_SEND_H
#define LANDER_RUN_CONTROL_SEND_H

#include <stdbool.h>

/** control_send_is(word): `lander WORD` is an order to one that runs. */
bool control_send_is(const char *word);

/** control_send(argc, argv): what `lander ORDER` does, argv[1] being the order:
 *  prints the answer.  The exit status. */
int control_send(int argc, char **argv);

#endif
