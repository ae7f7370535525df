/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONSOLE_ASK_H
#define LANDER_RUN_CONSOLE_ASK_H

#include <stdatomic.h>
#include <stdbool.h>

struct console;
struct console_asking;
struct error;
struct locked;

/**
 * console_ask_begin(console): from now on nothing of what is typed on the
 * consoles, or on the terminal of who started lander, is shown, and what was
 * typed before does not count.  NULL: there is no terminal.
 */
struct console_asking *console_ask_begin(const struct console *console);

/**
 * console_ask_end(asking, seconds, stop, ret, err): waits for the first line
 * with something in it on any of them, and all is shown again.  Bytes of ret:
 * at most 1023.  Errors: ERROR_CONFIG (nobody typed in that time, or can any
 * more), ERROR_ABORTED.  Source: termios(3), tty(4).
 */
int console_ask_end(struct console_asking *asking, unsigned int seconds,
		    const _Atomic bool *stop, struct locked *ret,
		    struct error **err);

/** console_ask_possible(console): whether there is a terminal at all. */
bool console_ask_possible(const struct console *console);

#endif
