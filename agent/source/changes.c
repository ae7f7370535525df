/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a source machine says was written to one of its disks.  Ranges that are
 * out of order, out of the disk or too many are no answer: a source that makes
 * mistakes there is not believed in the rest either.
 */
#include "source/changes.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/extent.h"
#include "base/parse.h"
#include "source/wire.h"

#define RANGE_BYTES  16U
#define REASON_BYTES 512U

static int take_reason(const struct changes_answer *answer, char **ret_reason,
		       struct error **err)
{
	const uint8_t *words = answer->bytes + WIRE_CUT_BYTES;
	size_t length = answer->length - WIRE_CUT_BYTES;
	char *reason;

	reason = strndup(length ? (const char *)words : "no reason is given",
			 length < REASON_BYTES && length ? length
							 : REASON_BYTES);
	if (!reason)
		return error_memory(err);
	parse_make_printable(reason);
	*ret_reason = reason;
	return 0;
}

/* Behind the range before it, whole blocks but for the disk's last one. */
static bool is_range(const struct changes_answer *answer, uint64_t from,
		     uint64_t offset, uint64_t length)
{
	uint64_t size = answer->size;

	return offset >= from && offset < size && length &&
	       length <= size - offset && offset % WIRE_BLOCK == 0 &&
	       (length % WIRE_BLOCK == 0 || length == size - offset);
}

static int take_ranges(const struct changes_answer *answer, struct extents *ret,
		       struct error **err)
{
	const uint8_t *at = answer->bytes + WIRE_CUT_BYTES;
	size_t left = answer->length - WIRE_CUT_BYTES;
	uint64_t from = 0;

	if (left % RANGE_BYTES || left / RANGE_BYTES > WIRE_CUT_MAX)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: a list of changes of %zu bytes",
				 answer->name, left);
	for (; left; left -= RANGE_BYTES, at += RANGE_BYTES) {
		uint64_t offset = wire_get64(at);
		uint64_t length = wire_get64(at + 8);
		int r;

		if (!is_range(answer, from, offset, length))
			return error_set(err, ERROR_SOURCE, 0,
					 "%s: a change at %llu of %llu bytes",
					 answer->name,
					 (unsigned long long)offset,
					 (unsigned long long)length);
		from = offset + length;
		r = extents_add(ret, offset, length, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int changes_take(const struct changes_answer *answer, struct extents *ret,
		 char **ret_reason, struct error **err)
{
	uint32_t flags;
	int r;

	*ret = (struct extents){0};
	*ret_reason = NULL;
	if (answer->length < WIRE_CUT_BYTES)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: a list of changes of %zu bytes",
				 answer->name, answer->length);
	flags = wire_get32(answer->bytes);
	if (flags > WIRE_CUT_LOST || wire_get32(answer->bytes + 4))
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: a list of changes of an unknown kind",
				 answer->name);
	if (flags & WIRE_CUT_LOST)
		return take_reason(answer, ret_reason, err);
	r = take_ranges(answer, ret, err);
	if (r < 0)
		extents_done(ret);
	return r;
}
