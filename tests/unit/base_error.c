/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

static void a_set_error_names_its_cause(void **state)
{
	struct error *error = NULL;

	(void)state;
	assert_int_equal(
		error_set(&error, ERROR_SOURCE, ECONNRESET, "read at %d", 4096),
		-ECONNRESET);
	assert_int_equal(error->kind, ERROR_SOURCE);
	assert_string_equal(error->msg,
			    "read at 4096: Connection reset by peer");
	assert_int_equal(error_wrap(&error, "disk %s", "sda"), -ECONNRESET);
	assert_string_equal(error->msg,
			    "disk sda: read at 4096: Connection reset by peer");
	error_clear(&error);
	assert_null(error);
}

static void no_errno_is_eio(void **state)
{
	struct error *error = NULL;

	(void)state;
	assert_int_equal(error_set(&error, ERROR_CONFIG, 0, "bad"), -EIO);
	assert_string_equal(error->msg, "bad");
	error_free(error);
	assert_int_equal(error_set(NULL, ERROR_CONFIG, EINVAL, "bad"), -EINVAL);
}

static void out_of_memory_needs_no_memory(void **state)
{
	struct error *error = NULL;

	(void)state;
	assert_int_equal(error_memory(&error), -ENOMEM);
	assert_int_equal(error_wrap(&error, "ignored"), -ENOMEM);
	assert_string_equal(error->msg, "out of memory");
	error_free(error);
	error_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_error_names_its_cause),
		cmocka_unit_test(no_errno_is_eio),
		cmocka_unit_test(out_of_memory_needs_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
