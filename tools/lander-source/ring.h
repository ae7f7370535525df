/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_RING_H
#define LANDER_SOURCE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Where one value stands in an event. */
struct ring_field {
	uint32_t offset;
	uint32_t size;
};

/** An event of the kernel's "block" group, as its format file tells it. */
struct ring_format {
	uint32_t id; /* what the events of this kind begin with */
	struct ring_field dev;
	struct ring_field sector;
	struct ring_field count;
	struct ring_field rwbs;
};

/** ring_format(text, ret): take a format file apart; false when something in it
 *  is missing or not of the size that is known. */
bool ring_format(const char *text, struct ring_format *ret);

/** ring_is_known(page, event): whether the kernel lays out its pages and events
 *  as is known here, by the texts of events/header_page and header_event. */
bool ring_is_known(const char *page, const char *event);

/** Something that happened to a disk. */
struct ring_event {
	const struct ring_format *format;
	uint32_t dev;	 /* major << 20 | minor */
	uint64_t sector; /* of 512 bytes */
	uint32_t count;
	bool clean; /* a read: changes nothing */
	char rwbs[8];
};

enum ring_result {
	RING_GOOD,
	RING_LOST,    /* the kernel had no room: events are missing before */
	RING_STRANGE, /* something that is not understood */
};

/** What is read, and who is told of it. */
struct ring_reader {
	const struct ring_format *format; /* kinds of events */
	size_t formats;
	void (*each)(void *owner, const struct ring_event *event);
	void *owner;
	uint64_t events; /* counted up */
};

/** ring_page(reader, page, length): one page of a trace_pipe_raw file, bytes
 *  that nobody vouches for. */
enum ring_result ring_page(struct ring_reader *reader, const uint8_t *page,
			   size_t length);

#endif
