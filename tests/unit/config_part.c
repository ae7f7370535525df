/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of `part`: sizes, places, what is wrong with its origin. */
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
#include "config/kickstart.h"

#define MIB ((uint64_t)1 << 20)

static void good(const char *words, uint64_t size, bool grow, const char *fs)
{
	struct config_parts parts = {0};
	struct error *err = NULL;

	if (config_part_add(&parts, words, "web01.ks:3", 1, &err) < 0)
		fail_msg("%s: %s", words, err->msg);
	assert_int_equal(parts.count, 1);
	assert_int_equal(parts.part[0].has_size, size != UINT64_MAX);
	if (size != UINT64_MAX)
		assert_int_equal(parts.part[0].size, size);
	assert_int_equal(parts.part[0].grow, grow);
	if (fs)
		assert_string_equal(parts.part[0].fs, fs);
	else
		assert_null(parts.part[0].fs);
	config_part_done(&parts);
}

static void words_are_read(void **state)
{
	(void)state;
	good("/ size=800M", 800 * MIB, false, NULL);
	good("/ size=10G grow", 10240 * MIB, true, NULL);
	good("/var\tsize=1.5T  fstype=xfs", 1572864 * MIB, false, "xfs");
	good("/srv grow", UINT64_MAX, true, NULL);
	good("/srv --grow --size=20000 --fstype=btrfs", 20000 * MIB, true,
	     "btrfs");
	good("/srv size=1K", MIB, false, NULL);
	good("/srv size=10GiB", 10240 * MIB, false, NULL);
	good("swap size=0", 0, false, NULL);
	good("/boot/efi fstype=vfat", UINT64_MAX, false, "vfat");
}

static void bad(const char *words, const char *why)
{
	struct config_parts parts = {0};
	struct error *err = NULL;

	if (config_part_add(&parts, words, "web01.ks:3", 1, &err) == 0)
		fail_msg("'%s' was taken", words);
	assert_int_equal(err->kind, ERROR_CONFIG);
	assert_non_null(strstr(err->msg, "web01.ks:3: part"));
	if (!strstr(err->msg, why))
		fail_msg("'%s': no '%s' in: %s", words, why, err->msg);
	assert_int_equal(parts.count, 0);
	error_free(err);
	config_part_done(&parts);
}

static void what_is_wrong_is_told(void **state)
{
	char text[600];

	(void)state;
	bad("", "a place like /var");
	bad("var size=1G", "a place like /var");
	bad("/var/../etc size=1G", "a place like /var");
	bad("/var/./x size=1G", "a place like /var");
	bad("//var size=1G", "a place like /var");
	bad("/var/ size=1G", "a place like /var");
	bad("/var/.. size=1G", "a place like /var");
	bad("/var", "says nothing");
	bad("/var size=", "size '' is none");
	bad("/var size=G", "is none");
	bad("/var size=-1G", "is none");
	bad("/var size=1X", "is none");
	bad("/var size=1Gx", "is none");
	bad("/var size=99999999999999999999G", "is none");
	bad("/var size=9999999999T", "is none");
	bad("/var size=0", "only swap can be left out");
	bad("/var fstype=ntfs", "'ntfs' is not made");
	bad("/var shrink", "not 'shrink'");
	memset(text, 'x', sizeof(text));
	text[0] = '/';
	memcpy(text + sizeof(text) - 9, " size=1G", 9);
	bad(text, "a place like /var");
}

static void the_higher_rank_wins(void **state)
{
	struct config config = {0};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(kickstart_read(&config,
					"part / size=10G\npart /var size=5G\n",
					"a.ks", 1, &err),
			 0);
	assert_int_equal(
		config_set(&config, "part", "/ size=20G", "argument", 2, NULL),
		0);
	assert_int_equal(
		config_set(&config, "part", "/var size=9G", "other", 0, NULL),
		0);
	assert_int_equal(config.parts.count, 2);
	assert_int_equal(config.parts.part[0].size, 20480 * MIB);
	assert_int_equal(config.parts.part[1].size, 5120 * MIB);
	assert_string_equal(config.parts.part[1].origin, "a.ks:2");
	assert_true(config_set(&config, "part", "/ grow", "argument", 2, &err) <
		    0);
	assert_non_null(strstr(err->msg, "was given already, at argument"));
	error_free(err);
	err = NULL;
	assert_true(kickstart_read(&config, "part /x\npart y size=1\n", "b.ks",
				   1, &err) < 0);
	assert_non_null(strstr(err->msg, "b.ks:1: part /x says nothing"));
	assert_non_null(strstr(err->msg, "b.ks:2: part takes a place"));
	error_free(err);
	config_done(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_read),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(the_higher_rank_wins),
	};

	return cmocka_run_group_tests_name("config/part", tests, NULL, NULL);
}
