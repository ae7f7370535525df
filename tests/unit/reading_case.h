/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_READING_CASE_H
#define LANDER_TESTS_READING_CASE_H

/* A reading without a connection: what it asks for is in remote.out, what is
 * fed to it is the answer. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "source/reading.h"

#define READS 3U

struct stream {
	uint8_t *at;
	size_t length;
};

struct bench {
	struct remote remote;
	struct reading reading;
	struct request request[READS];
	unsigned int done;
};

static inline void count_done(struct request *request)
{
	struct bench *bench = request->owner;

	bench->done++;
}

static inline struct bench *new_bench(void)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	bench->remote.name = "test";
	bench->remote.answers.name = "test";
	bench->remote.out = malloc(65536);
	assert_int_equal(answers_begin(&bench->remote.answers, NULL), 0);
	reading_begin(&bench->reading, &bench->remote, 5, PACKING_NEVER);
	return bench;
}

static inline void free_bench(struct bench *bench)
{
	for (unsigned int i = 0; i < READS; i++)
		free(bench->request[i].buf);
	reading_done(&bench->reading);
	answers_done(&bench->remote.answers);
	free(bench->remote.out);
	free(bench);
}

static inline void add(struct stream *stream, const struct wire_header *header,
		       const void *payload)
{
	(void)wire_put_header(stream->at + stream->length, header);
	stream->length += WIRE_HEADER_BYTES;
	if (header->length)
		memcpy(stream->at + stream->length, payload, header->length);
	stream->length += header->length;
}

static inline int feed(struct bench *bench, const struct stream *stream,
		       size_t piece, struct error **err)
{
	size_t given = 0;
	int r = 0;

	while (r == 0 && given < stream->length) {
		void *to;
		size_t room = answers_room(&bench->remote.answers, &to);
		size_t step = stream->length - given;

		assert_true(room > 0);
		step = step < room ? step : room;
		step = step < piece ? step : piece;
		memcpy(to, stream->at + given, step);
		given += step;
		r = answers_took(&bench->remote.answers, step, err);
	}
	return r;
}

#endif
