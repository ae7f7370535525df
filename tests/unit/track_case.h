/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_TRACK_CASE_H
#define LANDER_TESTS_TRACK_CASE_H

/* A real lander-source as a child, spoken to by its protocol, and a loop device
 * that is written to.  The programs run in the checkout's directory. */

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/wire.h"

#define BLOCK 4096U

/* --- small things ------------------------------------------------------ */

/* A command of the shell; its first line of output. */
static inline char *shell(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
static inline char *shell(const char *format, ...)
{
	static char output[1024];
	char command[2048];
	va_list more;
	FILE *pipe;

	va_start(more, format);
	(void)vsnprintf(command, sizeof(command), format, more);
	va_end(more);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	output[0] = '\0';
	if (!fgets(output, sizeof(output), pipe))
		output[0] = '\0';
	output[strcspn(output, "\n")] = '\0';
	while (fgetc(pipe) != EOF)
		;
	if (pclose(pipe) != 0)
		fail_msg("failed: %s", command);
	return output;
}

static inline double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Until it holds, for at most so long. */
static inline bool wait_for(bool (*holds)(void *), void *owner, double limit)
{
	double end = seconds() + limit;

	while (!holds(owner)) {
		if (seconds() > end)
			return false;
		(void)usleep(20000);
	}
	return true;
}

/* --- a loop device ----------------------------------------------------- */

struct loop {
	char path[64]; /* /dev/loop3 */
	char name[32]; /* loop3 */
	char *image;
	size_t size;
	int fd; /* past the page cache */
};

/* A file as a disk; or the disk that LANDER_TRACK_DISK names, of this size. */
static inline void loop_open(struct loop *loop, const char *image, size_t size)
{
	const char *disk = getenv("LANDER_TRACK_DISK");

	*loop = (struct loop){.size = size};
	if (disk) {
		(void)snprintf(loop->path, sizeof(loop->path), "%s", disk);
	} else {
		(void)shell("rm -f %s && truncate -s %zu %s", image, size,
			    image);
		(void)snprintf(loop->path, sizeof(loop->path), "%s",
			       shell("losetup -P -f --show %s", image));
		loop->image = strdup(image);
	}
	(void)snprintf(loop->name, sizeof(loop->name), "%s", loop->path + 5);
	loop->fd = open(loop->path, O_RDWR | O_DIRECT | O_CLOEXEC);
	assert_true(loop->fd >= 0);
}

static inline void loop_close(struct loop *loop)
{
	(void)close(loop->fd);
	if (loop->image)
		(void)shell("losetup -d %s; rm -f %s", loop->path, loop->image);
	free(loop->image);
}

/* By sfdisk's words, "\n" between them as the shell's printf has it. */
static inline void loop_partition(const struct loop *loop, const char *script)
{
	(void)shell("printf '%s' | sfdisk -q --no-reread --no-tell-kernel %s"
		    " && partx -u %s",
		    script, loop->path, loop->path);
}

static inline void *loop_memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(at, MAP_FAILED);
	return at;
}

static inline void loop_read(const struct loop *loop, uint8_t *to,
			     uint64_t offset, uint64_t length)
{
	while (length) {
		size_t step = length > 1 << 20 ? 1 << 20 : length;

		assert_int_equal(pread(loop->fd, to, step, (off_t)offset),
				 (ssize_t)step);
		to += step;
		offset += step;
		length -= step;
	}
}

/* Blocks of noise; what was there before is not there again. */
static inline void loop_write(const struct loop *loop, uint64_t offset,
			      size_t length)
{
	static uint64_t noise = 88172645463325252ULL;
	static uint64_t data[1 << 17] __attribute__((aligned(4096)));

	assert_true(length <= sizeof(data));
	for (size_t i = 0; i < length / 8; i++) {
		noise ^= noise << 13;
		noise ^= noise >> 7;
		noise ^= noise << 17;
		data[i] = noise;
	}
	assert_int_equal(pwrite(loop->fd, data, length, (off_t)offset),
			 (ssize_t)length);
}

/* --- lander-source ----------------------------------------------------- */

struct session {
	pid_t pid;
	int line; /* both ways */
	uint64_t tag;
};

static inline void must_write(int fd, const void *bytes, size_t length)
{
	assert_int_equal(write(fd, bytes, length), (ssize_t)length);
}

static inline void must_read(int fd, void *bytes, size_t length)
{
	uint8_t *at = bytes;

	while (length) {
		ssize_t n = read(fd, at, length);

		assert_true(n > 0);
		at += n;
		length -= (size_t)n;
	}
}

static inline void ask(struct session *session, uint8_t type,
		       const void *payload, size_t length)
{
	struct wire_header header = {.length = (uint32_t)length,
				     .type = type,
				     .tag = ++session->tag};
	uint8_t head[WIRE_HEADER_BYTES];

	(void)wire_put_header(head, &header);
	must_write(session->line, head, sizeof(head));
	if (length)
		must_write(session->line, payload, length);
}

