/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "config/config.h"
#include "config/config_check.h"
#include "config/cutover.h"

struct when_row {
	const char *text;
	enum cutover_when when;
	int64_t at; /* -1: it is refused */
};

/* The seconds are what date -u -d … +%s says. */
static const struct when_row when_rows[] = {
	{"auto", CUTOVER_AUTO, 0},
	{"manual", CUTOVER_MANUAL, 0},
	{"at:2026-11-28T02:00Z", CUTOVER_AT, 1795831200},
	{"at:2026-11-28T02:00:30Z", CUTOVER_AT, 1795831230},
	{"at:2028-02-29T23:59Z", CUTOVER_AT, 1835481540},
	{"at:2039-01-01T00:00Z", CUTOVER_AT, 2177452800},
	{"", CUTOVER_AUTO, -1},
	{"now", CUTOVER_AUTO, -1},
	{"Auto", CUTOVER_AUTO, -1},
	{"auto ", CUTOVER_AUTO, -1},
	{"manuals", CUTOVER_AUTO, -1},
	{"at:", CUTOVER_AUTO, -1},
	{"at", CUTOVER_AUTO, -1},
	{"at:2026-11-28T02:00", CUTOVER_AUTO, -1},
	{"at:2026-11-28 02:00Z", CUTOVER_AUTO, -1},
	{"at:2026-11-28T02:00+01:00", CUTOVER_AUTO, -1},
	{"at:2026-11-28T2:00Z", CUTOVER_AUTO, -1},
	{"at:2026-11-28T02:00Zz", CUTOVER_AUTO, -1},
	{"at:2026-11-28T24:00Z", CUTOVER_AUTO, -1},
	{"at:2026-11-28T02:60Z", CUTOVER_AUTO, -1},
	{"at:2026-11-28T02:00:60Z", CUTOVER_AUTO, -1},
	{"at:2026-13-01T02:00Z", CUTOVER_AUTO, -1},
	{"at:2026-00-01T02:00Z", CUTOVER_AUTO, -1},
	{"at:2026-02-30T02:00Z", CUTOVER_AUTO, -1},
	{"at:2027-02-29T02:00Z", CUTOVER_AUTO, -1},
	{"at:2026-11-31T02:00Z", CUTOVER_AUTO, -1},
	{"at:2026-11-00T02:00Z", CUTOVER_AUTO, -1},
	{"at:0000-00-00T00:00Z", CUTOVER_AUTO, -1},
	{"at:1969-12-31T23:59Z", CUTOVER_AUTO, -1},
	{"at:-026-11-28T02:00Z", CUTOVER_AUTO, -1},
	{"at:tomorrow", CUTOVER_AUTO, -1},
};

static void times_are_utc_and_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(when_rows) / sizeof(*when_rows); i++) {
		const struct when_row *row = &when_rows[i];
		struct cutover cutover;
		struct error *error = NULL;
		int r = cutover_parse(row->text, &cutover, &error);

		if (row->at < 0) {
			if (r == 0)
				fail_msg("'%s' is taken", row->text);
			assert_int_equal(error->kind, ERROR_CONFIG);
			assert_non_null(
				strstr(error->msg, "2026-11-28T02:00Z"));
			error_free(error);
			continue;
		}
		if (r < 0 || cutover.when != row->when || cutover.at != row->at)
			fail_msg("'%s' gives %d, %lld", row->text,
				 (int)cutover.when, (long long)cutover.at);
	}
}

struct how_row {
	const char *text;
	enum quiesce_way way;
	size_t units;
	const char *wrong; /* what the error says; NULL: it is good */
};

static const struct how_row how_rows[] = {
	{"auto", QUIESCE_AUTO, 0, NULL},
	{"freeze", QUIESCE_FREEZE, 0, NULL},
	{"readonly", QUIESCE_READONLY, 0, NULL},
	{"snapshot", QUIESCE_SNAPSHOT, 0, NULL},
	{"snapshot:vg", 0, 0, "not one of"},
	{"none", QUIESCE_NONE, 0, NULL},
	{"stop:postgresql.service", QUIESCE_STOP, 1, NULL},
	{"stop:mysql,nginx.service", QUIESCE_STOP, 2, NULL},
	{"stop:getty@tty1.service,a-b_c:d.mount,x\\x2dy.service", QUIESCE_STOP,
	 3, NULL},
	{"stop", 0, 0, "not one of"},
	{"stop:", 0, 0, "names no unit"},
	{"stop:,", 0, 0, "can't be the name"},
	{"stop:a,,b", 0, 0, "can't be the name"},
	{"stop:a,", 0, 0, "can't be the name"},
	{"stop:-a", 0, 0, "can't be the name"},
	{"stop:a b", 0, 0, "can't be the name"},
	{"stop:a;reboot", 0, 0, "can't be the name"},
	{"stop:../x", 0, 0, "can't be the name"},
	{"stop:$(x)", 0, 0, "can't be the name"},
	{"stop:\xc3\xa4", 0, 0, "can't be the name"},
	{"", 0, 0, "not one of"},
	{"freeze,stop:a", 0, 0, "not one of"},
};

