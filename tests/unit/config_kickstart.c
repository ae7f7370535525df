/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job as a file: what it says, and what is wrong with it, by line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "config/config.h"
#include "config/config_check.h"
#include "config/kickstart.h"

static void read_good(struct config *config, const char *text, int rank)
{
	struct error *error = NULL;

	if (kickstart_read(config, text, "web.ks", rank, &error) < 0)
		fail_msg("'%s' gives '%s'", text, error->msg);
}

static void parameters_and_scripts_are_read(void **state)
{
	struct config config = {0};

	(void)state;
	read_good(&config,
		  "\xef\xbb\xbf# a job\r\n"
		  "source  nbd://h/x   # a comment\r\n"
		  "\r\n"
		  "  after \"disk\"\n"
		  "dryrun\n"
		  "job 1111#2222\n"
		  "%post\n"
		  "echo 1 # kept\r\n"
		  "\n"
		  "  indented \"as it is\"\n"
		  "%end\n"
		  "%firstboot --interpreter=/usr/bin/python3  # why not\n"
		  "print(1)\n"
		  "  %end is not at the start\n"
		  "%end  \n"
		  "%post\nlast\n%end",
		  1);
	assert_string_equal(config_text(&config, CONFIG_SOURCE), "nbd://h/x");
	assert_string_equal(config_origin(&config, CONFIG_SOURCE), "web.ks:2");
	assert_string_equal(config_text(&config, CONFIG_AFTER), "disk");
	assert_string_equal(config_text(&config, CONFIG_JOB), "1111#2222");
	assert_true(config_switch(&config, CONFIG_DRYRUN));
	assert_int_equal(config.scripts.count, 3);
	assert_int_equal(config.scripts.script[0].kind, CONFIG_SCRIPT_POST);
	assert_string_equal(config.scripts.script[0].text,
			    "echo 1 # kept\n\n  indented \"as it is\"\n");
	assert_string_equal(config.scripts.script[0].origin, "web.ks:7");
	assert_string_equal(config.scripts.script[0].interpreter, "/bin/sh");
	assert_int_equal(config.scripts.script[0].lines, 3);
	assert_int_equal(config.scripts.script[1].kind,
			 CONFIG_SCRIPT_FIRSTBOOT);
	assert_string_equal(config.scripts.script[1].interpreter,
			    "/usr/bin/python3");
	assert_string_equal(config.scripts.script[1].text,
			    "print(1)\n  %end is not at the start\n");
	assert_string_equal(config.scripts.script[2].text, "last\n");
	assert_string_equal(config.scripts.script[2].origin, "web.ks:16");
	config_done(&config);
	assert_int_equal(config.scripts.count, 0);
}

static void other_files_are_noted(void **state)
{
	struct config config = {0};
	static const char digits[] = "0123456789abcdefABCDEF0123456789"
				     "0123456789abcdef0123456789abcdef";
	char text[256];

	(void)state;
	(void)snprintf(text, sizeof(text),
		       "%%include ../base.ks  # why\r\nafter wait\n"
		       " %%include --sha256=%s\thttp://h/${mac}.ks#x\n"
		       "%%post\n%%include no.ks\n%%end\n",
		       digits);
	read_good(&config, text, 1);
	assert_int_equal(config.includes.count, 2);
	assert_string_equal(config.includes.include[0].place, "../base.ks");
	assert_null(config.includes.include[0].sha256);
	assert_string_equal(config.includes.include[0].origin, "web.ks:1");
	assert_string_equal(config.includes.include[1].place,
			    "http://h/${mac}.ks#x");
	assert_string_equal(config.includes.include[1].sha256, digits);
	assert_string_equal(config.includes.include[1].origin, "web.ks:3");
	assert_string_equal(config.scripts.script[0].text, "%include no.ks\n");
	config_done(&config);
	assert_int_equal(config.includes.count, 0);
}

static const struct {
	const char *text;
	const char *wrong;
} wrong_rows[] = {
	{"sorce x", "web.ks:1: lander.sorce: no such parameter; did you mean"},
	{"lander.source=nbd://secret", "web.ks:1: write 'source VALUE' here"},
	{"source=nbd://secret", "web.ks:1: write 'source VALUE' here"},
	{"after fly", "web.ks:1: lander.after: 'fly' is not one of"},
	{"after", "web.ks:1: lander.after: '' is not one of"},
	{"after disk\nafter disk", "web.ks:2: lander.after is given twice"},
	{"job \"open", "web.ks:1: the quotes of 'job' are not right"},
	{"job \"a\" b", "web.ks:1: the quotes of 'job' are not right"},
	{"\n%post\nx", "web.ks:2: %post has no %end"},
	{"\n%post\n\n \t\n%end", "web.ks:2: %post is empty"},
	{"%end", "web.ks:1: %end without a section before it"},
	{"%post\na\n%firstboot\nb\n%end",
	 "web.ks:3: %firstboot before the %end of the %post of line 1"},
	{"%pre\nx", "web.ks:1: %pre has no %end"},
	{"%final\na\n%fail\nb\n%end",
	 "web.ks:3: %fail before the %end of the %final of line 1"},
	{"%fail --x\ny\n%end", "web.ks:1: %fail takes --interpreter=PATH"},
	{"%include", "web.ks:1: write '%include PLACE' here"},
	{"%include  # x", "web.ks:1: write '%include PLACE' here"},
	{"\n%include a secret", "web.ks:2: write '%include PLACE' here"},
	{"%include a --sha256=12ab", "web.ks:1: write '%include PLACE' here"},
	{"%include --interpreter=/bin/sh", "web.ks:1: write '%include PLACE'"},
	{"%included a", "web.ks:1: %included: no such section"},
	{"%include 1\n%include 2\n%include 3\n%include 4\n%include 5\n"
	 "%include 6\n%include 7\n%include 8\n%include 9",
	 "web.ks:9: a file includes 8 others at most"},
	{"%packages\nx\n%end", "web.ks:1: %packages: no such section"},
	{"%post --nochroot\nx\n%end",
	 "web.ks:1: %post takes --interpreter=PATH and nothing else"},
	{"%post --interpreter=sh\nx\n%end",
	 "web.ks:1: --interpreter takes a path like /bin/sh"},
	{"%post --interpreter=/bin/sh;x\nx\n%end",
	 "web.ks:1: --interpreter takes a path like /bin/sh"},
};

