/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ${uuid}, ${serial} and ${mac} become in the place of a job's file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/jobfile.h"
#include "run/machine_id.h"

static const struct machine_id id = {
	.uuid = "4c4c4544-0042-3510",
	.serial = "AB/1 2%&?#\xc3\xa9",
	.mac = "52-54-00-12-34-56",
};

static void becomes(const char *text, const char *wanted)
{
	struct error *err = NULL;
	char *got = NULL;

	assert_int_equal(jobfile_expand(text, &id, &got, &err), 0);
	assert_string_equal(got, wanted);
	free(got);
}

static void refused(const char *text, const struct machine_id *who,
		    const char *words)
{
	struct error *err = NULL;
	char *got = NULL;

	assert_true(jobfile_expand(text, who, &got, &err) < 0);
	assert_int_equal(err->kind, ERROR_CONFIG);
	assert_non_null(strstr(err->msg, words));
	assert_null(got);
	error_free(err);
}

static void names_become_values(void **state)
{
	(void)state;
	becomes("", "");
	becomes("http://h/x.ks", "http://h/x.ks");
	becomes("http://h/${uuid}.ks", "http://h/4c4c4544-0042-3510.ks");
	becomes("${mac}${mac}", "52-54-00-12-34-5652-54-00-12-34-56");
	becomes("$uuid $ {uuid} $", "$uuid $ {uuid} $");
	becomes("$${uuid}", "$4c4c4544-0042-3510");
	/* Nothing of a serial number may end the path or begin a query. */
	becomes("h/${serial}?a=${serial}", "h/AB%2F1%202%25%26%3F%23%C3%A9?a="
					   "AB%2F1%202%25%26%3F%23%C3%A9");
}

static void others_are_refused(void **state)
{
	static const struct machine_id nobody = {.uuid = "1"};

	(void)state;
	refused("${}", &id, "'${}' is none of");
	refused("x${colour}y", &id, "'${colour}' is none of");
	refused("${UUID}", &id, "none of");
	refused("${uuid", &id, "none of");
	refused("${uuid }", &id, "none of");
	refused("${mac}", &nobody, "nothing for ${mac}");
	refused("${uuid}/${serial}", &nobody, "nothing for ${serial}");
}

/* A secret may stand behind a brace that is open, and a serial number may be
 * what leads to another directory. */
static void names_that_are_none(void **state)
{
	static const struct machine_id up = {.serial = ".."};
	struct error *err = NULL;
	char *got = NULL;

	(void)state;
	refused("http://h/${serial}/x.ks", &up, "is '..', which is no name");
	assert_true(jobfile_expand("h/x?t=${uuid&planted", &id, &got, &err) <
		    0);
	assert_null(strstr(err->msg, "planted"));
	error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_values),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(names_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
