/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes as text inside the job record.  It refuses every spelling but the one
 * it writes itself: no padding, no blanks, no loose bits at the end.
 */
#include "disk/base64.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const uint8_t *bytes, size_t length, char *text)
{
	uint32_t bits = 0;
	unsigned int held = 0;

	for (size_t i = 0; i < length; i++) {
		bits = bits << 8 | bytes[i];
		held += 8;
		while (held >= 6) {
			held -= 6;
			*text++ = letters[bits >> held & 63];
		}
	}
	if (held)
		*text++ = letters[bits << (6 - held) & 63];
	*text = '\0';
}

bool base64_decode(const char *text, uint8_t *bytes, size_t room,
		   size_t *ret_length)
{
	uint32_t bits = 0;
	unsigned int held = 0;
	size_t used = 0;

	for (; *text; text++) {
		const char *letter = strchr(letters, *text);

		if (!letter)
			return false;
		bits = bits << 6 | (uint32_t)(letter - letters);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		if (used == room)
			return false;
		bytes[used++] = (uint8_t)(bits >> held);
		bits &= (1U << held) - 1;
	}
	/* A lone letter, or bits that no byte claims. */
	if (held == 6 || bits)
		return false;
	*ret_length = used;
	return true;
}
