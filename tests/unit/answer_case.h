/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a source machine answers, as it comes: for the tests of what is believed
 * of it. */
#ifndef TESTS_UNIT_ANSWER_CASE_H
#define TESTS_UNIT_ANSWER_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

/* A copy of its own length and the byte behind it, so that the checks of the
 * memory see a step beyond it; to free(). */
static inline uint8_t *answer_copy(const uint8_t *bytes, size_t length)
{
	uint8_t *copy = malloc(length + 1);

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

/* Ends err: there is one of the source's when r says so, else none. */
static inline void answer_judge(int r, struct error *err)
{
	if (r < 0) {
		assert_non_null(err);
		assert_int_equal(err->kind, ERROR_SOURCE);
	} else {
		assert_null(err);
	}
	error_free(err);
}

#endif
