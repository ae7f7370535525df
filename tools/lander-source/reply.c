/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames to the agent, in whole and in order.  Writing waits for the agent to
 * read: there is nothing else worth doing.  But not for ever: behind a line
 * that was cut sshd waits for the kernel, for a quarter of an hour and more,
 * and we would for sshd.
 */
#include "lander-source/reply.h"

#include <sys/uio.h>

#include <errno.h>
#include <string.h>

#include "lander-source/system.h"
#include "source/wire.h"

#define WORDS_MAX 1024U
#define TO_AGENT  1

/* Longer than any agent lets what came lie. */
#ifndef REPLY_LIMIT_S
#define REPLY_LIMIT_S 90
#endif

bool reply_bytes(struct iovec *part, unsigned int count)
{
	while (count) {
		size_t done;
		long n;

		system_limit(REPLY_LIMIT_S);
		n = system_writev(TO_AGENT, part, (int)count);
		system_limit(0);
		done = n > 0 ? (size_t)n : 0;
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return false;
		while (count && done >= part->iov_len) {
			done -= part->iov_len;
			part++;
			count--;
		}
		if (count) {
			part->iov_base = (char *)part->iov_base + done;
			part->iov_len -= done;
		}
	}
	return true;
}

bool reply_send(const struct reply *reply, const void *payload, size_t length)
{
	struct wire_header header = {.length = (uint32_t)length,
				     .type = reply->type,
				     .flags = reply->flags,
				     .tag = reply->tag};
	uint8_t head[WIRE_HEADER_BYTES];
	struct iovec part[2] = {
		{.iov_base = head, .iov_len = sizeof(head)},
		{.iov_base = (void *)(uintptr_t)payload, .iov_len = length},
	};

	(void)wire_put_header(head, &header);
	return reply_bytes(part, length ? 2 : 1);
}

bool reply_error(uint64_t tag, int code, const char *words)
{
	uint8_t payload[4 + WORDS_MAX];
	size_t length = strlen(words);

	if (length > WORDS_MAX)
		length = WORDS_MAX;
	(void)wire_put32(payload, (uint32_t)code);
	memcpy(payload + 4, words, length);
	return reply_send(&(struct reply){WIRE_ERROR, WIRE_LAST, tag}, payload,
			  4 + length);
}

void reply_fatal(const char *words)
{
	(void)reply_send(&(struct reply){WIRE_FATAL, WIRE_LAST, 0}, words,
			 strlen(words));
}

bool reply_long(uint8_t type, uint64_t tag, const char *text, size_t length)
{
	struct reply reply = {WIRE_ANSWER | type, 0, tag};

	while (length > WIRE_READ_MAX) {
		if (!reply_send(&reply, text, WIRE_READ_MAX))
			return false;
		text += WIRE_READ_MAX;
		length -= WIRE_READ_MAX;
	}
	reply.flags = WIRE_LAST;
	return reply_send(&reply, text, length);
}
