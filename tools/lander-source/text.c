/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text in buffers of a fixed size.  It never writes past one and never fails:
 * what did not fit is known by text->full.
 */
#include "lander-source/text.h"

void text_begin(struct text *text, char *buf, size_t room)
{
	*text = (struct text){.at = buf, .room = room};
	buf[0] = '\0';
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text->length + 1 >= text->room) {
			text->full = true;
			break;
		}
		text->at[text->length++] = bytes[i];
	}
	text->at[text->length] = '\0';
}

void text_add(struct text *text, const char *words)
{
	size_t length = 0;

	while (words[length])
		length++;
	text_add_bytes(text, words, length);
}

void text_add_number(struct text *text, uint64_t value)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	text_add_bytes(text, digits + n, sizeof(digits) - n);
}

/* As a JSON string with its quotes.  Anything that is not printable ASCII
 * becomes
 * "?", and NULL becomes "". */
static void add_json(struct text *text, const char *bytes)
{
	text_add(text, "\"");
	for (; bytes && *bytes; bytes++) {
		char c = *bytes;

		if (c < ' ' || c > '~')
			c = '?';
		if (c == '"' || c == '\\')
			text_add(text, "\\");
		text_add_bytes(text, &c, 1);
	}
	text_add(text, "\"");
}

static void name_field(struct text *text, const char *name)
{
	add_json(text, name);
	text_add(text, ":");
}

void text_field(struct text *text, const char *name, const char *bytes)
{
	if (!bytes || !*bytes)
		return;
	name_field(text, name);
	add_json(text, bytes);
	text_add(text, ",");
}

void text_field_number(struct text *text, const char *name, uint64_t value)
{
	name_field(text, name);
	text_add_number(text, value);
	text_add(text, ",");
}

void text_field_truth(struct text *text, const char *name, bool value)
{
	name_field(text, name);
	text_add(text, value ? "true," : "false,");
}

void text_field_hex(struct text *text, const char *name, const void *bytes,
		    size_t length)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *at = bytes;

	name_field(text, name);
	text_add(text, "\"");
	for (size_t i = 0; i < length; i++) {
		text_add_bytes(text, &digit[at[i] >> 4], 1);
		text_add_bytes(text, &digit[at[i] & 15], 1);
	}
	text_add(text, "\",");
}

void text_open(struct text *text, const char *bracket)
{
	text_add(text, bracket);
}

void text_close(struct text *text, const char *bracket)
{
	if (text->length && !text->full && text->at[text->length - 1] == ',')
		text->at[--text->length] = '\0';
	text_add(text, bracket);
}

bool text_equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

bool text_begins(const char *text, const char *start)
{
	while (*start)
		if (*text++ != *start++)
			return false;
	return true;
}

const char *text_find(const char *text, const char *part)
{
	for (; *text; text++)
		if (text_begins(text, part))
			return text;
	return NULL;
}

const char *text_number(const char *at, uint64_t *ret)
{
	const char *digit = at;
	uint64_t value = 0;

	for (; *digit >= '0' && *digit <= '9'; digit++)
		if (__builtin_mul_overflow(value, 10U, &value) ||
		    __builtin_add_overflow(value, (unsigned int)(*digit - '0'),
					   &value))
			return NULL;
	if (digit == at)
		return NULL;
	*ret = value;
	return digit;
}
