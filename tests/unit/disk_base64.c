/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "disk/base64.h"

/* RFC 4648 §10, without the padding. */
static void test_vectors(void **state)
{
	static const char *const vector[][2] = {
		{"", ""},
		{"f", "Zg"},
		{"fo", "Zm8"},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg"},
		{"fooba", "Zm9vYmE"},
		{"foobar", "Zm9vYmFy"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vector) / sizeof(*vector); i++) {
		size_t length = strlen(vector[i][0]);
		char text[BASE64_ROOM(6)];
		uint8_t bytes[6];
		size_t got = 99;

		base64_encode((const uint8_t *)vector[i][0], length, text);
		assert_string_equal(text, vector[i][1]);
		assert_true(base64_decode(text, bytes, sizeof(bytes), &got));
		assert_int_equal(got, length);
		assert_memory_equal(bytes, vector[i][0], length);
	}
}

static void refuses_other_spellings(void **state)
{
	static const char *const bad[] = {
		"Zg==", "Zh",	  "Z",	  "Zm9vY", "Z g",
		"Zm9=", "Zm9v\n", "-_-_", "Zm9"};
	uint8_t bytes[6];
	size_t got;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(base64_decode(bad[i], bytes, 6, &got));
}

static void stays_in_its_room(void **state)
{
	uint8_t bytes[4] = {0, 0, 0, 7};
	size_t got;

	(void)state;
	assert_true(base64_decode("Zm9v", bytes, 3, &got));
	assert_false(base64_decode("Zm9vYg", bytes, 3, &got));
	assert_int_equal(bytes[3], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(refuses_other_spellings),
		cmocka_unit_test(stays_in_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
