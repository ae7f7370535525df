/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_ANSWERS_H
#define LANDER_SOURCE_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/wire.h"

struct error;

/** Who wants to know what came.  Each returns 0, or a negative errno with *err
 *  set for what can't be an answer to anything that was asked. */
struct answers_events {
	/** Data of a READ or DIFF for [offset, offset + length): where it goes.
	 *  length may be 0.  NULL: nobody reads here. */
	int (*data)(void *owner, const struct wire_header *header,
		    uint64_t offset, void **ret_place, struct error **err);
	/** That data is there; header->flags tells whether more follows. */
	int (*data_end)(void *owner, const struct wire_header *header,
			struct error **err);
	/** Any other frame, whole. */
	int (*frame)(void *owner, const struct wire_header *header,
		     const uint8_t *payload, struct error **err);
};

/** Takes apart what lander-source sends.  It never copies a disk's data: its
 *  bytes are to be read to where answers_room() says. */
struct answers {
	const struct answers_events *events;
	void *owner;
	const char *name; /* of the machine, for messages */
	struct wire_header header;
	uint8_t head[WIRE_HEADER_BYTES + 8];
	uint8_t *payload; /* WIRE_PAYLOAD_MAX bytes */
	uint8_t *place;	  /* where the next byte goes */
	size_t missing;	  /* bytes until the next step */
	int step;
};

/** answers_begin(answers, err): events, owner and name are set. */
int answers_begin(struct answers *answers, struct error **err);
void answers_done(struct answers *answers);

/** answers_room(answers, ret): where the next bytes go; how many, never 0. */
size_t answers_room(const struct answers *answers, void **ret);

/** answers_took(answers, count, err): so many were put there.
 *  Errors: ERROR_SOURCE, for ever: there is no way back into the stream. */
int answers_took(struct answers *answers, size_t count, struct error **err);

#endif
