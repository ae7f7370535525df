/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_BASE64_H
#define LANDER_DISK_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Characters that length bytes become, the final zero byte included. */
#define BASE64_ROOM(length) (((length) * 4 + 2) / 3 + 1)

/** base64_encode(bytes, length, text): RFC 4648 §4 without padding, into a
 *  buffer of BASE64_ROOM(length). */
void base64_encode(const uint8_t *bytes, size_t length, char *text);

/** base64_decode(text, bytes, room, ret_length): false when the text is not
 *  what base64_encode() makes, or longer than room bytes. */
bool base64_decode(const char *text, uint8_t *bytes, size_t room,
		   size_t *ret_length);

#endif
