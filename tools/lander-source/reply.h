/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_REPLY_H
#define LANDER_SOURCE_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct iovec;
struct text;

/** reply_bytes(part, count): all of it to the agent; false when it is gone.
 *  The parts are changed. */
bool reply_bytes(struct iovec *part, unsigned int count);

/** The head of a frame. */
struct reply {
	uint8_t type;
	uint8_t flags;
	uint64_t tag;
};

/** reply_send(reply, payload, length): one frame. */
bool reply_send(const struct reply *reply, const void *payload, size_t length);

/** reply_long(type, tag, text, length): the whole answer to a request, in
 *  pieces, because a frame has a limit and a large machine has none. */
bool reply_long(uint8_t type, uint64_t tag, const char *text, size_t length);

/** reply_error(tag, code, words): the end of a request that failed. */
bool reply_error(uint64_t tag, int code, const char *words);

/** reply_fatal(words): why this program ends now. */
void reply_fatal(const char *words);

#endif