/* The next frame; its payload has a zero byte behind it. */
static inline struct wire_header hear(struct session *session,
				      uint8_t payload[WIRE_PAYLOAD_MAX + 1])
{
	struct wire_header header;
	uint8_t head[WIRE_HEADER_BYTES];

	must_read(session->line, head, sizeof(head));
	assert_true(wire_get_header(head, &header));
	assert_int_equal(header.tag, session->tag);
	must_read(session->line, payload, header.length);
	payload[header.length] = '\0';
	return header;
}

static inline void session_open(struct session *session)
{
	const char *program = getenv("LANDER_ASAN") ? "build/asan/lander-source"
						    : "build/lander-source";
	uint8_t payload[WIRE_PAYLOAD_MAX + 1];
	uint8_t hello[8] = {WIRE_VERSION};
	char greeting[WIRE_GREETING_BYTES];
	int pair[2];

	*session = (struct session){0};
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	session->pid = fork();
	assert_true(session->pid >= 0);
	if (!session->pid) {
		(void)dup2(pair[1], 0);
		(void)dup2(pair[1], 1);
		(void)execl(program, program, "serve", "--track", NULL);
		_exit(127);
	}
	(void)close(pair[1]);
	session->line = pair[0];
	must_read(session->line, greeting, sizeof(greeting));
	assert_memory_equal(greeting, WIRE_GREETING, sizeof(greeting));
	ask(session, WIRE_HELLO, hello, sizeof(hello));
	(void)hear(session, payload);
}

static inline void session_disk(struct session *session, uint32_t number,
				const char *path)
{
	uint8_t payload[WIRE_PAYLOAD_MAX + 1];
	uint8_t *at = wire_put32(wire_put32(payload, number), 0);
	size_t length = strlen(path);

	memcpy(at, path, length);
	ask(session, WIRE_OPEN, payload, 8 + length);
	if (hear(session, payload).type == WIRE_ERROR)
		fail_msg("OPEN %s: %s", path, (char *)payload + 4);
}

/* NULL, or why it can't be. */
static inline const char *session_track(struct session *session,
					uint32_t number)
{
	static uint8_t payload[WIRE_PAYLOAD_MAX + 1];
	uint8_t words[8];

	(void)wire_put32(wire_put32(words, number), 0);
	ask(session, WIRE_TRACK, words, sizeof(words));
	return hear(session, payload).type == WIRE_ERROR
		       ? (const char *)payload + 4
		       : NULL;
}

static inline void must_track(struct session *session, uint32_t number)
{
	const char *why = session_track(session, number);

	if (why)
		fail_msg("TRACK: %s", why);
}

struct cut {
	char lost[512]; /* "" when it is not */
	uint64_t (*range)[2];
	size_t count;
	uint64_t bytes;
};

static inline void cut_done(struct cut *cut)
{
	free(cut->range);
	*cut = (struct cut){0};
}

static inline void take_ranges(struct cut *cut, const uint8_t *at,
			       size_t length)
{
	assert_int_equal(length % 16, 0);
	cut->range = realloc(cut->range, (cut->count + length / 16 + 1) * 16);
	for (; length; length -= 16, at += 16) {
		uint64_t offset = wire_get64(at);
		uint64_t size = wire_get64(at + 8);

		assert_true(size > 0);
		assert_int_equal(offset % BLOCK, 0);
		if (cut->count)
			assert_true(offset >
				    cut->range[cut->count - 1][0] +
					    cut->range[cut->count - 1][1]);
		cut->range[cut->count][0] = offset;
		cut->range[cut->count][1] = size;
		cut->count++;
		cut->bytes += size;
	}
}

static inline void session_cut(struct session *session, uint32_t number,
			       struct cut *ret)
{
	static uint8_t payload[WIRE_PAYLOAD_MAX + 1];
	size_t head = WIRE_CUT_BYTES; /* of the first frame */
	struct wire_header header;
	uint8_t words[8];

	*ret = (struct cut){0};
	(void)wire_put32(wire_put32(words, number), 0);
	ask(session, WIRE_CUT, words, sizeof(words));
	do {
		header = hear(session, payload);
		if (header.type == WIRE_ERROR)
			fail_msg("CUT: %s", (char *)payload + 4);
		assert_int_equal(header.type, WIRE_ANSWER | WIRE_CUT);
		assert_true(header.length >= head);
		if (head && (wire_get32(payload) & WIRE_CUT_LOST))
			(void)snprintf(ret->lost, sizeof(ret->lost), "%.500s",
				       (char *)payload + head);
		else
			take_ranges(ret, payload + head, header.length - head);
		head = 0;
	} while (!(header.flags & WIRE_LAST));
}

/* As session_cut(), and nothing may be lost. */
static inline void must_cut(struct session *session, uint32_t number,
			    struct cut *ret)
{
	session_cut(session, number, ret);
	if (ret->lost[0])
		fail_msg("CUT: lost: %s", ret->lost);
}

static inline void session_close(struct session *session)
{
	int status = 0;

	(void)close(session->line);
	assert_int_equal(waitpid(session->pid, &status, 0), session->pid);
	assert_int_equal(status, 0);
}

/* The process of it that reads the trace. */
static inline pid_t session_tracker(const struct session *session)
{
	return (pid_t)atoi(shell("cat /proc/%d/task/%d/children", session->pid,
				 session->pid));
}

#endif
