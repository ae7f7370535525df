/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks or files, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plan/mode.h"

#define GIB ((uint64_t)1 << 30)

static const struct mode_measure emptyish = {500 * GIB, 40 * GIB, 0};
static const struct mode_measure quarter = {160 * GIB, 40 * GIB, 0};
static const struct mode_measure more = {160 * GIB, 41 * GIB, 0};
static const struct mode_measure small_disk = {40 * GIB, 9 * GIB, 0};
static const struct mode_measure leaves = {500 * GIB, 40 * GIB, 2};
static const struct mode_measure strange = {10 * GIB, 400 * GIB, 0};
static const struct mode_measure nothing = {0, 0, 0};

static const struct {
	struct mode_case which;
	enum mode mode;
	const char *why;
} rows[] = {
	{{"block", true, false, NULL, MODE_AUTO, NULL, false},
	 MODE_BLOCK,
	 "as the job says"},
	{{"block", true, true, "vda", MODE_FILE, &emptyish, false},
	 MODE_BLOCK,
	 "as the job says"},
	{{"file", true, true, NULL, MODE_BLOCK, NULL, false},
	 MODE_FILE,
	 "as the job says"},
	{{"file", false, false, NULL, MODE_AUTO, NULL, false},
	 MODE_FILE,
	 "as the job says"},
	{{"auto", false, false, NULL, MODE_AUTO, NULL, false},
	 MODE_BLOCK,
	 "over SSH only"},
	{{"auto", false, true, "vda", MODE_AUTO, &emptyish, false},
	 MODE_BLOCK,
	 "over SSH only"},
	{{"auto", true, true, NULL, MODE_AUTO, NULL, false},
	 MODE_BLOCK,
	 "room for its whole"},
	{{"auto", true, true, "vda", MODE_AUTO, NULL, false},
	 MODE_FILE,
	 "vda is smaller"},
	{{"auto", true, true, "vda", MODE_AUTO, &more, false},
	 MODE_FILE,
	 "vda is smaller"},
	{{"auto", true, false, NULL, MODE_AUTO, NULL, false},
	 MODE_FILE,
	 "not one for each"},
	{{"auto", true, true, NULL, MODE_AUTO, &emptyish, false},
	 MODE_FILE,
	 "only 40.0 GiB of 500 GiB are used"},
	{{"auto", true, true, NULL, MODE_AUTO, &quarter, false},
	 MODE_FILE,
	 "lander.mode=block copies the disks as they are"},
	{{"auto", true, true, NULL, MODE_AUTO, &more, false},
	 MODE_BLOCK,
	 "room for its whole copy, and 41.0 GiB of 160 GiB are used"},
	{{"auto", true, true, NULL, MODE_AUTO, &small_disk, false},
	 MODE_BLOCK,
	 "9.0 GiB of 40.0 GiB are used"},
	{{"auto", true, true, NULL, MODE_AUTO, &leaves, false},
	 MODE_BLOCK,
	 "files would leave 2 things out"},
	{{"auto", true, true, NULL, MODE_AUTO, &strange, false},
	 MODE_BLOCK,
	 "400 GiB of 10.0 GiB are used"},
	{{"auto", true, true, NULL, MODE_AUTO, &nothing, false},
	 MODE_BLOCK,
	 "room for its whole copy"},
	/* What is used may pass the line between two starts. */
	{{"auto", true, true, NULL, MODE_BLOCK, &emptyish, false},
	 MODE_BLOCK,
	 "so the job began"},
	{{"auto", true, true, NULL, MODE_FILE, &more, false},
	 MODE_FILE,
	 "so the job began"},
};

static void each_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char why[200];

		assert_int_equal(mode_choose(&rows[i].which, why, sizeof(why)),
				 rows[i].mode);
		if (!strstr(why, rows[i].why))
			fail_msg("'%s' and not '%s'", why, rows[i].why);
	}
}

/* The source is asked what is on it only where that may change something. */
static void asked_for(void **state)
{
	const struct mode_case may = {
		.asked = "auto", .ssh = true, .matched = true};
	struct mode_case which = may;

	(void)state;
	assert_true(mode_may_weigh(&may, 32 * GIB));
	assert_false(mode_may_weigh(&may, 32 * GIB - 1));
	which.asked = "block";
	assert_false(mode_may_weigh(&which, 500 * GIB));
	which = may;
	which.ssh = false;
	assert_false(mode_may_weigh(&which, 500 * GIB));
	which = may;
	which.small = "vda";
	assert_false(mode_may_weigh(&which, 500 * GIB));
	which = may;
	which.begun = MODE_BLOCK;
	assert_false(mode_may_weigh(&which, 500 * GIB));
	which = may;
	which.whole = true;
	assert_false(mode_may_weigh(&which, 500 * GIB));
	which = may;
	which.measure = &more;
	assert_false(mode_may_weigh(&which, 500 * GIB));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case),
		cmocka_unit_test(asked_for),
	};

	return cmocka_run_group_tests_name("plan/mode", tests, NULL, NULL);
}
