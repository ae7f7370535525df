/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks or files, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plan/mode.h"

static void each_case(void **state)
{
	static const struct {
		struct mode_case which;
		enum mode mode;
		const char *why;
	} rows[] = {
		{{"block", true, false, NULL}, MODE_BLOCK, "as the job says"},
		{{"block", true, true, "vda"}, MODE_BLOCK, "as the job says"},
		{{"file", true, true, NULL}, MODE_FILE, "as the job says"},
		{{"file", false, false, NULL}, MODE_FILE, "as the job says"},
		{{"auto", false, false, NULL}, MODE_BLOCK, "over SSH only"},
		{{"auto", false, true, "vda"}, MODE_BLOCK, "over SSH only"},
		{{"auto", true, true, NULL}, MODE_BLOCK, "room for its whole"},
		{{"auto", true, true, "vda"}, MODE_FILE, "vda is smaller"},
		{{"auto", true, false, NULL}, MODE_FILE, "not one for each"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char why[160];

		assert_int_equal(mode_choose(&rows[i].which, why, sizeof(why)),
				 rows[i].mode);
		assert_non_null(strstr(why, rows[i].why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_case)};

	return cmocka_run_group_tests_name("plan/mode", tests, NULL, NULL);
}
