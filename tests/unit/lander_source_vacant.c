/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of free blocks become whole chunks of the disk, and never more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lander-source/vacant.h"

#define CHUNK ((uint64_t)WIRE_CHUNK)
#define SIZE  (4 * (uint64_t)WIRE_USED_MAX * CHUNK)

static struct vacant vacant;

static void whole_chunks(void **state)
{
	(void)state;
	vacant_begin(&vacant, SIZE);
	/* Too short; just too late; just too early. */
	vacant_note(&vacant, 4096, CHUNK);
	vacant_note(&vacant, 4 * CHUNK - 512, CHUNK);
	vacant_note(&vacant, 8 * CHUNK + 512, CHUNK);
	vacant_settle(&vacant);
	assert_int_equal(vacant.count, 0);
	/* One after the other makes one. */
	vacant_note(&vacant, 10 * CHUNK - 4096, 8192);
	vacant_note(&vacant, 10 * CHUNK + 4096, CHUNK);
	vacant_note(&vacant, 11 * CHUNK + 4096, 5 * CHUNK);
	/* A gap ends it. */
	vacant_note(&vacant, 17 * CHUNK, CHUNK);
	vacant_settle(&vacant);
	vacant_settle(&vacant);
	assert_int_equal(vacant.count, 2);
	assert_int_equal(vacant.range[0][0], 10 * CHUNK);
	assert_int_equal(vacant.range[0][1], 6 * CHUNK);
	assert_int_equal(vacant.range[1][0], 17 * CHUNK);
	assert_int_equal(vacant.range[1][1], CHUNK);
}

/* What another file system has told of already is not told again. */
static void in_order(void **state)
{
	(void)state;
	vacant_begin(&vacant, SIZE);
	vacant_note(&vacant, 4 * CHUNK, 4 * CHUNK);
	vacant_settle(&vacant);
	vacant_note(&vacant, 2 * CHUNK, 4 * CHUNK);
	vacant_settle(&vacant);
	assert_int_equal(vacant.count, 1);
	vacant_note(&vacant, 6 * CHUNK, 4 * CHUNK);
	vacant_settle(&vacant);
	assert_int_equal(vacant.count, 2);
	assert_int_equal(vacant.range[1][0], 8 * CHUNK);
	assert_int_equal(vacant.range[1][1], 2 * CHUNK);
}

static void within_the_disk(void **state)
{
	(void)state;
	vacant_begin(&vacant, SIZE);
	vacant_note(&vacant, SIZE - CHUNK, 2 * CHUNK);
	vacant_note(&vacant, SIZE + CHUNK, CHUNK);
	vacant_note(&vacant, ~0ULL - 4095, 4096);
	vacant_note(&vacant, CHUNK, ~0ULL);
	vacant_settle(&vacant);
	assert_int_equal(vacant.count, 0);
	vacant_note(&vacant, SIZE - CHUNK, CHUNK);
	vacant_settle(&vacant);
	assert_int_equal(vacant.count, 1);
}

static void too_many(void **state)
{
	(void)state;
	vacant_begin(&vacant, SIZE);
	for (uint64_t i = 0; i < WIRE_USED_MAX + 9; i++)
		vacant_note(&vacant, 2 * i * CHUNK, CHUNK);
	vacant_settle(&vacant);
	assert_int_equal(vacant.count, WIRE_USED_MAX);
	assert_int_equal(vacant.range[WIRE_USED_MAX - 1][0],
			 2 * (WIRE_USED_MAX - 1) * CHUNK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_chunks),
		cmocka_unit_test(in_order),
		cmocka_unit_test(within_the_disk),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
