/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes apart what the kernel's trace buffers hold: pages of events.  An event
 * of a kind that is not known, or of a size that can't be, is told and never
 * skipped, because what it said is then missing.  It reads nothing itself.
 * Sources: Documentation/trace/ring-buffer-design and events of the kernel,
 * events/header_page, events/header_event, include/linux/ring_buffer.h,
 * include/trace/events/block.h.
 */
#include "lander-source/ring.h"

#include <string.h>

#include "lander-source/text.h"
#include "source/wire.h"

#define PAGE_HEAD   16U /* a time and what is committed */
#define LENGTH_MASK ((1U << 27) - 1)
#define LOST_EVENTS (1U << 31)

enum kind {
	KIND_LONG = 0, /* its length follows */
	KIND_LAST = 28,
	KIND_PADDING = 29,
	KIND_EXTEND = 30,
	KIND_STAMP = 31,
};

/* --- texts of the kernel ----------------------------------------------- */

static bool is_name_end(char c)
{
	return c == ';' || c == '[';
}

/* Whether a line of a format, "field:TYPE NAME;", names this one. */
static bool names(const char *line, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = line; *at && *at != '\n' && *at != ';'; at++)
		if ((*at == ' ' || *at == '\t') && text_begins(at + 1, name) &&
		    is_name_end(at[1 + length]))
			return true;
	return false;
}

static const char *number_after(const char *line, const char *word,
				uint32_t *ret)
{
	const char *at = text_find(line, word);
	uint64_t value = 0;

	if (!at || !text_number(at + strlen(word), &value) ||
	    value > LENGTH_MASK)
		return NULL;
	*ret = (uint32_t)value;
	return at;
}

static bool find_field(const char *text, const char *name,
		       struct ring_field *ret)
{
	for (const char *at = text_find(text, "field:"); at;
	     at = text_find(at + 1, "field:"))
		if (names(at, name))
			return number_after(at, "offset:", &ret->offset) &&
			       number_after(at, "size:", &ret->size);
	return false;
}

bool ring_format(const char *text, struct ring_format *ret)
{
	struct ring_field kind;

	return number_after(text, "ID: ", &ret->id) && ret->id <= 0xffff &&
	       find_field(text, "common_type", &kind) && kind.offset == 0 &&
	       kind.size == 2 && find_field(text, "dev", &ret->dev) &&
	       ret->dev.size == 4 && find_field(text, "sector", &ret->sector) &&
	       ret->sector.size == 8 &&
	       find_field(text, "nr_sector", &ret->count) &&
	       ret->count.size == 4 && find_field(text, "rwbs", &ret->rwbs) &&
	       ret->rwbs.size >= 2 && ret->rwbs.size <= 256;
}

static bool is_at(const char *text, const char *name, uint32_t offset,
		  uint32_t size)
{
	struct ring_field field;

	return find_field(text, name, &field) && field.offset == offset &&
	       (!size || field.size == size);
}

bool ring_is_known(const char *page, const char *event)
{
	return is_at(page, "timestamp", 0, 8) && is_at(page, "commit", 8, 8) &&
	       is_at(page, "data", PAGE_HEAD, 0) &&
	       text_find(event, "type_len    :    5 bits") &&
	       text_find(event, "time_delta  :   27 bits") &&
	       text_find(event, "padding     : type == 29") &&
	       text_find(event, "time_extend : type == 30") &&
	       text_find(event, "data max type_len  == 28");
}

/* --- pages ------------------------------------------------------------- */

static bool is_inside(const struct ring_field *field, size_t length)
{
	return field->offset <= length && field->size <= length - field->offset;
}

/* After a flush's F comes what is done: R reads, nothing else does. */
static bool is_clean(const char *rwbs)
{
	return rwbs[rwbs[0] == 'F'] == 'R';
}

static enum ring_result take_data(struct ring_reader *reader,
				  const uint8_t *data, size_t length)
{
	const struct ring_format *format = reader->format;
	struct ring_event event = {0};
	size_t words;
	uint32_t id;

	if (length < 4)
		return RING_STRANGE;
	id = wire_get32(data) & 0xffff;
	while (format < reader->format + reader->formats && format->id != id)
		format++;
	if (format == reader->format + reader->formats ||
	    !is_inside(&format->dev, length) ||
	    !is_inside(&format->sector, length) ||
	    !is_inside(&format->count, length) ||
	    !is_inside(&format->rwbs, length))
		return RING_STRANGE;
	event.format = format;
	event.dev = wire_get32(data + format->dev.offset);
	event.sector = wire_get64(data + format->sector.offset);
	event.count = wire_get32(data + format->count.offset);
	words = format->rwbs.size;
	if (words > sizeof(event.rwbs) - 1)
		words = sizeof(event.rwbs) - 1;
	memcpy(event.rwbs, data + format->rwbs.offset, words);
	event.clean = is_clean(event.rwbs);
	reader->events++;
	reader->each(reader->owner, &event);
	return RING_GOOD;
}

/* One event; *at is moved behind it. */
static enum ring_result take_event(struct ring_reader *reader,
				   const uint8_t *page, size_t *at, size_t end)
{
	uint32_t head = wire_get32(page + *at);
	uint32_t kind = head & 31;
	size_t left = end - *at - 4;
	size_t length = 4;

	*at += 4;
	if (kind == KIND_PADDING && !(head >> 5)) {
		*at = end;
		return RING_GOOD;
	}
	if (kind != KIND_EXTEND && kind != KIND_STAMP)
		length = 4 * (size_t)kind;
	if (kind == KIND_LONG || kind == KIND_PADDING)
		length = left < 4 ? left + 1 : wire_get32(page + *at);
	if (length > left || (kind == KIND_LONG && length < 4))
		return RING_STRANGE;
	page += *at;
	*at += (length + 3) / 4 * 4;
	if (kind == KIND_LONG)
		return take_data(reader, page + 4, length - 4);
	return kind <= KIND_LAST ? take_data(reader, page, length) : RING_GOOD;
}

enum ring_result ring_page(struct ring_reader *reader, const uint8_t *page,
			   size_t length)
{
	enum ring_result result = RING_GOOD;
	uint32_t committed;
	size_t at = PAGE_HEAD;
	size_t end;

	if (length < PAGE_HEAD)
		return RING_STRANGE;
	committed = wire_get32(page + 8);
	end = PAGE_HEAD + (committed & LENGTH_MASK);
	if (end > length || end % 4)
		return RING_STRANGE;
	if (committed & LOST_EVENTS)
		result = RING_LOST;
	while (at < end) {
		enum ring_result one = take_event(reader, page, &at, end);

		if (one != RING_GOOD)
			return one;
	}
	return result;
}
