/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of words: what they become and where from, or all that is said of them,
 * word for word.  For the tests of the parser. */
#ifndef TESTS_UNIT_CONFIG_CASE_H
#define TESTS_UNIT_CONFIG_CASE_H

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

struct config_case {
	const char *text;
	const char *wrong; /* NULL: it is good, and then: */
	enum config_key key;
	const char *value; /* config_text(); NULL: unset */
	const char *origin;
};

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static inline void config_case_judge(const struct config_case *row,
				     const struct config *config, int r,
				     const struct error *error)
{
	const char *value = config_text(config, row->key);

	if (row->wrong) {
		if (r == 0)
			fail_msg("'%s' is taken", row->text);
		if (strcmp(error->msg, row->wrong) != 0)
			fail_msg("'%s' gives\n'%s', not\n'%s'", row->text,
				 error->msg, row->wrong);
		assert_int_equal(error->kind, ERROR_CONFIG);
		return;
	}
	if (r < 0)
		fail_msg("'%s' gives '%s'", row->text, error->msg);
	if (!row->value != !value || (value && strcmp(value, row->value) != 0))
		fail_msg("'%s' becomes '%s'", row->text,
			 value ? value : "nothing");
	if (row->origin &&
	    strcmp(config_origin(config, row->key), row->origin) != 0)
		fail_msg("'%s' comes from '%s'", row->text,
			 config_origin(config, row->key));
}

#endif
