/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_UNIT_H
#define LANDER_SOURCE_UNIT_H

#include <stdbool.h>

struct text;

/** unit_look(name, ret_running, followers, why): whether it is there and runs;
 *  whom systemd stops along with it, with a blank after each.  0, or a
 *  positive errno with words in why: ENOENT, EINVAL for what is no name. */
int unit_look(const char *name, bool *ret_running, struct text *followers,
	      struct text *why);

/** unit_stop/start(name, why): done when it returns.  0, or a positive errno
 *  with words in why. */
int unit_stop(const char *name, struct text *why);
int unit_start(const char *name, struct text *why);

/** unit_return(name, why): likewise unit_start(), of one that was stopped along
 *  with another: a target without what else it wants. */
int unit_return(const char *name, struct text *why);

#endif
