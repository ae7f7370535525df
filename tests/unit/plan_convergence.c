/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/convergence.h"

#define MB	 1000000.0
#define GB	 1000000000ULL
#define MB_BYTES 1000000ULL

#define GO_ON	CONVERGENCE_GO_ON
#define REACHED CONVERGENCE_REACHED
#define ROUNDS	CONVERGENCE_ROUNDS
#define FLOOR	CONVERGENCE_FLOOR
#define FLAT	CONVERGENCE_FLAT

/* 29 rounds, each more than a tenth smaller than the one before, in MB. */
#define FALLING                                                    \
	"900000 800000 700000 620000 550000 490000 430000 380000 " \
	"340000 300000 260000 230000 200000 179000 160000 143000 " \
	"128000 115000 103000 92000 82000 73000 65000 58000 "      \
	"52000 46000 41000 36000 32000 "

/* One disk. "BUDGET FIXED ROUNDS SIZE SCAN MOVE READ: DELTA…", in seconds, GB,
 * MB/s, and MB for what differed round by round; each round but the last must
 * say "go on". */
struct row {
	const char *name;
	const char *rounds;
	enum convergence_verdict verdict;
	double predicted; /* seconds, negative: not looked at */
};

static const struct row rows[] = {
	/* Within the budget, sooner or later. */
	{"nothing changed", "60 0 30 10 1000 100 1000: 0", REACHED, 20},
	{"little changed", "60 0 30 10 1000 100 1000: 100", REACHED, 21},
	{"exactly the budget", "60 0 30 10 1000 100 1000: 4000", REACHED, 60},
	{"a byte of time above", "60 0 30 10 1000 100 1000: 4001", GO_ON, -1},
	{"shrinks to it", "60 0 30 10 1000 100 1000: 16000 8000 4000", REACHED,
	 60},
	{"shrinks slowly to it", "60 0 30 10 1000 100 1000: 5000 4400 3900",
	 REACHED, 59},
	{"a long way down",
	 "60 0 30 10 1000 10 1000: 10000 8000 6000 4000 3000 2000 1000 500 300",
	 REACHED, 50},
	{"the fixed part counts", "60 41 30 10 1000 100 1000: 0", GO_ON, 61},
	{"the fixed part fits", "60 40 30 10 1000 100 1000: 0", REACHED, 60},
	{"no disk to compare", "60 5 30 0 0 0 0: 0", REACHED, 5},
	{"one bad round between",
	 "60 0 30 10 1000 100 1000: 8000 9000 5000 3000", REACHED, 50},
	{"two bad rounds, not running",
	 "60 0 30 10 1000 100 1000: 8000 9000 5000 6000 3000", REACHED, 50},

	/* It does not shrink. */
	{"the same again and again", "60 0 30 10 1000 100 1000: 8000 8000 8000",
	 FLAT, 100},
	{"growing", "60 0 30 10 1000 100 1000: 5000 6000 7000", FLAT, 90},
	{"growing after it shrank",
	 "60 0 30 10 1000 100 1000: 9000 5000 6000 7000", FLAT, 90},
	{"a tenth less is too little",
	 "60 0 30 10 1000 100 1000: 10000 9000 8100", FLAT, 101},
	{"a bit more than a tenth",
	 "60 0 30 10 1000 100 1000: 10000 8999 8098 7287", GO_ON, -1},
	{"the first round has none before it", "60 0 30 10 1000 100 1000: 8000",
	 GO_ON, -1},
	{"flat once only", "60 0 30 10 1000 100 1000: 8000 8000", GO_ON, -1},
	{"flat, better, flat, flat",
	 "60 0 30 10 1000 100 1000: 9000 9000 8000 8000 7900", FLAT, 99},
	{"from nothing to much", "60 10 30 20 1000 100 1000: 1001 8000 9000",
	 FLAT, 140},
	{"as fast as the line", "60 0 30 10 1000 1 1000: 500 500 500", FLAT,
	 520},

	/* No number of rounds helps. */
	{"comparing takes longer", "60 0 30 100 1000 100 1000: 5000 2000",
	 FLOOR, 220},
	{"comparing nothing takes longer", "60 0 30 100 1000 100 1000: 0 0",
	 FLOOR, 200},
	{"reading back takes longer", "60 0 30 10 1000 100 100: 0 0", FLOOR,
	 110},
	{"one round may have been unlucky", "60 0 30 100 1000 100 1000: 5000",
	 GO_ON, -1},
	{"a terabyte at 500", "60 0 30 1000 500 100 2000: 10000 5000", FLOOR,
	 2550},
	{"no budget at all", "0 0 30 10 1000 100 1000: 0 0", FLOOR, 20},
	{"a floor comes before flat", "60 0 30 100 1000 100 1000: 9000 9000",
	 FLOOR, -1},
	{"the fixed part alone", "10 11 30 0 0 0 0: 0 0", FLOOR, 11},

	/* As many rounds as allowed. */
	{"one round", "60 0 1 10 1000 100 1000: 8000", ROUNDS, 100},
	{"one round is enough", "60 0 1 10 1000 100 1000: 100", REACHED, 21},
	{"two rounds", "60 0 2 10 1000 100 1000: 9000 8000", ROUNDS, 100},
	{"no round at all", "60 0 0 10 1000 100 1000: 8000", ROUNDS, -1},
	{"thirty rounds", "1 0 30 1 10000 1 10000: " FALLING "28000", ROUNDS,
	 28000.2},
	{"twenty-nine of thirty", "1 0 30 1 10000 1 10000: " FALLING, GO_ON,
	 -1},
	{"the thirtieth reaches it", "1 0 30 1 10000 1 10000: " FALLING "0",
	 REACHED, 0.2},
	{"the last allowed one is flat, too",
	 "60 0 3 10 1000 100 1000: 8000 8000 8000", ROUNDS, 100},

	/* What can't be, or is not known. */
	{"nothing was measured", "60 0 30 10 0 0 0: 0 0", FLOOR, INFINITY},
	{"reading back was not measured", "60 0 30 10 1000 100 0: 0 0", FLOOR,
	 INFINITY},
	{"the line was not measured", "60 0 30 10 1000 0 1000: 100", REACHED,
	 30},
	{"the line was not measured, much", "60 0 30 10 1000 0 1000: 1000",
	 GO_ON, 120},
	{"negative rates", "60 0 30 10 -5 -5 -5: 0 0", FLOOR, INFINITY},
	{"rates that are no numbers", "60 0 30 10 nan nan nan: 0 0", FLOOR,
	 INFINITY},
	{"endless rates", "60 0 30 10 inf 100 1000: 0 0", FLOOR, INFINITY},
	{"a negative fixed part", "60 -1000 30 10 1000 100 1000: 0", REACHED,
	 20},
	{"a fixed part that is no number", "60 nan 30 10 1000 100 1000: 0",
	 REACHED, 20},
	{"a negative budget", "-60 0 30 10 1000 100 1000: 0 0", FLOOR, 20},
	{"a budget that is no number", "nan 0 30 10 1000 100 1000: 0 0", FLOOR,
	 20},
};

