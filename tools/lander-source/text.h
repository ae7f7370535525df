/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TEXT_H
#define LANDER_SOURCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A text that grows in a buffer of somebody else's; what does not fit is
 *  dropped, and full says so.  Always ends with a zero byte. */
struct text {
	char *at;
	size_t room; /* with the zero byte, at least 1 */
	size_t length;
	bool full;
};

/** text_begin(text, buf, room): an empty one in buf, of room bytes; text_add()
 *  and the like put more behind it. */
void text_begin(struct text *text, char *buf, size_t room);
void text_add(struct text *text, const char *words);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_number(struct text *text, uint64_t value);

/** text_field(text, name, bytes): `"name":"bytes",` of a JSON object; nothing
 *  when bytes is empty. */
void text_field(struct text *text, const char *name, const char *bytes);
void text_field_number(struct text *text, const char *name, uint64_t value);
void text_field_truth(struct text *text, const char *name, bool value);

/** text_field_hex(text, name, bytes, length): `"name":"0af3",`, whatever the
 *  bytes are. */
void text_field_hex(struct text *text, const char *name, const void *bytes,
		    size_t length);

/** text_open(text, bracket) and text_close(text, bracket): an object or list
 *  and its end; text_close takes the comma before it back. */
void text_open(struct text *text, const char *bracket);
void text_close(struct text *text, const char *bracket);

/** text_equal(a, b): the same, byte by byte; text_begins(text, start): text is
 *  start, or start and more. */
bool text_equal(const char *a, const char *b);
bool text_begins(const char *text, const char *start);

/** text_find(text, part): where it is, or NULL. */
const char *text_find(const char *text, const char *part);

/** text_number(at, ret): a decimal number at the start; what follows it, NULL
 *  when there is none or it does not fit. */
const char *text_number(const char *at, uint64_t *ret);

#endif
