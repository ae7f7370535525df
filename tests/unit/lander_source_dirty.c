/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maps of what was written to, against a plain array of truth; and two
 * processes, one marking while the other takes. */
#include <sys/mman.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lander-source/dirty.h"

#define BLOCKS 300000U
#define SIZE   ((uint64_t)BLOCKS * 4096 - 512)
#define ROUNDS 60

static uint8_t truth[BLOCKS];

static void begin(struct dirty *dirty, uint32_t shift)
{
	void *at = mmap(NULL, dirty_room(SIZE, shift), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(at, MAP_FAILED);
	dirty_begin(dirty, SIZE, shift, at);
}

static void done(const struct dirty *dirty)
{
	(void)munmap(dirty->grain, dirty_room(SIZE, dirty->shift));
}

struct taken {
	uint64_t count;
	uint64_t end;
	uint64_t bytes;
	uint64_t gap;
};

static bool take(void *owner, uint64_t offset, uint64_t length)
{
	struct taken *taken = owner;

	assert_true(length > 0);
	assert_true(offset < SIZE && length <= SIZE - offset);
	if (taken->count)
		assert_true(offset > taken->end + taken->gap);
	taken->count++;
	taken->end = offset + length;
	taken->bytes += length;
	for (uint64_t i = offset / 4096; i < (taken->end + 4095) / 4096; i++)
		truth[i] = truth[i] == 1 ? 0 : truth[i] == 0 ? 2 : truth[i];
	return true;
}

static uint64_t left_over(uint8_t kind)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < BLOCKS; i++)
		count += truth[i] == kind;
	return count;
}

static void mark_at_random(struct dirty *dirty, unsigned int writes)
{
	for (unsigned int i = 0; i < writes; i++) {
		uint64_t sectors = (uint64_t)BLOCKS * 8;
		uint64_t at = (uint64_t)random() % sectors * 512;
		uint64_t length =
			(1 + (uint64_t)random() % (i % 50 ? 16 : 40000)) * 512;

		dirty_mark(dirty, at, length);
		for (uint64_t b = at / 4096;
		     b < BLOCKS && b <= (at + length - 1) / 4096; b++)
			if (at < SIZE)
				truth[b] = 1;
	}
}

static void as_the_truth(void **state)
{
	(void)state;
	srandom(815);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct dirty_rule rule = {.gap = i % 3 * 8192, .limit = ~0ULL};
		struct taken taken = {.gap = rule.gap};
		struct dirty dirty;
		uint64_t count;

		begin(&dirty, 12 + i % 4);
		memset(truth, 0, sizeof(truth));
		mark_at_random(&dirty, (unsigned int)random() % 3000);
		if (i % 5 == 4)
			rule.limit = 3;
		count = dirty_count(&dirty, rule.gap);
		assert_true(dirty_take(&dirty, &rule, take, &taken));
		assert_int_equal(taken.count,
				 count > 3 && i % 5 == 4 ? 3 : count);
		assert_int_equal(left_over(1), 0);
		/* With the finest grain and no gaps, nothing else is told. */
		if (dirty.shift == 12 && !rule.gap && i % 5 != 4)
			assert_int_equal(left_over(2), 0);
		assert_int_equal(dirty_count(&dirty, 0), 0);
		done(&dirty);
	}
}

static void edges(void **state)
{
	struct dirty_rule rule = {.limit = ~0ULL};
	struct taken taken = {0};
	struct dirty dirty;

	(void)state;
	begin(&dirty, 12);
	dirty_mark(&dirty, 0, 0);
	dirty_mark(&dirty, SIZE, 4096);
	dirty_mark(&dirty, ~0ULL, ~0ULL);
	assert_int_equal(dirty_count(&dirty, 0), 0);
	dirty_mark(&dirty, SIZE - 1, ~0ULL);
	assert_true(dirty_take(&dirty, &rule, take, &taken));
	assert_int_equal(taken.bytes, 4096 - 512);
	dirty_mark(&dirty, 0, ~0ULL);
	taken = (struct taken){0};
	assert_true(dirty_take(&dirty, &rule, take, &taken));
	assert_int_equal(taken.count, 1);
	assert_int_equal(taken.bytes, SIZE);
	dirty_mark(&dirty, 4096, 4096);
	dirty_clear(&dirty);
	assert_int_equal(dirty_count(&dirty, 0), 0);
	done(&dirty);
}

/* Each mark is counted before it is made: what is taken after the count was
 * seen, or at the very end, covers it. */
static void two_processes(void **state)
{
	enum { MARKS = 400000 };
	struct dirty_rule rule = {.limit = ~0ULL};
	struct taken taken = {0};
	struct dirty dirty;
	uint32_t rounds = 0;
	int status = 1, go[2];
	pid_t pid;
	char one;

	(void)state;
	begin(&dirty, 12);
	memset(truth, 0, sizeof(truth));
	srandom(3);
	assert_int_equal(pipe(go), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		(void)close(go[1]);
	for (unsigned int i = 0; i < MARKS; i++) {
		uint64_t block = (uint64_t)random() % (BLOCKS - 1);

		/* Not all of them before the first is taken. */
		if (!pid && i == MARKS / 2 && read(go[0], &one, 1) != 1)
			_exit(1);
		if (pid)
			truth[block] = 1;
		else
			dirty_mark(&dirty, block * 4096, 4096);
	}
	if (!pid)
		_exit(0);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		taken.count = 0;
		assert_true(dirty_take(&dirty, &rule, take, &taken));
		if (!rounds++)
			assert_int_equal(write(go[1], "", 1), 1);
	}
	assert_int_equal(status, 0);
	taken.count = 0;
	assert_true(dirty_take(&dirty, &rule, take, &taken));
	assert_true(rounds > 0);
	(void)close(go[0]);
	(void)close(go[1]);
	assert_int_equal(left_over(1), 0);
	done(&dirty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_truth),
		cmocka_unit_test(edges),
		cmocka_unit_test(two_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
