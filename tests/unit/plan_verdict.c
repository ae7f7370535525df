/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a survey means: one table of sources that differ in one thing from one
 * that passes, the forecast's arithmetic, and the table of reasons itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "verdict_case.h"

static void judge(struct source *s, struct verdict *verdict)
{
	assert_int_equal(verdict_judge(&s->survey, &s->wishes, verdict, NULL),
			 0);
}

static void one_that_is_fine_passes(void **state)
{
	struct source s;
	struct verdict verdict;

	(void)state;
	make(&s);
	judge(&s, &verdict);
	assert_int_equal(verdict.count, 0);
	assert_string_equal(verdict_name(&verdict), "pass");
	assert_true(verdict.tracked);
	assert_true(verdict_is_reached(&verdict));
	assert_int_equal(verdict.size, 40 * GIB);
	assert_int_equal(verdict.used, 10 * GIB);
	assert_true(verdict.forecast.known && verdict.forecast.converges);
	verdict_done(&verdict);
}

static void each_fault_has_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPOILS; i++) {
		struct source s;
		struct verdict verdict;

		make(&s);
		spoils[i].spoil(&s);
		judge(&s, &verdict);
		if (verdict.weight != spoils[i].weight)
			fail_msg("%s: %s", spoils[i].what,
				 verdict_name(&verdict));
		if (!verdict.count ||
		    (verdict.finding[0].reason != spoils[i].reason &&
		     (verdict.count < 2 ||
		      verdict.finding[1].reason != spoils[i].reason)))
			fail_msg("%s: %s", spoils[i].what,
				 verdict.count
					 ? reason_row(verdict.finding[0].reason)
						   ->name
					 : "no reason");
		verdict_done(&verdict);
	}
}

/* Every reason but the one that takes a whole list. */
static void no_reason_is_without_a_case(void **state)
{
	(void)state;
	for (unsigned int reason = 0; reason < REASONS; reason++) {
		bool found = reason == REASON_SAME_MACHINE;

		for (size_t i = 0; i < SPOILS; i++)
			found = found || spoils[i].reason == reason;
		if (!found)
			fail_msg("%s", reason_row(reason)->name);
	}
}

static void the_table_is_whole(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < REASONS; i++) {
		const struct reason_row *row = reason_row(i);

		assert_non_null(row->name);
		assert_true(strlen(row->meaning) > 10);
		assert_true(*row->advice);
		assert_int_equal(
			strspn(row->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"),
			strlen(row->name));
		/* It goes into a table of Markdown, and into CSV. */
		assert_null(strpbrk(row->meaning, "|\n"));
		assert_null(strpbrk(row->advice, "|\n"));
		for (unsigned int n = 0; n < i; n++)
			assert_string_not_equal(row->name, reason_row(n)->name);
	}
}

static void unreached_is_not_refused_by_somebody(void **state)
{
	void (*const away[])(struct source *) = {closed, silent, web, stopped};
	void (*const there[])(struct source *) = {no_pin, no_login, no_disk};
	struct source s;
	struct verdict verdict;

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		make(&s);
		(i < 4 ? away[i] : there[i - 4])(&s);
		judge(&s, &verdict);
		assert_int_equal(verdict_is_reached(&verdict), i >= 4);
		verdict_done(&verdict);
	}
}

static bool is_near(double a, double b)
{
	return a > b * 0.999 && a < b * 1.001;
}

static void times_are_what_the_method_says(void **state)
{
	struct forecast_basis basis = {.size = 100000,
				       .used = 50000,
				       .line = 100,
				       .reading = 1000,
				       .budget = 201};
	struct forecast forecast = forecast_make(&basis);

	(void)state;
	/* Nothing is written: one pass, one reading on each side as proof. */
	assert_true(is_near(forecast.full, 500));
	assert_true(is_near(forecast.full_most, 1000));
	assert_true(is_near(forecast.downtime, 200));
	assert_true(forecast.converges);
	assert_int_equal(forecast.rounds, 1);
	/* Half of what the line carries: the rounds halve. */
	basis.written = 50;
	basis.tracked = true;
	forecast = forecast_make(&basis);
	assert_true(forecast.round < 1);
	assert_true(forecast.rounds > 8);
	assert_true(forecast.downtime < 201);
	/* They end as soon as it is allowed. */
	basis.budget = 300;
	assert_true(forecast_make(&basis).rounds < 4);
	/* Without tracking no round is shorter than its search. */
	basis.tracked = false;
	forecast = forecast_make(&basis);
	assert_true(forecast.round > 200 && forecast.round < 260);
	assert_true(forecast.downtime > 300 && forecast.downtime < 350);
	/* More than the line carries. */
	basis.written = 200;
	forecast = forecast_make(&basis);
	assert_false(forecast.converges);
	assert_true(is_near(forecast.downtime, 1200));
	basis.line = 0;
	assert_false(forecast_make(&basis).known);
	basis = (struct forecast_basis){.line = 1, .reading = 1};
	assert_true(forecast_make(&basis).full < 1);
}

static void what_is_said_twice_is_told_once(void **state)
{
	struct verdict verdict = {0};

	(void)state;
	assert_int_equal(verdict_add(&verdict, REASON_LVM, "sda", "%s", "a"),
			 0);
	assert_int_equal(verdict_add(&verdict, REASON_LVM, "sda", "%s", "b"),
			 0);
	assert_int_equal(verdict_add(&verdict, REASON_LVM, "sdb", NULL), 0);
	assert_int_equal(verdict.count, 2);
	assert_string_equal(verdict.finding[0].words, "a");
	assert_string_equal(verdict_name(&verdict), "pass");
	assert_int_equal(verdict_add(&verdict, REASON_ZFS, NULL, NULL), 0);
	assert_string_equal(verdict_name(&verdict), "refuse");
	verdict_done(&verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_fine_passes),
		cmocka_unit_test(each_fault_has_its_reason),
		cmocka_unit_test(no_reason_is_without_a_case),
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(unreached_is_not_refused_by_somebody),
		cmocka_unit_test(times_are_what_the_method_says),
		cmocka_unit_test(what_is_said_twice_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
