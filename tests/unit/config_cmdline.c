/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "config/cmdline.h"
#include "config/config.h"
#include "config/config_check.h"

struct row {
	const char *words;
	const char *wrong; /* what the error must say; NULL: it is good */
};

static const struct row kernel_rows[] = {
	{"", NULL},
	{"quiet splash root=/dev/sda1", NULL},
	{"lander.source=nbd://h/x", NULL},
	{"landers.source=x", NULL},
	{"lander.dryrun", NULL},
	{"lander.dryrun=yes lander.explain=no", NULL},
	{"lander.source=\"nbd+unix:///a?socket=/x y\"", NULL},
	{"\"lander.source=a b\"", NULL},
	{"lander.mode=block", NULL},
	{"lander.reconnect=5m", NULL},
	{"lander.disks=sda:vda,sdb:vdb", NULL},
	{"lander.sorce=x", "did you mean lander.source"},
	{"lander.souurce=x", "did you mean lander.source"},
	{"lander.sourse=x", "did you mean lander.source"},
	{"lander.banana=x", "lander.banana: no such parameter"},
	{"lander.=x", "no such parameter"},
	{"lander.source=", "lander.source: a value is missing"},
	{"lander.source", "lander.source: a value is missing"},
	{"lander.mode=fast", "'fast' is not one of: auto block file"},
	{"lander.mode=", "'' is not one of"},
	{"lander.mode=\"auto block\"", "'auto block' is not one of"},
	{"lander.dryrun=perhaps", "'perhaps' is not yes or no"},
	{"lander.reconnect=soon", "'soon' is not a duration"},
	{"lander.reconnect=", "'' is not a duration"},
	{"lander.disks=", "the list is empty"},
	{"lander.disks=a,,b", "'a,,b' has an empty entry"},
	{"lander.overwrite=vda,", "has an empty entry"},
	{"lander.job=a lander.job=b", "lander.job is given twice"},
	{"lander.source=a lander.source=a", "lander.source is given twice"},
	{"lander.after=explode", "'explode' is not one of"},
	{"lander.onfail=panic", "'panic' is not one of"},
	{"LANDER.source=x", NULL},
	{"lander.Source=x", "did you mean lander.source"},
};

static void the_kernel_line_is_read_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kernel_rows) / sizeof(*kernel_rows);
	     i++) {
		const struct row *row = &kernel_rows[i];
		struct config config = {0};
		struct error *error = NULL;
		int r = cmdline_read(&config, row->words, CMDLINE_KERNEL,
				     "kernel command line", 3, &error);

		if (row->wrong) {
			assert_true(r < 0);
			assert_int_equal(error->kind, ERROR_CONFIG);
			if (!strstr(error->msg, row->wrong))
				fail_msg("'%s' gives '%s'", row->words,
					 error->msg);
			assert_non_null(
				strstr(error->msg, "kernel command line: "));
		} else if (r < 0) {
			fail_msg("'%s' gives '%s'", row->words, error->msg);
		}
		error_free(error);
		config_done(&config);
	}
}

static void quotes_keep_a_value_together(void **state)
{
	struct config config = {0};

	(void)state;
	assert_int_equal(cmdline_read(&config, "lander.source=\"a b\" x",
				      CMDLINE_KERNEL, "k", 3, NULL),
			 0);
	assert_string_equal(config_text(&config, CONFIG_SOURCE), "a b");
	config_done(&config);
}

static void every_bad_word_is_named(void **state)
{
	struct config config = {0};
	struct error *error = NULL;

	(void)state;
	assert_true(cmdline_read(&config,
				 "# the job\nlander.mode=fast\n\nfoo "
				 "lander.zzz=1\n",
				 CMDLINE_ARGUMENTS, "lander.args", 1,
				 &error) < 0);
	assert_non_null(strstr(error->msg, "lander.args:2: lander.mode"));
	assert_non_null(strstr(error->msg, "lander.args:4: 'foo'"));
	assert_non_null(strstr(error->msg, "lander.args:4: lander.zzz"));
	error_free(error);
	config_done(&config);
}

