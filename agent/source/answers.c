/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The agent's half of the wire: frames out of bytes.  Whatever is at the other
 * end is not believed: a length is a length only within its bounds, and data
 * goes only where a read of ours waits for it.
 */
#include "source/answers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"

enum { STEP_HEADER, STEP_OFFSET, STEP_DATA, STEP_PAYLOAD };

static void expect(struct answers *answers, int step, void *place,
		   size_t missing)
{
	answers->step = step;
	answers->place = place;
	answers->missing = missing;
}

static void expect_header(struct answers *answers)
{
	expect(answers, STEP_HEADER, answers->head, WIRE_HEADER_BYTES);
}

int answers_begin(struct answers *answers, struct error **err)
{
	answers->payload = malloc(WIRE_PAYLOAD_MAX);
	if (!answers->payload)
		return error_memory(err);
	expect_header(answers);
	return 0;
}

void answers_done(struct answers *answers)
{
	free(answers->payload);
	answers->payload = NULL;
}

size_t answers_room(const struct answers *answers, void **ret)
{
	*ret = answers->place;
	return answers->missing;
}

static int finish_payload(struct answers *answers, struct error **err)
{
	expect_header(answers);
	return answers->events->frame(answers->owner, &answers->header,
				      answers->payload, err);
}

static int finish_data(struct answers *answers, struct error **err)
{
	expect_header(answers);
	return answers->events->data_end(answers->owner, &answers->header, err);
}

static int take_header(struct answers *answers, struct error **err)
{
	struct wire_header *header = &answers->header;

	if (!wire_get_header(answers->head, header) ||
	    !(header->type & WIRE_ANSWER))
		return error_set(
			err, ERROR_SOURCE, 0,
			"%s: what came is not lander-source's protocol",
			answers->name);
	if (header->type != (WIRE_ANSWER | WIRE_READ) &&
	    header->type != (WIRE_ANSWER | WIRE_DIFF)) {
		expect(answers, STEP_PAYLOAD, answers->payload, header->length);
		return header->length ? 0 : finish_payload(answers, err);
	}
	if (!answers->events->data)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: data that nobody asked for",
				 answers->name);
	if (header->length < 8 || header->length - 8 > WIRE_READ_MAX)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: data of %u bytes in one piece",
				 answers->name, header->length);
	expect(answers, STEP_OFFSET, answers->head + WIRE_HEADER_BYTES, 8);
	return 0;
}

static int take_offset(struct answers *answers, struct error **err)
{
	uint64_t offset = wire_get64(answers->head + WIRE_HEADER_BYTES);
	size_t length = answers->header.length - 8;
	void *place = NULL;
	int r = answers->events->data(answers->owner, &answers->header, offset,
				      &place, err);

	if (r < 0)
		return r;
	expect(answers, STEP_DATA, place, length);
	return length ? 0 : finish_data(answers, err);
}

int answers_took(struct answers *answers, size_t count, struct error **err)
{
	answers->place += count;
	answers->missing -= count;
	if (answers->missing)
		return 0;
	switch (answers->step) {
	case STEP_HEADER:
		return take_header(answers, err);
	case STEP_OFFSET:
		return take_offset(answers, err);
	case STEP_DATA:
		return finish_data(answers, err);
	default:
		return finish_payload(answers, err);
	}
}
