/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a document is that another one names, and what its digest is.  Fetching
 * is shown by cmd/config and cmd/fleet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "run/document.h"

static const struct {
	const char *from;
	const char *place;
	const char *is; /* NULL: refused */
} rows[] = {
	{"http://h/a/web.ks", "base.ks", "http://h/a/base.ks"},
	{"http://h/a/web.ks", "../base.ks", "http://h/a/../base.ks"},
	{"http://h/a/web.ks", "/base.ks", "http://h/base.ks"},
	{"http://h/a/", "base.ks", "http://h/a/base.ks"},
	{"http://h", "base.ks", "http://h/base.ks"},
	{"http://h", "/base.ks", "http://h/base.ks"},
	{"http://h?id=/1/2", "base.ks", "http://h/base.ks"},
	{"https://h/a/job.cgi?f=/x/y#z", "b?q", "https://h/a/b?q"},
	{"https://u:p@h:8/a#/b", "/c", "https://u:p@h:8/c"},
	{"tftp://h/web.ks", "x/base.ks", "tftp://h/x/base.ks"},
	{"http://h/web.ks", "https://i/base.ks", "https://i/base.ks"},
	{"http://h/web.ks", "file:base.ks", NULL},
	{"http://h/web.ks", "cred:x", NULL},
	{"http://h/web.ks", "fw_cfg:opt/x", NULL},
	{"/srv/web.ks", "base.ks", "/srv/base.ks"},
	{"/srv/web.ks", "/etc/base.ks", "/etc/base.ks"},
	{"/srv/web.ks", "cred:x", "cred:x"},
	{"web.ks", "base.ks", "base.ks"},
	{"jobs/web.ks", "base.ks", "jobs/base.ks"},
	{"file:web.ks", "base.ks", NULL},
	{"file:web.ks", "file:base.ks", "file:base.ks"},
	{"fw_cfg:opt/web", "base.ks", NULL},
	{"fw_cfg:opt/web", "http://h/base.ks", "http://h/base.ks"},
};

static void what_lies_beside(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error *err = NULL;
		char *got = NULL;
		int r = document_beside(rows[i].from, rows[i].place, &got,
					&err);

		if (!rows[i].is) {
			assert_true(r < 0);
			assert_int_equal(err->kind, ERROR_CONFIG);
			assert_null(got);
			error_free(err);
			continue;
		}
		if (r < 0)
			fail_msg("%s: %s", rows[i].from, err->msg);
		assert_string_equal(got, rows[i].is);
		free(got);
	}
}

static void digests(void **state)
{
	static const char none[] = "E3b0c44298fc1c149afbf4c8996fb924"
				   "27ae41e4649b934ca495991b7852b855";
	struct document document = {.bytes = (void *)""};

	(void)state;
	assert_true(document_is_digest(none));
	assert_false(document_is_digest(none + 1));
	assert_false(document_is_digest(""));
	assert_true(document_has(&document, none));
	document.bytes = (void *)"x";
	document.length = 1;
	assert_false(document_has(&document, none));
	assert_false(document_has(&document, "zz"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lies_beside),
		cmocka_unit_test(digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
