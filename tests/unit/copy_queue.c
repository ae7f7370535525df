/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of work: the watermark, work given back, block status that lies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "copy/chunkmap.h"
#include "copy/crew.h"
#include "copy/pass.h"
#include "copy/queue.h"

#define CHUNK ((uint64_t)CHUNKMAP_CHUNK)
#define MIB   ((uint64_t)1 << 20)

static struct queue *new_queue(uint64_t start, uint64_t size, bool ask)
{
	struct queue *queue = NULL;

	assert_int_equal(queue_new(start, size, ask, 2, &queue, NULL), 0);
	return queue;
}

static void watermark_follows_the_lowest(void **state)
{
	struct queue *queue = new_queue(0, 10 * MIB + 512, false);
	struct extent first;
	struct extent second;
	struct extent third;

	(void)state;
	assert_true(queue_take(queue, &first));
	assert_true(queue_take(queue, &second));
	assert_true(queue_take(queue, &third));
	assert_int_equal(first.offset, 0);
	assert_int_equal(second.offset, first.length);
	assert_int_equal(third.offset + third.length, 10 * MIB + 512);
	assert_int_equal(
		queue_finish(queue, second.offset, second.length, NULL), 0);
	assert_int_equal(queue_watermark(queue), 0);
	assert_int_equal(queue_finish(queue, 0, CHUNK, NULL), 0);
	assert_int_equal(queue_watermark(queue), CHUNK);
	/* A lost connection: what it owed comes first again. */
	assert_int_equal(
		queue_give_back(queue, CHUNK, first.length - CHUNK, NULL), 0);
	assert_true(queue_take(queue, &first));
	assert_int_equal(first.offset, CHUNK);
	assert_int_equal(queue_finish(queue, first.offset, first.length, NULL),
			 0);
	assert_int_equal(queue_watermark(queue), third.offset);
	assert_false(queue_complete(queue));
	assert_int_equal(queue_left(queue), third.length);
	assert_int_equal(queue_finish(queue, third.offset, third.length, NULL),
			 0);
	assert_int_equal(queue_watermark(queue), 10 * MIB + 512);
	assert_true(queue_complete(queue));
	queue_free(queue);
}

static void a_resume_takes_the_first_chunk_again(void **state)
{
	struct queue *queue = new_queue(4 * MIB, 8 * MIB, false);
	struct extent run;

	(void)state;
	assert_true(queue_take(queue, &run));
	assert_int_equal(run.offset, 0);
	assert_int_equal(run.length, CHUNK);
	assert_int_equal(queue_watermark(queue), 0);
	assert_int_equal(queue_finish(queue, 0, CHUNK, NULL), 0);
	assert_int_equal(queue_watermark(queue), 4 * MIB);
	queue_free(queue);
	/* Everything was done already: still the first chunk. */
	queue = new_queue(8 * MIB, 8 * MIB, true);
	assert_true(queue_take(queue, &run));
	assert_int_equal(run.length, CHUNK);
	assert_int_equal(queue_finish(queue, 0, CHUNK, NULL), 0);
	assert_true(queue_complete(queue));
	queue_free(queue);
}

static void sorts_data_from_zeroes(void **state)
{
	struct queue *queue = new_queue(0, 4 * MIB, true);
	struct extents data = {0};
	struct extents zero = {0};
	struct extent range;
	struct extent run;

	(void)state;
	assert_false(queue_take(queue, &run));
	assert_true(queue_ask(queue, &range));
	assert_int_equal(range.offset, 0);
	assert_int_equal(range.length, 4 * MIB);
	/* One question at a time. */
	assert_false(queue_ask(queue, &run));
	/* One byte of a chunk makes it data; two in a chunk are one. */
	assert_int_equal(extents_add(&data, CHUNK + 5, 1, NULL), 0);
	assert_int_equal(extents_add(&data, CHUNK + 900, 7, NULL), 0);
	assert_int_equal(extents_add(&data, 4 * MIB - 1, 1, NULL), 0);
	assert_int_equal(queue_answer(queue, 4 * MIB, &data, NULL), 0);
	assert_true(queue_take(queue, &run));
	assert_int_equal(run.offset, CHUNK);
	assert_int_equal(run.length, CHUNK);
	assert_true(queue_take(queue, &run));
	assert_int_equal(run.offset, 4 * MIB - CHUNK);
	assert_int_equal(run.length, CHUNK);
	assert_false(queue_take(queue, &run));
	queue_take_zero(queue, 1, &zero);
	assert_int_equal(zero.count, 2);
	assert_int_equal(extents_total(&zero), 4 * MIB - 2 * CHUNK);
	assert_int_equal(queue_watermark(queue), 0);
	extents_done(&data);
	extents_done(&zero);
	queue_free(queue);
}

/* Answers that cover nothing, too little, too much. */
static void bounds_a_hostile_answer(void **state)
{
	static const uint64_t covered[] = {0, 1, CHUNK - 1, UINT64_MAX};
	struct extents none = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++) {
		struct queue *queue = new_queue(0, MIB, true);
		struct extents zero = {0};
		struct extent run;

		assert_true(queue_ask(queue, &run));
		assert_int_equal(queue_answer(queue, covered[i], &none, NULL),
				 0);
		queue_take_zero(queue, 1, &zero);
		if (covered[i] == UINT64_MAX) {
			assert_int_equal(extents_total(&zero), MIB);
			assert_false(queue_take(queue, &run));
		} else {
			/* Worth nothing: all of it is read. */
			assert_int_equal(zero.count, 0);
			assert_true(queue_take(queue, &run));
			assert_int_equal(run.length, MIB);
		}
		assert_false(queue_ask(queue, &run));
		extents_done(&zero);
		queue_free(queue);
	}
}

static void counts_failures_by_place(void **state)
{
	struct pass pass = {0};
	struct crew crew;

	(void)state;
	crew_init(&crew, &pass);
	assert_int_equal(crew_refused(&crew, 5), 1);
	assert_int_equal(crew_refused(&crew, 6), 1);
	assert_int_equal(crew_refused(&crew, 5), 2);
	/* More broken places than are remembered is enough of them. */
	for (uint64_t at = 10; at < 100; at++)
		(void)crew_refused(&crew, at);
	assert_true(crew_refused(&crew, 1000) > 3);
	assert_int_equal(crew_finish(&crew, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watermark_follows_the_lowest),
		cmocka_unit_test(a_resume_takes_the_first_chunk_again),
		cmocka_unit_test(sorts_data_from_zeroes),
		cmocka_unit_test(bounds_a_hostile_answer),
		cmocka_unit_test(counts_failures_by_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
