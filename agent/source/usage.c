/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a source machine says is free on one of its disks.  It decides what is
 * not copied, so it is taken whole or not at all; whether it is true nobody can
 * tell from here.
 */
#include "source/usage.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "source/remote.h"

#define RANGE_BYTES 16U
#define ASK_S	    120.0 /* its own limit is 30 s a file system */

void usage_done(struct usage *usage)
{
	extents_done(&usage->free);
	for (size_t i = 0; i < usage->count; i++)
		free(usage->system[i].words);
	free(usage->system);
	*usage = (struct usage){0};
}

static int refuse(const struct usage_answer *answer, const char *what,
		  struct error **err)
{
	return error_set(err, ERROR_SOURCE, 0,
			 "%s: what it says is free has %s", answer->name, what);
}

/* A decimal number below the disk's size, and the sign behind it. */
static bool take_number(const char **at, char sign, uint64_t size,
			uint64_t *ret)
{
	char *end = NULL;

	if (**at < '0' || **at > '9')
		return false;
	*ret = strtoull(*at, &end, 10);
	*at = end + 1;
	return *end == sign && *ret < size;
}

/* "+BYTES@START NAME" or "-NAME: WHY", without its line end. */
static int take_line(const struct usage_answer *answer, const char *line,
		     struct usage *ret, struct error **err)
{
	struct usage_system new = {.asked = *line == '+'};
	struct usage_system *more;
	const char *at = line + 1;

	if (*line != '-' &&
	    (!new.asked || !take_number(&at, '@', answer->size, &new.free) ||
	     !take_number(&at, ' ', answer->size, &new.start)))
		return refuse(answer, "a line that is none", err);
	more = realloc(ret->system, (ret->count + 1) * sizeof(*more));
	if (!more)
		return error_memory(err);
	ret->system = more;
	new.words = strdup(at);
	if (!new.words)
		return error_memory(err);
	parse_make_printable(new.words);
	ret->system[ret->count++] = new;
	return 0;
}

/* What follows the last line end was cut off there, for want of room. */
static int take_text(const struct usage_answer *answer, size_t length,
		     struct usage *ret, struct error **err)
{
	char *text =
		strndup((const char *)answer->bytes + WIRE_USED_BYTES, length);
	char *line = text;
	int r = 0;

	if (!text)
		return error_memory(err);
	for (char *end; r == 0 && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		r = take_line(answer, line, ret, err);
	}
	free(text);
	return r;
}

static int take_ranges(const struct usage_answer *answer, size_t skip,
		       struct usage *ret, struct error **err)
{
	const uint8_t *at = answer->bytes + skip;
	size_t left = answer->length - skip;
	uint64_t from = WIRE_CHUNK;
	int r = 0;

	if (left % RANGE_BYTES || left / RANGE_BYTES > WIRE_USED_MAX)
		return refuse(answer, "another length", err);
	for (; r == 0 && left; left -= RANGE_BYTES, at += RANGE_BYTES) {
		uint64_t offset = wire_get64(at);
		uint64_t length = wire_get64(at + 8);

		if (offset < from || offset >= answer->size || !length ||
		    length > answer->size - offset || offset % WIRE_CHUNK ||
		    length % WIRE_CHUNK)
			return refuse(answer, "a place that is none", err);
		from = offset + length;
		r = extents_add(&ret->free, offset, length, err);
	}
	return r;
}

int usage_take(const struct usage_answer *answer, struct usage *ret,
	       struct error **err)
{
	size_t text;
	int r;

	*ret = (struct usage){0};
	if (answer->length < WIRE_USED_BYTES)
		return refuse(answer, "another length", err);
	text = wire_get32(answer->bytes);
	if (text >= WIRE_TEXT_MAX || text > answer->length - WIRE_USED_BYTES ||
	    wire_get32(answer->bytes + 4))
		return refuse(answer, "another form", err);
	r = take_text(answer, text, ret, err);
	if (r == 0)
		r = take_ranges(answer, WIRE_USED_BYTES + text, ret, err);
	if (r < 0)
		usage_done(ret);
	return r;
}

int usage_ask(struct remote *remote, uint32_t number, uint64_t size,
	      struct usage *ret, struct error **err)
{
	uint8_t payload[8];
	struct remote_request request = {.type = WIRE_USED,
					 .payload = payload,
					 .length = sizeof(payload)};
	struct remote_answer answer = {0};
	int r;

	*ret = (struct usage){0};
	(void)wire_put32(wire_put32(payload, number), 0);
	r = remote_ask(remote, &request, io_seconds() + ASK_S, &answer, err);
	if (r == 0)
		r = usage_take(&(struct usage_answer){remote->name,
						      answer.bytes,
						      answer.length, size},
			       ret, err);
	free(answer.bytes);
	return r;
}
