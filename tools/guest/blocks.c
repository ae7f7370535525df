/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The writer of the guest debian-server, and the judge of what it wrote:
 *
 *	blocks write FILE   numbered blocks into FILE for ever, one after the
 *			    other, each on the disk before its number is printed
 *	blocks check FILE   says what is there: "last=N missing=N torn=N"
 *
 * Block n lies in slot (n * STEP) % SLOTS, so that they are spread over the
 * file and each slot is written again and again.  A file that is the state of
 * one moment holds, with n the highest number in it, in every slot the highest
 * number up to n that belongs there.  An older one is a write that was lost
 * ("missing"), anything else a torn one.  Block n + 1 was under way: its slot
 * may hold anything.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 2048U
#define STEP  1259U /* odd: every slot gets its turn */
#define WORDS 512U
#define BYTES (WORDS * sizeof(uint64_t))
#define PAUSE 50000000 /* ns between two blocks */

static uint64_t slot_of(uint64_t n)
{
	return n * STEP % SLOTS;
}

/* A word of block n that says where it belongs (splitmix64). */
static uint64_t word_of(uint64_t n, uint64_t i)
{
	uint64_t x = n * WORDS + i + 0x9e3779b97f4a7c15U;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
	return x ^ (x >> 31);
}

static void fill(uint64_t *block, uint64_t n)
{
	block[0] = n;
	for (uint64_t i = 1; i < WORDS; i++)
		block[i] = word_of(n, i);
}

/* Whose block this is, 0 for an empty one, UINT64_MAX for none. */
static uint64_t number_of(const uint64_t *block, uint64_t slot)
{
	const uint64_t n = block[0];

	for (uint64_t i = 1; i < WORDS; i++)
		if (block[i] != (n ? word_of(n, i) : 0))
			return UINT64_MAX;
	return n && slot_of(n) != slot ? UINT64_MAX : n;
}

static int failed(const char *what)
{
	(void)fprintf(stderr, "blocks: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Numbers of all slots; the highest, or UINT64_MAX when the file can't be
 * read. */
static uint64_t read_all(int fd, uint64_t numbers[SLOTS])
{
	uint64_t block[WORDS];
	uint64_t last = 0;

	for (uint64_t s = 0; s < SLOTS; s++) {
		if (pread(fd, block, BYTES, (off_t)(s * BYTES)) != BYTES)
			return UINT64_MAX;
		numbers[s] = number_of(block, s);
		if (numbers[s] != UINT64_MAX && numbers[s] > last)
			last = numbers[s];
	}
	return last;
}

static int check(int fd)
{
	static uint64_t numbers[SLOTS];
	const uint64_t last = read_all(fd, numbers);
	unsigned int missing = 0;
	unsigned int torn = 0;

	if (last == UINT64_MAX)
		return failed("the file is too short");
	for (uint64_t i = 0; i < SLOTS; i++) {
		const uint64_t n = last > i ? last - i : 0;
		/* Those that never were share the slots of numbers below 1. */
		const uint64_t slot = slot_of(last + SLOTS - i);

		if (slot == slot_of(last + 1))
			continue;
		if (numbers[slot] == UINT64_MAX)
			torn++;
		else if (numbers[slot] != n)
			missing++;
	}
	printf("last=%" PRIu64 " missing=%u torn=%u\n", last, missing, torn);
	return missing || torn;
}

/* An empty file has all its blocks, so that no write changes where it lies. */
static int prepare(int fd)
{
	static const uint64_t zero[WORDS];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return failed("stat");
	if (st.st_size == (off_t)(SLOTS * BYTES))
		return 0;
	for (uint64_t s = 0; s < SLOTS; s++)
		if (pwrite(fd, zero, BYTES, (off_t)(s * BYTES)) != BYTES)
			return failed("first write");
	return fsync(fd) < 0 ? failed("fsync") : 0;
}

static int write_all(int fd)
{
	static uint64_t numbers[SLOTS];
	const struct timespec pause = {.tv_nsec = PAUSE};
	uint64_t block[WORDS];
	uint64_t n;

	if (prepare(fd))
		return 1;
	n = read_all(fd, numbers);
	while (n != UINT64_MAX) {
		n++;
		fill(block, n);
		if (pwrite(fd, block, BYTES, (off_t)(slot_of(n) * BYTES)) !=
			    BYTES ||
		    fdatasync(fd) < 0)
			return failed("write");
		printf("B %" PRIu64 "\n", n);
		if (fflush(stdout))
			return failed("stdout");
		(void)nanosleep(&pause, NULL);
	}
	return failed("read");
}

int main(int argc, char **argv)
{
	const int writing = argc == 3 && !strcmp(argv[1], "write");
	int fd;

	if (!writing && !(argc == 3 && !strcmp(argv[1], "check"))) {
		(void)fprintf(stderr, "usage: blocks write|check FILE\n");
		return 2;
	}
	fd = open(argv[2], writing ? O_RDWR | O_CREAT : O_RDONLY, 0600);
	if (fd < 0)
		return failed(argv[2]);
	return writing ? write_all(fd) : check(fd);
}
