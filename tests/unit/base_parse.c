/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"

static void numbers_have_bounds(void **state)
{
	static const char *const bad[] = {
		"",   "x",    "1x",   "-1",
		"+1", " 1",   "0x10", "18446744073709551616",
		"0",  "65536"};
	struct error *error = NULL;
	uint64_t value = 9;

	(void)state;
	assert_int_equal(parse_number("65535", 1, 65535, &value, NULL), 0);
	assert_int_equal(value, 65535);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_true(parse_number(bad[i], 1, 65535, &value, &error) < 0);
		assert_int_equal(error->kind, ERROR_CONFIG);
		error_clear(&error);
		assert_int_equal(value, 65535);
	}
}

static void durations_take_units(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(parse_duration("512", &value, NULL), 0);
	assert_int_equal(value, 512);
	assert_int_equal(parse_duration("10m", &value, NULL), 0);
	assert_int_equal(value, 600);
	assert_true(parse_duration("10 m", &value, NULL) < 0);
	assert_true(parse_duration("m", &value, NULL) < 0);
	assert_true(parse_duration("3dd", &value, NULL) < 0);
	assert_true(parse_duration("999999999999999d", &value, NULL) < 0);
}

static void rates_take_units(void **state)
{
	static const struct {
		const char *text;
		uint64_t rate;
	} good[] = {{"off", 0},		{"64K", 64000},
		    {"20M", 20000000},	{"1.5G", 1500000000},
		    {"0.25M", 250000},	{"1.125G", 1125000000},
		    {"123456", 123456}, {"1000G", 1000000000000}};
	static const char *const bad[] = {"",
					  "0",
					  "1",
					  "63999",
					  "20MB",
					  "20m",
					  "20 M",
					  "1.5",
					  "1.G",
					  ".5G",
					  "-1M",
					  "1001G",
					  "1.5.1G",
					  "OFF",
					  "20M ",
					  "1.2345G",
					  "18446744073709551616",
					  "1000000000000G",
					  "18446744074G",
					  "18446744073.999G"};
	struct error *error = NULL;
	uint64_t rate = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (parse_rate(bad[i], &rate, &error) == 0)
			fail_msg("'%s' is taken for a rate", bad[i]);
		assert_int_equal(error->kind, ERROR_CONFIG);
		error_clear(&error);
		assert_int_equal(rate, 7);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(parse_rate(good[i].text, &rate, NULL), 0);
		assert_int_equal(rate, good[i].rate);
	}
}

static void switches_take_the_bare_word(void **state)
{
	bool on = false;

	(void)state;
	assert_int_equal(parse_switch("", &on, NULL), 0);
	assert_true(on);
	assert_int_equal(parse_switch("No", &on, NULL), 0);
	assert_false(on);
	assert_true(parse_switch("maybe", &on, NULL) < 0);
}

static void split_keeps_empty_fields(void **state)
{
	char **field = NULL;

	(void)state;
	assert_int_equal(parse_split("a,,b,", ',', &field, NULL), 0);
	assert_string_equal(field[0], "a");
	assert_string_equal(field[1], "");
	assert_string_equal(field[2], "b");
	assert_string_equal(field[3], "");
	assert_null(field[4]);
	parse_free_list(field);
	assert_int_equal(parse_split("", ',', &field, NULL), 0);
	assert_null(field[0]);
	parse_free_list(field);
}

static void sizes_are_readable(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(parse_format_size(512, buf, sizeof(buf)),
			    "512 bytes");
	assert_string_equal(parse_format_size(1610612736, buf, sizeof(buf)),
			    "1.5 GiB");
	assert_string_equal(parse_format_size(UINT64_MAX, buf, sizeof(buf)),
			    "16777216 TiB");
}

static void amounts_are_in_the_unit_of_rates(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(parse_format_amount(999, buf, sizeof(buf)),
			    "999 bytes");
	assert_string_equal(parse_format_amount(21300, buf, sizeof(buf)),
			    "21.3 kB");
	assert_string_equal(parse_format_amount(12500000, buf, sizeof(buf)),
			    "12.5 MB");
	assert_string_equal(parse_format_amount(1610612736, buf, sizeof(buf)),
			    "1611 MB");
}

static void one_bit_is_not_zero(void **state)
{
	unsigned char *buf = calloc(1, 65536);

	(void)state;
	assert_non_null(buf);
	for (size_t length = 0; length < 70; length++)
		assert_true(io_is_zero(buf, length));
	assert_true(io_is_zero(buf, 65536));
	for (size_t at = 0; at < 65536; at += at < 40 ? 1 : 997) {
		buf[at] = 1;
		assert_false(io_is_zero(buf, 65536));
		assert_true(io_is_zero(buf, at));
		buf[at] = 0;
	}
	free(buf);
}

static void others_words_are_printable(void **state)
{
	static const char *const row[][2] = {
		{"plain", "plain"},
		{"a\033[2Jb\r\n\tc\177", "a?[2Jb???c?"},
		{"… ä", "… ä"},
		{"\xff\xe2\x80", "???"},
		{"\xc2\x9b"
		 "2J",
		 "??2J"},
		{"\xc0\xaf\xed\xa0\x80", "?????"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "%s", row[i][0]);
		parse_make_printable(text);
		assert_string_equal(text, row[i][1]);
	}
}

static void urls_show_no_secret(void **state)
{
	static const char *const row[][3] = {
		{"https://ctl/a/b", "https://ctl/a/b", "https://ctl/…"},
		{"https://ctl:8443", "https://ctl:8443", "https://ctl:8443/…"},
		{"https://me:pw@ctl/a?t=s#f", "https://ctl/a", "https://ctl/…"},
		{"https://ctl?t=s", "https://ctl", "https://ctl/…"},
		{"https://me:p@w@ctl/", "https://ctl/", "https://ctl/…"},
		{"https://me:p/w@ctl/", "https:///…", "https:///…"},
		{"https://[::1]:7/\x1b", "https://[::1]:7/?",
		 "https://[::1]:7/…"},
		{"secret", "/…", "/…"},
		{"", "/…", "/…"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		for (int path = 0; path < 2; path++) {
			char text[64];

			parse_url_place(row[i][0], path, text, sizeof(text));
			assert_string_equal(text, row[i][path ? 1 : 2]);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_bounds),
		cmocka_unit_test(durations_take_units),
		cmocka_unit_test(rates_take_units),
		cmocka_unit_test(switches_take_the_bare_word),
		cmocka_unit_test(split_keeps_empty_fields),
		cmocka_unit_test(sizes_are_readable),
		cmocka_unit_test(amounts_are_in_the_unit_of_rates),
		cmocka_unit_test(one_bit_is_not_zero),
		cmocka_unit_test(others_words_are_printable),
		cmocka_unit_test(urls_show_no_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
