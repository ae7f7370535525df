/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_UNITS_H
#define LANDER_SOURCE_UNITS_H

#include <stdbool.h>

struct hold;
struct text;

/** units_look(hold, why): whether its units run, and which others systemd would
 *  stop along with them: those are behind them from then on.  0, or a positive
 *  errno with words in why; nothing is done. */
int units_look(struct hold *hold, struct text *why);

/** units_stop(hold, done, why): those that run; a line each in done.  0, or a
 *  positive errno with words in why. */
int units_stop(struct hold *hold, struct text *done, struct text *why);

/** units_start(hold, start, to): those that were stopped, or, when start is
 *  false, only says that they stay so; a line each. */
void units_start(struct hold *hold, bool start, struct text *to);

/** units_tell(hold, to): what is going to become of them, a line each. */
void units_tell(const struct hold *hold, struct text *to);

#endif