static double number(const char **text)
{
	char *end;
	double value = strtod(*text, &end);

	assert_true(end != *text);
	*text = end + strspn(end, ": ");
	return value;
}

static void try_row(const struct row *row)
{
	const char *at = row->rounds;
	enum convergence_verdict verdict = CONVERGENCE_GO_ON;
	struct convergence c = {.budget_s = number(&at)};
	struct convergence_disk disk = {0};

	c.fixed_s = number(&at);
	c.rounds_max = (unsigned int)number(&at);
	disk.size = (uint64_t)number(&at) * GB;
	disk.scan_rate = number(&at) * MB;
	disk.move_rate = number(&at) * MB;
	disk.read_rate = number(&at) * MB;
	for (unsigned int i = 1; *at; i++) {
		if (verdict != CONVERGENCE_GO_ON)
			fail_msg("%s: round %u already says %d", row->name,
				 i - 1, (int)verdict);
		disk.delta = (uint64_t)number(&at) * MB_BYTES;
		verdict = convergence_round(&c, &disk, 1);
		assert_int_equal(c.round, i);
	}
	if (verdict != row->verdict)
		fail_msg("%s: %d, not %d (predicted %f)", row->name,
			 (int)verdict, (int)row->verdict, c.predicted_s);
	if (row->predicted < 0)
		return;
	if (isinf(row->predicted) ? !isinf(c.predicted_s)
				  : fabs(c.predicted_s - row->predicted) > 0.01)
		fail_msg("%s: predicted %f s, not %f", row->name, c.predicted_s,
			 row->predicted);
}

static void rounds_end_as_the_table_says(void **state)
{
	(void)state;
	assert_true(sizeof(rows) / sizeof(*rows) >= 40);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		try_row(&rows[i]);
}

