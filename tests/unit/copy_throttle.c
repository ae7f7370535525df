/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "copy/throttle.h"

#define RATE  ((uint64_t)10000000)
#define PIECE ((uint64_t)100000)

struct reader {
	struct throttle *throttle;
	double end;
	uint64_t got;
	uint64_t back; /* of each piece, given back */
	pthread_t thread;
};

static void *read_until_the_end(void *owner)
{
	struct reader *reader = owner;
	struct throttle_turn turn = {0};

	while (io_seconds() < reader->end) {
		unsigned int ms = throttle_take(reader->throttle, &turn, PIECE);

		if (ms) {
			(void)usleep(ms * 1000);
			continue;
		}
		reader->got += PIECE;
		throttle_return(reader->throttle, reader->back);
	}
	return NULL;
}

/* How much came in that time. */
static uint64_t run(struct throttle *throttle, struct reader *reader,
		    size_t count, double seconds)
{
	double end = io_seconds() + seconds;
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		reader[i].throttle = throttle;
		reader[i].end = end;
		reader[i].got = 0;
		assert_int_equal(pthread_create(&reader[i].thread, NULL,
						read_until_the_end, &reader[i]),
				 0);
	}
	for (size_t i = 0; i < count; i++) {
		(void)pthread_join(reader[i].thread, NULL);
		sum += reader[i].got;
	}
	return sum;
}

static void none_lets_all_through(void **state)
{
	struct throttle *throttle = throttle_new();
	struct throttle_turn turn = {0};

	(void)state;
	assert_int_equal(throttle_take(NULL, &turn, UINT32_MAX), 0);
	assert_false(throttle_paused(NULL));
	for (int i = 0; i < 1000; i++)
		assert_int_equal(throttle_take(throttle, &turn, UINT32_MAX), 0);
	/* And is no debt later. */
	throttle_set(throttle, RATE);
	assert_int_equal(throttle_rate(throttle), RATE);
	assert_int_equal(throttle_take(throttle, &turn, PIECE), 0);
	assert_true(throttle_take(throttle, &turn, PIECE) > 0);
	throttle_set(throttle, 0);
	assert_int_equal(throttle_take(throttle, &turn, PIECE), 0);
	throttle_free(throttle);
	throttle_free(NULL);
}

static void the_mean_is_the_rate_and_each_gets_its_share(void **state)
{
	struct throttle *throttle = throttle_new();
	struct reader reader[4] = {0};
	uint64_t sum;

	(void)state;
	throttle_set(throttle, RATE);
	sum = run(throttle, reader, 4, 2);
	assert_in_range(sum, RATE * 2 * 9 / 10, RATE * 2 * 11 / 10);
	for (int i = 0; i < 4; i++)
		assert_in_range(reader[i].got, sum / 4 * 8 / 10,
				sum / 4 * 12 / 10);
	throttle_free(throttle);
}

static void what_did_not_come_is_not_counted(void **state)
{
	struct throttle *throttle = throttle_new();
	struct reader reader[2] = {{.back = PIECE / 2}, {.back = PIECE / 2}};

	(void)state;
	throttle_set(throttle, RATE);
	assert_in_range(run(throttle, reader, 2, 2), RATE * 4 * 9 / 10,
			RATE * 4 * 11 / 10);
	throttle_free(throttle);
}

/* An idle line saves nothing up but a tenth of a second. */
static void there_is_no_burst_after_silence(void **state)
{
	struct throttle *throttle = throttle_new();
	struct throttle_turn turn = {0};
	uint64_t got = 0;

	(void)state;
	throttle_set(throttle, RATE);
	(void)usleep(700000);
	while (throttle_take(throttle, &turn, PIECE) == 0)
		got += PIECE;
	assert_in_range(got, RATE / 10, RATE / 10 + 3 * PIECE);
	throttle_free(throttle);
}

/* Who was told to wait for an hour does not wait for it. */
static void another_rate_counts_for_who_waits(void **state)
{
	struct throttle *throttle = throttle_new();
	struct throttle_turn turn = {0};
	double began = io_seconds();
	unsigned int ms;

	(void)state;
	throttle_set(throttle, 1000);
	assert_int_equal(throttle_take(throttle, &turn, 3600000), 0);
	ms = throttle_take(throttle, &turn, PIECE);
	assert_in_range(ms, 1, 250);
	throttle_set(throttle, RATE);
	while ((ms = throttle_take(throttle, &turn, PIECE)))
		(void)usleep(ms * 1000);
	assert_true(io_seconds() - began < 30);
	throttle_free(throttle);
}

static void a_pause_holds_everybody(void **state)
{
	struct throttle *throttle = throttle_new();
	struct reader reader[2] = {0};
	struct throttle_turn turn = {0};

	(void)state;
	throttle_pause(throttle, true);
	assert_true(throttle_paused(throttle));
	assert_int_equal(run(throttle, reader, 2, 0.3), 0);
	throttle_set(throttle, RATE);
	assert_int_equal(run(throttle, reader, 2, 0.3), 0);
	throttle_pause(throttle, false);
	assert_false(throttle_paused(throttle));
	/* The pause was no time in which something flowed. */
	assert_in_range(run(throttle, reader, 2, 1), RATE * 7 / 10,
			RATE * 11 / 10);
	throttle_set(throttle, 0);
	assert_int_equal(throttle_take(throttle, &turn, PIECE), 0);
	throttle_free(throttle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_lets_all_through),
		cmocka_unit_test(the_mean_is_the_rate_and_each_gets_its_share),
		cmocka_unit_test(what_did_not_come_is_not_counted),
		cmocka_unit_test(there_is_no_burst_after_silence),
		cmocka_unit_test(another_rate_counts_for_who_waits),
		cmocka_unit_test(a_pause_holds_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
