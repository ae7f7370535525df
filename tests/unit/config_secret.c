/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A secret is itself, or what a name leads to; no name leads out of its place,
 * and no message has a secret in it. */
#include "base/error.h"
#include "config/secret.h"
#include "disk_scratch.h"

static void a_text_is_itself(void **state)
{
	static const char *const row[][2] = {
		{"sesame", "sesame"}, {"two words", "two words"},
		{"file", "file"},     {"line\n", "line"},
		{"line\r\n", "line"}, {"two\nlines\n", "two\nlines\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		void *bytes = NULL;
		size_t length = 0;

		assert_int_equal(secret_read(row[i][0], &bytes, &length, NULL),
				 0);
		assert_int_equal(length, strlen(row[i][1]));
		assert_memory_equal(bytes, row[i][1], length);
		secret_forget(bytes, length);
	}
}

static void names_stay_where_they_are(void **state)
{
	static const char *const row[] = {
		"fw_cfg:",
		"fw_cfg:/etc/passwd",
		"fw_cfg:../../../../etc/passwd",
		"fw_cfg:opt/lander/no-such-item",
		"\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct error *err = NULL;
		void *bytes = NULL;
		size_t length = 0;

		assert_true(secret_read(row[i], &bytes, &length, &err) < 0);
		assert_int_equal(err->kind, ERROR_CONFIG);
		assert_null(strstr(err->msg, "root:"));
		error_free(err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_itself),
		cmocka_unit_test(names_stay_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
