/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lander-source, the program itself, on a kernel that has nothing newer than
 * Linux 2.6.39: the running one, which kills it at the first newer call and
 * knows no SEEK_DATA. */
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/wire.h"

#define PROGRAM	  "build/lander-source"
#define DISK_SIZE (256 * 1024)
#define HEARD	  (1U << 20)

static uint8_t heard[HEARD];

/* SEEK_DATA came with Linux 3.1. */
static int be_old(void)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, SYS_syncfs, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_lseek, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, SEEK_END, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_fprog filter = {
		.len = sizeof(code) / sizeof(*code), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0 ? -errno
								       : 0;
}

/* Its status; all that it says is in heard. */
static int run(const char *word, const uint8_t *input, size_t length,
	       size_t *ret_length)
{
	int to[2];
	int from[2];
	int status = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(to[0], 0);
		(void)dup2(from[1], 1);
		(void)close(to[1]);
		if (be_old() < 0)
			_exit(99);
		(void)execl(PROGRAM, PROGRAM, word, NULL);
		_exit(98);
	}
	(void)close(to[0]);
	(void)close(from[1]);
	assert_int_equal(write(to[1], input, length), length);
	(void)close(to[1]);
	*ret_length = 0;
	while ((n = read(from[0], heard + *ret_length, HEARD - *ret_length)) >
	       0)
		*ret_length += (size_t)n;
	(void)close(from[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void the_filter_kills(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		if (be_old() < 0)
			_exit(99);
		(void)syscall(SYS_syncfs, -1);
		if (lseek(0, 0, 3) >= 0 || errno != EINVAL)
			_exit(98);
		(void)syscall(SYS_getrandom, NULL, 0, 0);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static void it_tells_of_its_machine(void **state)
{
	size_t length;

	(void)state;
	assert_int_equal(run("facts", (const uint8_t *)"", 0, &length), 0);
	assert_true(length > 100);
	assert_memory_equal(heard, "{\"version\"", 10);
	assert_int_equal(run("version", (const uint8_t *)"", 0, &length), 0);
	assert_memory_equal(heard, "lander-source ", 14);
}

static uint8_t *put(uint8_t *at, uint8_t type, const void *payload,
		    size_t length)
{
	static uint64_t tag;
	struct wire_header header = {
		.length = (uint32_t)length, .type = type, .tag = ++tag};

	at = wire_put_header(at, &header);
	memcpy(at, payload, length);
	return at + length;
}

/* How many answers of this type, and whether none is an error. */
static unsigned int count(uint8_t type, size_t length)
{
	size_t at = WIRE_GREETING_BYTES;
	unsigned int found = 0;

	while (at + WIRE_HEADER_BYTES <= length) {
		struct wire_header header;

		assert_true(wire_get_header(heard + at, &header));
		assert_int_not_equal(header.type, WIRE_FATAL);
		assert_int_not_equal(header.type, WIRE_ERROR);
		found += header.type == (WIRE_ANSWER | type) &&
			 header.flags & WIRE_LAST;
		at += WIRE_HEADER_BYTES + header.length;
	}
	assert_int_equal(at, length);
	return found;
}

static void it_serves_a_disk(void **state)
{
	static const uint8_t types[] = {WIRE_HELLO,   WIRE_FACTS, WIRE_OPEN,
					WIRE_EXTENTS, WIRE_READ,  WIRE_HASH,
					WIRE_CHECK,   WIRE_BYE};
	uint8_t input[2048];
	uint8_t payload[512] = {0};
	uint8_t *at = input;
	char path[] = "build/lander-source-old.XXXXXX";
	char *full;
	size_t length;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, DISK_SIZE), 0);
	assert_int_equal(pwrite(fd, "data", 4, 70000), 4);
	(void)close(fd);
	full = realpath(path, NULL);
	assert_non_null(full);
	(void)wire_put32(payload, WIRE_VERSION);
	at = put(at, WIRE_HELLO, payload, 8);
	at = put(at, WIRE_FACTS, payload, 0);
	memset(payload, 0, sizeof(payload));
	memcpy(payload + 8, full, strlen(full));
	at = put(at, WIRE_OPEN, payload, 8 + strlen(full));
	memset(payload, 0, sizeof(payload));
	(void)wire_put64(payload + 16, DISK_SIZE);
	at = put(at, WIRE_EXTENTS, payload, 24);
	at = put(at, WIRE_HASH, payload, 32);
	memset(payload, 0, sizeof(payload));
	(void)wire_put32(payload + 4, 131072);
	at = put(at, WIRE_READ, payload, 16);
	memset(payload, 0, sizeof(payload));
	at = put(at, WIRE_CHECK, payload, 8);
	at = put(at, WIRE_BYE, payload, 0);
	assert_int_equal(run("serve", input, (size_t)(at - input), &length), 0);
	for (size_t i = 0; i < sizeof(types); i++)
		assert_int_equal(count(types[i], length), 1);
	free(full);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_filter_kills),
		cmocka_unit_test(it_tells_of_its_machine),
		cmocka_unit_test(it_serves_a_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
