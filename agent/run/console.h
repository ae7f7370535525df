/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONSOLE_H
#define LANDER_RUN_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

struct pollfd;

/** Where a person may be looking: every console of this machine, or stdout. */
struct console;

/** console_open(machine): all of /sys/class/tty/console/active when machine
 *  is set, else standard output.  Never fails: no console is a console that
 *  nobody sees.  Source: Documentation/admin-guide/serial-console.rst. */
struct console *console_open(bool machine);
void console_close(struct console *console);

/** console_write(console, text): whole lines, to each of them; one that is
 *  stuck (a serial line without a reader) is passed over, never waited for
 *  longer than 2 s.  Any thread may call it. */
void console_write(struct console *console, const char *text);

/** console_listen(console): from now on lines are typed there; what was typed
 *  before is thrown away.  Without the live system: on standard input, when it
 *  is a terminal. */
void console_listen(struct console *console);

/** console_want(console, fds, room): what to poll(2) for; the number of fds. */
size_t console_want(struct console *console, struct pollfd *fds, size_t room);

/** console_take(console, buf, room): the next line that was typed on any of
 *  them, without its end; false when there is no whole one.  Never waits. */
bool console_take(struct console *console, char *buf, size_t room);

/** console_knocked(console): path of one on which Enter was pressed with
 * nothing before it, since console_listen() or the last call; NULL: on none. It
 * is console_take() that reads. */
const char *console_knocked(struct console *console);

/** console_main(console): path of the one that a shell belongs to: the last
 *  console= of the command line. */
const char *console_main(const struct console *console);

/** console_terminal(console, index): path of each of them, then NULL; in the
 *  place of standard output the terminal of who started lander, tty(4). */
const char *console_terminal(const struct console *console, size_t index);

/** console_lend(console, terminal, lent): while it is lent, by its path as
 *  console_terminal() has it, nothing is written to it and nothing read. */
void console_lend(struct console *console, const char *terminal, bool lent);

#endif
