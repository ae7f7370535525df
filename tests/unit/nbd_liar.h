/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_NBD_LIAR_H
#define LANDER_TESTS_NBD_LIAR_H

/*
 * An NBD server that lies as told, one connection after another in its own
 * thread: no real server can be made to.  Fixed newstyle, structured replies.
 * Source: the NBD protocol (doc/proto.md).
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <endian.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct liar {
	const char *greeting; /* said instead of the protocol, or NULL */
	bool mute;	      /* accepts, and never says anything */
	uint64_t size;
	const uint32_t *extents; /* big-endian pairs: length, flags */
	size_t extents_count;	 /* pairs */
	uint32_t context;	 /* id in answers; 1 is the right one */
	uint32_t short_by;	 /* bytes missing in each read */
	int fd;
	char path[108];
	char uri[160];
	pthread_t thread;
};

static inline bool liar_get(int fd, void *buf, size_t length)
{
	return !length || recv(fd, buf, length, MSG_WAITALL) == (ssize_t)length;
}

static inline void liar_put(int fd, const void *buf, size_t length)
{
	(void)send(fd, buf, length, MSG_NOSIGNAL);
}

static inline void liar_reply(int fd, uint32_t option, uint32_t type,
			      const void *data, uint32_t length)
{
	struct __attribute__((packed)) {
		uint64_t magic;
		uint32_t option, type, length;
	} head = {htobe64(0x3e889045565a9), option, htobe32(type),
		  htobe32(length)};

	liar_put(fd, &head, sizeof(head));
	if (length)
		liar_put(fd, data, length);
}

/* Options until the export is chosen. */
static inline bool liar_negotiate(const struct liar *liar, int fd)
{
	struct __attribute__((packed)) {
		uint64_t magic;
		uint32_t option, length;
	} head;
	struct __attribute__((packed)) {
		uint16_t type;
		uint64_t size;
		uint16_t flags;
	} info = {0, htobe64(liar->size), htobe16(0x0103)};
	char data[4096];
	uint32_t flags;

	liar_put(fd, "NBDMAGICIHAVEOPT\0\3", 18);
	if (!liar_get(fd, &flags, 4))
		return false;
	while (liar_get(fd, &head, sizeof(head))) {
		uint32_t length = be32toh(head.length);

		if (length > sizeof(data) || !liar_get(fd, data, length))
			return false;
		switch (be32toh(head.option)) {
		case 7: /* GO */
			liar_reply(fd, head.option, 3, &info, sizeof(info));
			liar_reply(fd, head.option, 1, NULL, 0);
			return true;
		case 8: /* STRUCTURED_REPLY */
			liar_reply(fd, head.option, 1, NULL, 0);
			break;
		case 10: /* SET_META_CONTEXT */
			liar_reply(fd, head.option, 4,
				   "\0\0\0\1base:allocation", 19);
			liar_reply(fd, head.option, 1, NULL, 0);
			break;
		default:
			liar_reply(fd, head.option, 0x80000001U, NULL, 0);
		}
	}
	return false;
}

static inline void liar_chunk(int fd, uint16_t type, uint64_t cookie,
			      const void *data, uint32_t length)
{
	struct __attribute__((packed)) {
		uint32_t magic;
		uint16_t flags, type;
		uint64_t cookie;
		uint32_t length;
	} head = {htobe32(0x668e33ef), htobe16(1), htobe16(type), cookie,
		  htobe32(length)};

	liar_put(fd, &head, sizeof(head));
	liar_put(fd, data, length);
}

/* Reads give bytes of 'x', block status what was ordered. */
static inline void liar_serve(const struct liar *liar, int fd)
{
	struct __attribute__((packed)) {
		uint32_t magic;
		uint16_t flags, type;
		uint64_t cookie, offset;
		uint32_t length;
	} ask;

	while (liar_get(fd, &ask, sizeof(ask))) {
		uint32_t length = be32toh(ask.length) - liar->short_by;
		uint32_t id = htobe32(liar->context);
		char *data;

		if (be16toh(ask.type) == 2)
			return;
		if (be16toh(ask.type) == 7)
			length = (uint32_t)liar->extents_count * 8 - 4;
		data = malloc(8 + (size_t)length);
		if (!data)
			return;
		memset(data, 'x', 8 + (size_t)length);
		memcpy(data, &ask.offset, 8);
		if (be16toh(ask.type) == 7) {
			memcpy(data, &id, 4);
			memcpy(data + 4, liar->extents,
			       liar->extents_count * 8);
			liar_chunk(fd, 5, ask.cookie, data, length + 8);
		} else {
			liar_chunk(fd, 1, ask.cookie, data, length + 8);
		}
		free(data);
	}
}

static inline void *liar_main(void *argument)
{
	struct liar *liar = argument;
	int fd;

	while ((fd = accept(liar->fd, NULL, NULL)) >= 0) {
		char byte;

		if (liar->greeting)
			liar_put(fd, liar->greeting, strlen(liar->greeting));
		else if (liar->mute)
			while (recv(fd, &byte, 1, 0) > 0)
				;
		else if (liar_negotiate(liar, fd))
			liar_serve(liar, fd);
		(void)close(fd);
	}
	return NULL;
}

static inline void liar_start(struct liar *liar)
{
	static unsigned int number;
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	(void)snprintf(liar->path, sizeof(liar->path), "/tmp/lander-liar-%d-%u",
		       (int)getpid(), number++);
	(void)snprintf(liar->uri, sizeof(liar->uri), "nbd+unix:///?socket=%s",
		       liar->path);
	memcpy(address.sun_path, liar->path, strlen(liar->path) + 1);
	liar->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
		bind(liar->fd, (struct sockaddr *)&address, sizeof(address)),
		0);
	assert_int_equal(listen(liar->fd, 8), 0);
	assert_int_equal(pthread_create(&liar->thread, NULL, liar_main, liar),
			 0);
}

/* Its clients must be closed. */
static inline void liar_end(struct liar *liar)
{
	(void)shutdown(liar->fd, SHUT_RDWR);
	(void)pthread_join(liar->thread, NULL);
	(void)close(liar->fd);
	(void)unlink(liar->path);
}

#endif