static void a_higher_rank_wins(void **state)
{
	struct config config = {0};

	(void)state;
	assert_int_equal(
		config_set(&config, "after", "wait", "argument", 4, NULL), 0);
	assert_int_equal(config_set(&config, "after", "kexec", "file", 1, NULL),
			 0);
	assert_string_equal(config_text(&config, CONFIG_AFTER), "wait");
	assert_string_equal(config_origin(&config, CONFIG_AFTER), "argument");
	assert_int_equal(config_set(&config, "mode", "block", "file", 1, NULL),
			 0);
	assert_int_equal(config_set(&config, "mode", "auto", "kernel", 3, NULL),
			 0);
	assert_string_equal(config_origin(&config, CONFIG_MODE), "kernel");
	assert_string_equal(config_origin(&config, CONFIG_ONFAIL), "default");
	config_done(&config);
}

static void a_bad_value_of_a_lower_rank_is_still_an_error(void **state)
{
	struct config config = {0};

	(void)state;
	assert_int_equal(
		config_set(&config, "after", "wait", "argument", 4, NULL), 0);
	assert_true(config_set(&config, "after", "nonsense", "file", 1, NULL) <
		    0);
	config_done(&config);
}

static void what_no_single_word_shows(void **state)
{
	struct config config = {0};
	struct error *error = NULL;

	(void)state;
	assert_true(config_check(&config, &error) < 0);
	assert_non_null(strstr(error->msg, "no source is given"));
	error_clear(&error);
	assert_int_equal(config_set(&config, "source", "x", "k", 3, NULL), 0);
	assert_int_equal(config_check(&config, NULL), 0);
	assert_int_equal(config_set(&config, "onfail", "shell", "k", 3, NULL),
			 0);
	assert_true(config_check(&config, &error) < 0);
	assert_non_null(strstr(error->msg, "lander.password"));
	error_clear(&error);
	assert_int_equal(
		config_set(&config, "password", "$6$planted", "k", 3, NULL), 0);
	assert_int_equal(config_check(&config, NULL), 0);
	assert_int_equal(config_set(&config, "job", "12", "k", 3, NULL), 0);
	assert_true(config_check(&config, NULL) < 0);
	config_done(&config);
}

static void a_secret_is_never_explained(void **state)
{
	struct config config = {0};
	char *text = NULL;

	(void)state;
	assert_int_equal(
		config_set(&config, "password", "$6$planted", "k", 3, NULL), 0);
	assert_int_equal(config_explain(&config, &text, NULL), 0);
	assert_null(strstr(text, "planted"));
	assert_non_null(strstr(text, "(set)"));
	free(text);
	config_done(&config);
}

static void every_row_is_explained_and_helped(void **state)
{
	struct config config = {0};
	char *text = NULL;
	char *help = NULL;

	(void)state;
	assert_int_equal(config_explain(&config, &text, NULL), 0);
	assert_int_equal(config_help(&help, NULL), 0);
	for (int key = 0; key < CONFIG_KEYS; key++) {
		const struct config_parameter *row =
			config_parameter((enum config_key)key);
		char name[64];

		assert_non_null(row->name);
		assert_non_null(row->help);
		(void)snprintf(name, sizeof(name), "lander.%s", row->name);
		assert_non_null(strstr(text, name));
		assert_non_null(strstr(help, name));
	}
	free(text);
	free(help);
}

/* Nothing that a boot loader could hand over may do harm. */
static void random_lines_do_no_harm(void **state)
{
	static const char letters[] = "lander.=\" \t\n#,:sourcedisk0";
	char line[200];

	(void)state;
	srand(11);
	for (int round = 0; round < 20000; round++) {
		struct config config = {0};
		size_t length = (size_t)rand() % (sizeof(line) - 1);

		for (size_t i = 0; i < length; i++)
			line[i] =
				letters[(size_t)rand() % (sizeof(letters) - 1)];
		line[length] = '\0';
		(void)cmdline_read(&config, line,
				   round & 1 ? CMDLINE_KERNEL
					     : CMDLINE_ARGUMENTS,
				   "fuzz", 1, NULL);
		config_done(&config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_line_is_read_by_the_table),
		cmocka_unit_test(quotes_keep_a_value_together),
		cmocka_unit_test(every_bad_word_is_named),
		cmocka_unit_test(a_higher_rank_wins),
		cmocka_unit_test(a_bad_value_of_a_lower_rank_is_still_an_error),
		cmocka_unit_test(what_no_single_word_shows),
		cmocka_unit_test(a_secret_is_never_explained),
		cmocka_unit_test(every_row_is_explained_and_helped),
		cmocka_unit_test(random_lines_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
