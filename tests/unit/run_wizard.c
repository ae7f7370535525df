/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the wizard's answers become: words, through the parser of all words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/parse.h"
#include "config/config.h"
#include "config/load.h"
#include "run/wizard_answers.h"
#include "run/wizard_option.h"
#include "run/wizard_screen.h"

static char vda[] = "vda", dev_vda[] = "/dev/vda";
static char vdb[] = "vdb", dev_vdb[] = "/dev/vdb";
static char file[] = "f", file_path[] = "/tmp/f";

static struct blockdev targets[3] = {
	{.name = vda, .path = dev_vda, .is_block = true, .size = 100},
	{.name = vdb, .path = dev_vdb, .is_block = true, .size = 100},
	{.name = file, .path = file_path, .size = 100}};

static struct content contents[3] = {{.kind = CONTENT_BLANK},
				     {.kind = CONTENT_SYSTEM},
				     {.kind = CONTENT_DATA}};

static struct wizard_answers some(enum wizard_kind kind)
{
	struct wizard_answers answers = {.kind = kind,
					 .machine = true,
					 .host = "web01",
					 .user = "admin",
					 .port = "2222",
					 .uri = "nbd://host:1/x",
					 .hostkey = "SHA256:"
						    "sZtX0uKY3EIjKRGY46D9bZsKe6"
						    "8qXNx3bHwDirISZpo",
					 .disks = 2,
					 .targets = {targets, 3},
					 .content = contents};

	answers.disk[0] = (struct wizard_source_disk){.name = "sda"};
	answers.disk[1] =
		(struct wizard_source_disk){.name = "sdb", .target = 1};
	return answers;
}

static void load(const struct wizard_answers *answers, const char *more,
		 struct config *config)
{
	struct load load = {0};
	char **words = NULL;

	*config = (struct config){0};
	assert_int_equal(wizard_answers_words(answers, more, &words, NULL), 0);
	load.typed = words;
	assert_int_equal(load_config(&load, config, NULL), 0);
	wizard_answers_forget_words(words);
}

static void is(const struct config *config, enum config_key key,
	       const char *text)
{
	const char *found = config_text(config, key);

	if (!text)
		assert_null(found);
	else
		assert_string_equal(found, text);
}

static void test_ssh(void **state)
{
	struct wizard_answers answers = some(WIZARD_SSH);
	struct config config;
	char full[64];

	(void)state;
	load(&answers, "dryrun=yes", &config);
	is(&config, CONFIG_SOURCE, "ssh://admin@web01:2222/");
	is(&config, CONFIG_HOSTKEY, answers.hostkey);
	is(&config, CONFIG_IDENTITY, NULL);
	is(&config, CONFIG_DISKS, "sda:vda,sdb:vdb");
	is(&config, CONFIG_OVERWRITE, "vdb");
	is(&config, CONFIG_CUTOVER, "manual");
	is(&config, CONFIG_DRYRUN, "yes");
	assert_string_equal(config_origin(&config, CONFIG_SOURCE), "console");
	assert_string_equal(wizard_answers_full(&answers, full, sizeof(full)),
			    "vdb");
	config_done(&config);

	/* What is not copied is in no word, and its target stays out. */
	answers.disk[1].target = WIZARD_NONE;
	answers.way = WIZARD_KEY;
	(void)strcpy(answers.key, "file:id");
	(void)strcpy(answers.host, "fd00::5");
	load(&answers, NULL, &config);
	is(&config, CONFIG_SOURCE, "ssh://admin@[fd00::5]:2222/");
	is(&config, CONFIG_IDENTITY, "file:id");
	is(&config, CONFIG_DISKS, "sda:vda");
	is(&config, CONFIG_OVERWRITE, NULL);
	assert_string_equal(wizard_answers_full(&answers, full, sizeof(full)),
			    "");
	config_done(&config);
}

static size_t option_of(const char *word, size_t *ret_choice)
{
	const struct wizard_option *option;

	for (size_t i = 0; (option = wizard_option(i)); i++)
		for (size_t c = 0;
		     c < WIZARD_OPTION_CHOICES && option->choice[c].word; c++)
			if (!strcmp(option->choice[c].word, word)) {
				*ret_choice = c;
				return i;
			}
	fail_msg("no option has '%s'", word);
	return 0;
}

