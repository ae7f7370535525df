/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_KEEP_H
#define LANDER_RUN_KEEP_H

#include <stdbool.h>
#include <stddef.h>

/** Lines that were said, for who asks for them later: as many as fit. */
struct keep {
	bool on;
	size_t length;
	char text[12288];
};

/** keep_begin(keep, on): lines count from now on, or no more; those of before
 *  go when it is on. */
void keep_begin(struct keep *keep, bool on);

/** keep_line(keep, line): one more, without a newline. */
void keep_line(struct keep *keep, const char *line);

/** keep_read(keep, buf, room): false when there is none. */
bool keep_read(const struct keep *keep, char *buf, size_t room);

#endif
