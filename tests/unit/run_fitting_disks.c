/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which disks take a new layout, of those that a job does not name: empty ones
 * by their size, and after an earlier start those that it took, whatever the
 * kernel calls them now.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "config/config.h"
#include "plan/match.h"
#include "run/fitting_disks.h"
#include "run/migrate.h"
#include "source/source.h"

#define JOB   "4bee4fee-c728-881b-a68b-ffa0c8a289cb"
#define OTHER "4bee4fee-c728-881b-a68b-ffa0c8a289cc"
#define DISKS 3

struct machine_case {
	struct migrate m;
	struct config config;
	struct blockdev disk[DISKS];
	struct content content[DISKS];
	struct plan_disk plan[2];
	struct source source[2];
};

/* Two source disks, the second one larger, and so many empty ones of 100 here.
 */
static void begin(struct machine_case *c, size_t disks)
{
	*c = (struct machine_case){0};
	c->m.config = &c->config;
	(void)snprintf(c->m.job, sizeof(c->m.job), "%s", JOB);
	c->m.disks = (struct blockdevs){.disk = c->disk, .count = disks};
	c->m.content = c->content;
	c->m.plan.disk = c->plan;
	c->m.plan.count = 2;
	for (size_t i = 0; i < disks; i++) {
		c->disk[i].size = 100;
		c->content[i].kind = CONTENT_BLANK;
	}
	for (size_t i = 0; i < 2; i++) {
		c->source[i].size = 200 + i;
		c->plan[i].source = &c->source[i];
		c->plan[i].source_id = 1000 + i;
	}
}

static void holds(struct machine_case *c, size_t disk, const char *job,
		  uint64_t source_id)
{
	struct content *content = &c->content[disk];

	content->kind = CONTENT_RECORD;
	content->record.files = true;
	content->record.source_id = source_id;
	(void)snprintf(content->record.job, sizeof(content->record.job), "%s",
		       job);
}

/* The disks of the first and of the second source. */
static void gives(const struct machine_case *c, size_t first, size_t second)
{
	const struct match_wishes none = {0};
	struct fitting_disks choice = {0};
	struct error *err = NULL;

	if (fitting_disks(&c->m, &none, &choice, &err) < 0)
		fail_msg("%s", err->msg);
	assert_int_equal(choice.disk[choice.onto[0]], first);
	assert_int_equal(choice.disk[choice.onto[1]], second);
	assert_int_equal(choice.count, first == second ? 1 : 2);
}

static void refuses(const struct machine_case *c, const char *words)
{
	const struct match_wishes none = {0};
	struct fitting_disks choice = {0};
	struct error *err = NULL;

	assert_true(fitting_disks(&c->m, &none, &choice, &err) < 0);
	assert_int_equal(err->kind, ERROR_REFUSED);
	if (!strstr(err->msg, words))
		fail_msg("%s", err->msg);
	error_free(err);
}

static void empty_ones_by_their_size(void **state)
{
	struct machine_case c;

	(void)state;
	begin(&c, 2);
	gives(&c, 1, 0);
	c.disk[1].size = 101;
	gives(&c, 0, 1);
	begin(&c, 1);
	gives(&c, 0, 0);
	begin(&c, 3);
	refuses(&c, "not clear which disks");
}

static void those_that_an_earlier_start_took(void **state)
{
	struct machine_case c;

	(void)state;
	begin(&c, 2);
	holds(&c, 0, JOB, 1000);
	holds(&c, 1, JOB, 1001);
	gives(&c, 0, 1);
	/* Two of one size, called the other way round. */
	holds(&c, 0, JOB, 1001);
	holds(&c, 1, JOB, 1000);
	gives(&c, 1, 0);
	/* A third one that is empty changes nothing. */
	begin(&c, 3);
	holds(&c, 2, JOB, 1000);
	holds(&c, 0, JOB, 1001);
	gives(&c, 2, 0);
}

static void none_of_another_job_or_of_a_copy_of_disks(void **state)
{
	struct machine_case c;

	(void)state;
	begin(&c, 3);
	holds(&c, 0, OTHER, 1000);
	holds(&c, 1, OTHER, 1001);
	gives(&c, 2, 2);
	/* Begun as a copy of disks: as empty ones, by their size. */
	begin(&c, 2);
	holds(&c, 0, JOB, 1000);
	holds(&c, 1, JOB, 1001);
	c.content[0].record.files = false;
	gives(&c, 1, 0);
	/* One that is in use by now. */
	begin(&c, 2);
	holds(&c, 0, JOB, 1000);
	holds(&c, 1, JOB, 1001);
	c.disk[0].busy = strdup("mounted");
	gives(&c, 1, 1);
	free(c.disk[0].busy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_ones_by_their_size),
		cmocka_unit_test(those_that_an_earlier_start_took),
		cmocka_unit_test(none_of_another_job_or_of_a_copy_of_disks),
	};

	return cmocka_run_group_tests_name("run/fitting_disks", tests, NULL,
					   NULL);
}
