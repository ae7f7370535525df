/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_SCREEN_H
#define LANDER_RUN_WIZARD_SCREEN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct error;

/**
 * wizard_screen_open(terminal, stop, err): takes the terminal with this path,
 * NULL for standard input and output, for screens of newt's; there is one at a
 * time.  A kind of terminal that nobody knows is taken for a VT100; serial
 * lines are VT220s.  It gives way when *stop becomes true.
 * Errors: ERROR_CONFIG: it is no terminal, or can't place its cursor.
 * Source: newt.h, slang.h, terminfo(5).
 */
int wizard_screen_open(const char *terminal, const _Atomic bool *stop,
		       struct error **err);
void wizard_screen_close(void);

/** wizard_screen_over(): nobody looks any more: the line was cut, or the
 *  program is to end.  wizard_screen_lost(): the line was cut, just now. */
bool wizard_screen_over(void);
void wizard_screen_lost(void);

/** wizard_screen_renew(): begins again, empty, with the size that the terminal
 *  has now. */
void wizard_screen_renew(void);

/** wizard_screen_plain(text): in place: letters that this screen can't show
 *  become others. */
void wizard_screen_plain(char *text);

/** wizard_screen_fit(text, columns): as above, one line of it; the end of what
 *  was too long is "...", as not every terminal has the letter for that. */
void wizard_screen_fit(char *text, size_t columns);

#endif
