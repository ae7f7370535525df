/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_ANSWER_TEXT_H
#define LANDER_SOURCE_ANSWER_TEXT_H

/* Texts in what a source says of itself, in JSON (RFC 8259). */

#include <jansson.h>
#include <stddef.h>

/** answer_text(json, key, ret, room): the member's text, printable, as far as
 *  there is room (bytes, 1 at least); empty when it is none. */
void answer_text(const json_t *json, const char *key, char *ret, size_t room);

#define ANSWER_TEXT(json, key, to) answer_text(json, key, to, sizeof(to))

#endif