static void test_ways(void **state)
{
	struct wizard_answers answers = some(WIZARD_SSH);
	struct config config;
	size_t opened;
	size_t option = option_of(WIZARD_OPTION_LUKS, &opened);

	(void)state;
	(void)strcpy(answers.jump, "me@gate:2022");
	(void)strcpy(answers.jump_key, "file:gate");
	(void)strcpy(answers.jump_hostkey, answers.hostkey);
	assert_int_equal(locked_copy("a=b c, d", strlen("a=b c, d"),
				     &answers.luks, NULL),
			 0);
	load(&answers, NULL, &config);
	is(&config, CONFIG_JUMP, "ssh://me@gate:2022");
	is(&config, CONFIG_JUMP_HOSTKEY, answers.hostkey);
	is(&config, CONFIG_JUMP_IDENTITY, "file:gate");
	/* It was typed, but is not wanted any more. */
	is(&config, CONFIG_LUKS, NULL);
	config_done(&config);

	answers.option[option] = opened;
	load(&answers, NULL, &config);
	is(&config, CONFIG_LUKS, "a=b c, d");
	config_done(&config);

	/* A jump host leads to what is entered over SSH only. */
	answers.kind = WIZARD_CODE;
	load(&answers, NULL, &config);
	is(&config, CONFIG_JUMP, NULL);
	config_done(&config);
	locked_done(&answers.luks);
}

/* Sizes are words of a job of files only; a disk for two is named once. */
static void test_layout(void **state)
{
	struct wizard_answers answers = some(WIZARD_SSH);
	struct config config;
	char full[64];

	(void)state;
	(void)strcpy(answers.part[answers.parts++], "/var size=2G fstype=xfs");
	answers.disk[0].target = 1;
	assert_true(wizard_answers_shared(&answers));
	load(&answers, NULL, &config);
	assert_int_equal(config.parts.count, 0);
	is(&config, CONFIG_MODE, "auto");
	config_done(&config);
	wizard_option_choose(&answers, WIZARD_OPTION_FILE);
	load(&answers, NULL, &config);
	is(&config, CONFIG_MODE, "file");
	is(&config, CONFIG_DISKS, "sda:vdb,sdb:vdb");
	is(&config, CONFIG_OVERWRITE, "vdb");
	assert_string_equal(wizard_answers_full(&answers, full, sizeof(full)),
			    "vdb");
	assert_int_equal(config.parts.count, 1);
	assert_string_equal(config.parts.part[0].place, "/var");
	assert_true(config.parts.part[0].size == (uint64_t)2 << 30);
	config_done(&config);
	answers.kind = WIZARD_URI;
	load(&answers, NULL, &config);
	assert_int_equal(config.parts.count, 0);
	config_done(&config);
}

static void test_others(void **state)
{
	struct wizard_answers answers = some(WIZARD_URI);
	struct config config;

	(void)state;
	answers.disks = 1;
	answers.disk[0].name[0] = '\0';
	answers.disk[0].target = 2;
	load(&answers, NULL, &config);
	is(&config, CONFIG_SOURCE, "nbd://host:1/x");
	is(&config, CONFIG_HOSTKEY, NULL);
	is(&config, CONFIG_DISKS, "/tmp/f");
	is(&config, CONFIG_OVERWRITE, "/tmp/f");
	/* Of a server nothing can be stopped, so nothing is said of that. */
	assert_null(config.value[CONFIG_CUTOVER].text);
	config_done(&config);

	answers.kind = WIZARD_CODE;
	load(&answers, NULL, &config);
	is(&config, CONFIG_SOURCE, "ssh://root@web01:2222/");
	is(&config, CONFIG_IDENTITY, "code");
	is(&config, CONFIG_HOSTKEY, NULL);
	config_done(&config);
}

/* Every choice that can be made is a word that the parser takes. */
static void test_options(void **state)
{
	struct wizard_answers answers = some(WIZARD_SSH);
	const struct wizard_option *option;

	(void)state;
	for (size_t i = 0; (option = wizard_option(i)); i++) {
		for (size_t c = 0;
		     c < WIZARD_OPTION_CHOICES && option->choice[c].word; c++) {
			struct config config;

			answers.option[i] = c;
			assert_non_null(option->choice[c].words);
			load(&answers, NULL, &config);
			config_done(&config);
		}
		answers.option[i] = 0;
	}
}

static void test_fit(void **state)
{
	char exact[] = "0123456789";
	char more[] = "0123456789a";
	/* Two bytes are one column. */
	char letters[] = "012345678\u00e4";
	char narrow[] = "0123";

	(void)state;
	wizard_screen_fit(exact, 10);
	assert_string_equal(exact, "0123456789");
	wizard_screen_fit(more, 10);
	assert_string_equal(more, "0123456...");
	wizard_screen_fit(letters, 10);
	assert_string_equal(letters, "012345678?");
	wizard_screen_fit(narrow, 3);
	assert_string_equal(narrow, "...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ssh),	cmocka_unit_test(test_ways),
		cmocka_unit_test(test_layout),	cmocka_unit_test(test_others),
		cmocka_unit_test(test_options), cmocka_unit_test(test_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