/* Copied one after the other: their times add up, none hides another. */
static void disks_add_up(void **state)
{
	struct convergence c = {.budget_s = 60, .rounds_max = 30};
	struct convergence_disk disk[3] = {
		{10 * GB, 1000 * MB_BYTES, 1000 * MB, 100 * MB, 1000 * MB, 0},
		{20 * GB, 0, 2000 * MB, 0, 1000 * MB, 0},
		{1 * GB, 10 * MB_BYTES, 100 * MB, 10 * MB, 1000 * MB, 0}};

	(void)state;
	assert_int_equal(convergence_round(&c, disk, 3), CONVERGENCE_GO_ON);
	assert_true(fabs(c.floor_s - (20 + 30 + 11)) < 0.01);
	assert_true(fabs(c.predicted_s - (20 + 30 + 11 + 10 + 1)) < 0.01);
	assert_int_equal(c.last_delta, 1010 * MB_BYTES);
	assert_int_equal(convergence_round(&c, disk, 2), CONVERGENCE_REACHED);
	assert_int_equal(convergence_round(&c, disk, 0), CONVERGENCE_REACHED);
}

static void sums_do_not_wrap(void **state)
{
	struct convergence c = {.budget_s = 60, .rounds_max = 30};
	struct convergence_disk disk[2] = {
		{UINT64_MAX, UINT64_MAX, 1, 1, 1, 0},
		{UINT64_MAX, UINT64_MAX, 1, 1, 1, 0}};

	(void)state;
	assert_int_equal(convergence_round(&c, disk, 2), CONVERGENCE_GO_ON);
	assert_true(c.last_delta == UINT64_MAX);
	assert_true(c.predicted_s > 1e19);
	c.round = UINT32_MAX;
	c.rounds_max = UINT32_MAX;
	assert_int_equal(convergence_round(&c, disk, 2), CONVERGENCE_ROUNDS);
	assert_true(c.round == UINT32_MAX);
}

/* While an order is waited for the rounds go on; a better one is seen. */
static void a_verdict_is_not_the_last_word(void **state)
{
	struct convergence c = {.budget_s = 60, .rounds_max = 30};
	struct convergence_disk disk = {10 * GB,  8 * GB,    1000 * MB,
					100 * MB, 1000 * MB, 0};

	(void)state;
	(void)convergence_round(&c, &disk, 1);
	(void)convergence_round(&c, &disk, 1);
	assert_int_equal(convergence_round(&c, &disk, 1), CONVERGENCE_FLAT);
	assert_int_equal(convergence_round(&c, &disk, 1), CONVERGENCE_FLAT);
	disk.delta = 7 * GB;
	assert_int_equal(convergence_round(&c, &disk, 1), CONVERGENCE_GO_ON);
	disk.delta = GB;
	assert_int_equal(convergence_round(&c, &disk, 1), CONVERGENCE_REACHED);
	disk.delta = 2 * GB;
	assert_int_equal(convergence_round(&c, &disk, 1), CONVERGENCE_REACHED);
}

struct rate_row {
	double before;	/* MB/s */
	uint64_t bytes; /* MB */
	double seconds;
	double after; /* MB/s */
};

static const struct rate_row rate_rows[] = {
	{0, 100, 1, 100},
	{100, 100, 1, 100},
	{100, 50, 1, 50},   /* falls at once */
	{100, 200, 1, 150}, /* rises by halves */
	{100, 1, 1, 100},   /* too little to tell */
	{0, 1, 1, 0},
	{0, 8, 1, 0}, /* 8 MB are less than 8 MiB */
	{0, 9, 1, 9},
	{100, 0, 0, 100},
	{100, 100, 0, 100},  /* a clock that stood still */
	{100, 100, -5, 100}, /* one that went back */
	{100, 100, NAN, 100},
	{100, 100, INFINITY, 100},
	{100, 100, 1e300, -1}, /* a year in a second: falls, never to 0 */
	{0, 100, 1e-320, 0},   /* a rate beyond all numbers */
	{-5, 100, 1, 100},
	{NAN, 100, 1, 100},
	{INFINITY, 100, 1, 100},
	{NAN, 0, 1, 0},
};

static void rates_are_careful(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rate_rows) / sizeof(*rate_rows); i++) {
		const struct rate_row *row = &rate_rows[i];
		double rate = convergence_rate(
			row->before * MB, row->bytes * MB_BYTES, row->seconds);

		if (!isfinite(rate) || rate < 0)
			fail_msg("row %zu: %f is no rate", i, rate);
		if (row->after >= 0 && fabs(rate - row->after * MB) > 1)
			fail_msg("row %zu: %f, not %f MB/s", i, rate / MB,
				 row->after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_end_as_the_table_says),
		cmocka_unit_test(disks_add_up),
		cmocka_unit_test(sums_do_not_wrap),
		cmocka_unit_test(a_verdict_is_not_the_last_word),
		cmocka_unit_test(rates_are_careful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