static void what_is_wrong_is_told_by_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong_rows) / sizeof(*wrong_rows); i++) {
		struct config config = {0};
		struct error *error = NULL;

		assert_true(kickstart_read(&config, wrong_rows[i].text,
					   "web.ks", 1, &error) < 0);
		assert_int_equal(error->kind, ERROR_CONFIG);
		if (!strstr(error->msg, wrong_rows[i].wrong))
			fail_msg("'%s' gives '%s'", wrong_rows[i].text,
				 error->msg);
		assert_null(strstr(error->msg, "secret"));
		error_free(error);
		config_done(&config);
	}
}

static void all_of_it_is_told(void **state)
{
	struct config config = {0};
	struct error *error = NULL;

	(void)state;
	assert_true(kickstart_read(&config,
				   "mode fast\n%prex\nrm -rf x\n%end\nzzz 1\n"
				   "%post --bad\n%end\n%firstboot\nx\n",
				   "web.ks", 1, &error) < 0);
	assert_non_null(strstr(error->msg, "web.ks:1: lander.mode"));
	assert_non_null(strstr(error->msg, "web.ks:2: %prex"));
	assert_non_null(strstr(error->msg, "web.ks:5: lander.zzz"));
	assert_non_null(strstr(error->msg, "web.ks:6: %post takes"));
	assert_non_null(strstr(error->msg, "web.ks:8: %firstboot has no"));
	assert_null(strstr(error->msg, "rm -rf"));
	error_free(error);
	config_done(&config);
}

static void it_is_bounded(void **state)
{
	struct config config = {0};
	struct error *error = NULL;
	size_t room = KICKSTART_SCRIPT_LIMIT + 100;
	char *text = calloc(1, room);

	(void)state;
	assert_non_null(text);
	memcpy(text, "%post\n", 6);
	memset(text + 6, 'x', KICKSTART_SCRIPT_LIMIT);
	memcpy(text + 6 + KICKSTART_SCRIPT_LIMIT, "\n%end\n", 6);
	assert_true(kickstart_read(&config, text, "web.ks", 1, &error) < 0);
	assert_non_null(strstr(error->msg, "web.ks:1: %post is longer than"));
	error_clear(&error);
	/* The last byte that fits. */
	memcpy(text + 6 + KICKSTART_SCRIPT_LIMIT - 2, "\n%end\n", 7);
	read_good(&config, text, 1);
	free(text);
	for (size_t i = 1; i < CONFIG_SCRIPTS_MAX; i++)
		read_good(&config, "%post\nx\n%end\n", 1);
	assert_true(kickstart_read(&config, "\n%post\nx\n%end\n", "web.ks", 1,
				   &error) < 0);
	assert_non_null(strstr(error->msg, "web.ks:2: more than 32 scripts"));
	error_free(error);
	config_done(&config);
}

static void a_lower_rank_runs_first_and_loses(void **state)
{
	struct config config = {0};
	struct error *error = NULL;
	char *text = NULL;

	(void)state;
	read_good(&config,
		  "after wait\n%post\nhigh 1\n%end\n%post\nhigh 2\n"
		  "%end\n",
		  4);
	read_good(&config, "after kexec\n%post\nlow: secret\n%end\n", 1);
	assert_string_equal(config_text(&config, CONFIG_AFTER), "wait");
	assert_string_equal(config.scripts.script[0].text, "low: secret\n");
	assert_string_equal(config.scripts.script[1].text, "high 1\n");
	assert_string_equal(config.scripts.script[2].text, "high 2\n");
	/* That there are scripts is shown, not what is in them. */
	assert_int_equal(config_explain(&config, &text, NULL), 0);
	assert_non_null(strstr(text, "%post"));
	assert_non_null(strstr(text, "1 line for /bin/sh"));
	assert_non_null(strstr(text, "web.ks:5"));
	assert_null(strstr(text, "secret"));
	free(text);
	/* They change the copy; convert=none leaves it. */
	read_good(&config, "convert none\nsource nbd://h/x\n", 1);
	assert_true(config_check(&config, &error) < 0);
	assert_non_null(strstr(error->msg,
			       "web.ks:2: this script cannot run with "
			       "lander.convert=none (web.ks:1)"));
	error_free(error);
	config_done(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_and_scripts_are_read),
		cmocka_unit_test(other_files_are_noted),
		cmocka_unit_test(what_is_wrong_is_told_by_line),
		cmocka_unit_test(all_of_it_is_told),
		cmocka_unit_test(it_is_bounded),
		cmocka_unit_test(a_lower_rank_runs_first_and_loses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
