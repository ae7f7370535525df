/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/extent.h"

#define ROOM 256

/* The same set as a plain array of flags, to compare with. */
static void compare(const struct extents *set, const char *flags)
{
	uint64_t total = 0;

	for (size_t i = 0; i < ROOM; i++) {
		assert_int_equal(extents_contain(set, i, 1), flags[i]);
		total += flags[i];
	}
	assert_int_equal(extents_total(set), total);
	for (size_t i = 0; i < set->count; i++) {
		assert_true(set->range[i].length > 0);
		if (i)
			assert_true(set->range[i - 1].offset +
					    set->range[i - 1].length <
				    set->range[i].offset);
	}
}

static void add_and_subtract_agree_with_flags(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 200; round++) {
		struct extents set = {0};
		char flags[ROOM] = {0};

		for (int step = 0; step < 40; step++) {
			size_t at = (size_t)rand() % ROOM;
			size_t length = (size_t)rand() % (ROOM - at);
			int add = rand() % 3;

			memset(flags + at, add ? 1 : 0, length);
			if (add)
				assert_int_equal(
					extents_add(&set, at, length, NULL), 0);
			else
				assert_int_equal(extents_subtract(&set, at,
								  length, NULL),
						 0);
			compare(&set, flags);
		}
		extents_done(&set);
	}
}

static void clip_keeps_the_middle(void **state)
{
	struct extents set = {0};

	(void)state;
	assert_int_equal(extents_add(&set, 0, 10, NULL), 0);
	assert_int_equal(extents_add(&set, 20, 10, NULL), 0);
	assert_int_equal(extents_add(&set, 40, 10, NULL), 0);
	extents_clip(&set, 5, 20);
	assert_int_equal(set.count, 2);
	assert_int_equal(set.range[0].offset, 5);
	assert_int_equal(set.range[0].length, 5);
	assert_int_equal(set.range[1].offset, 20);
	assert_int_equal(set.range[1].length, 5);
	extents_done(&set);
}

static void find_gives_the_next_range(void **state)
{
	struct extents set = {0};

	(void)state;
	assert_null(extents_find(&set, 0));
	assert_int_equal(extents_add(&set, 10, 10, NULL), 0);
	assert_int_equal(extents_find(&set, 0)->offset, 10);
	assert_int_equal(extents_find(&set, 19)->offset, 10);
	assert_null(extents_find(&set, 20));
	extents_done(&set);
}

static void overflow_is_refused(void **state)
{
	struct extents set = {0};
	struct error *error = NULL;

	(void)state;
	assert_int_equal(extents_add(&set, UINT64_MAX - 3, 5, &error),
			 -EOVERFLOW);
	assert_non_null(error);
	error_free(error);
	assert_int_equal(set.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_and_subtract_agree_with_flags),
		cmocka_unit_test(clip_keeps_the_middle),
		cmocka_unit_test(find_gives_the_next_range),
		cmocka_unit_test(overflow_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