static void ways_and_units_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(how_rows) / sizeof(*how_rows); i++) {
		const struct how_row *row = &how_rows[i];
		struct quiesce quiesce;
		struct error *error = NULL;
		int r = cutover_quiesce_parse(row->text, &quiesce, &error);
		size_t units = 0;

		if (row->wrong) {
			assert_true(r < 0);
			assert_null(quiesce.units);
			if (!strstr(error->msg, row->wrong))
				fail_msg("'%s' gives '%s'", row->text,
					 error->msg);
			error_free(error);
			continue;
		}
		while (quiesce.units && quiesce.units[units])
			units++;
		if (r < 0 || quiesce.way != row->way || units != row->units)
			fail_msg("'%s' gives %d with %zu units", row->text,
				 (int)quiesce.way, units);
		cutover_quiesce_done(&quiesce);
	}
}

static void names_of_units_are_bounded(void **state)
{
	char text[6000] = "stop:";
	struct quiesce quiesce;
	struct error *error = NULL;

	(void)state;
	memset(text + 5, 'a', 256);
	assert_true(cutover_quiesce_parse(text, &quiesce, NULL) < 0);
	text[5 + 255] = '\0';
	assert_int_equal(cutover_quiesce_parse(text, &quiesce, NULL), 0);
	cutover_quiesce_done(&quiesce);
	text[5 + 255] = 'a';
	for (size_t i = 5; i < sizeof(text) - 1; i++)
		text[i] = i % 200 ? 'u' : ',';
	assert_true(cutover_quiesce_parse(text, &quiesce, &error) < 0);
	assert_non_null(strstr(error->msg, "4096 bytes"));
	error_free(error);
	text[4000] = '\0';
	assert_int_equal(cutover_quiesce_parse(text, &quiesce, NULL), 0);
	cutover_quiesce_done(&quiesce);
}

struct job_row {
	const char *source;
	const char *name;
	const char *value;
	const char *wrong;
};

static const struct job_row job_rows[] = {
	{"ssh://h/sda", "cutover", "manual", NULL},
	{"ssh://h/sda", "quiesce", "stop:a", NULL},
	{"ssh://h/sda", "fence", "poweroff", NULL},
	{"ssh://h/sda", "rounds", "1", NULL},
	{"ssh://h/sda", "rounds", "1000", NULL},
	{"ssh://h/sda", "downtime", "5m", NULL},
	{"ssh://h/sda", "downtime", "0", NULL},
	{"nbd://h/x", "cutover", "auto", NULL},
	{"nbd://h/x", "quiesce", "none", NULL},
	{"nbd://h/x", "quiesce", "auto", NULL},
	{"nbd://h/x", "fence", "none", NULL},
	{"nbd://h/x", "downtime", "5m", NULL},
	{"nbd://h/x", "cutover", "manual", "t: lander.cutover=manual can be"},
	{"nbd://h/x", "cutover", "at:2026-11-28T02:00Z", "over SSH"},
	{"nbd://h/x", "quiesce", "freeze", "over SSH"},
	{"disk.img", "fence", "nic", "over SSH"},
	{"ssh://h/sda", "rounds", "0",
	 "t: lander.rounds: '0' is not in 1..1000"},
	{"ssh://h/sda", "rounds", "1001", "1..1000"},
	{"ssh://h/sda", "rounds", "-1", "not a number"},
	{"ssh://h/sda", "rounds", "", "not a number"},
	{"ssh://h/sda", "downtime", "soon", "not a duration"},
	{"ssh://h/sda", "cutover", "later", "t: lander.cutover: 'later'"},
	{"ssh://h/sda", "quiesce", "pause", "t: lander.quiesce: 'pause'"},
	{"ssh://h/sda", "fence", "stonith", "not one of: none poweroff nic"},
};

static void jobs_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(job_rows) / sizeof(*job_rows); i++) {
		const struct job_row *row = &job_rows[i];
		struct config config = {0};
		struct error *error = NULL;
		int r = config_set(&config, "source", row->source, "t", 3,
				   &error);

		if (r == 0)
			r = config_set(&config, row->name, row->value, "t", 3,
				       &error);
		if (r == 0)
			r = config_check(&config, &error);
		if (row->wrong ? r == 0 || !strstr(error->msg, row->wrong)
			       : r < 0)
			fail_msg("%s=%s of %s gives '%s'", row->name,
				 row->value, row->source,
				 error ? error->msg : "no error");
		error_free(error);
		config_done(&config);
	}
}

static void the_defaults_are_kept(void **state)
{
	const struct config config = {0};

	(void)state;
	assert_int_equal(config_number(&config, CONFIG_ROUNDS), 30);
	assert_int_equal(config_seconds(&config, CONFIG_DOWNTIME), 60);
	assert_true(config_is(&config, CONFIG_CUTOVER, "auto"));
	assert_true(config_is(&config, CONFIG_QUIESCE, "auto"));
	assert_true(config_is(&config, CONFIG_FENCE, "none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_utc_and_whole),
		cmocka_unit_test(ways_and_units_are_read),
		cmocka_unit_test(names_of_units_are_bounded),
		cmocka_unit_test(jobs_are_checked),
		cmocka_unit_test(the_defaults_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
