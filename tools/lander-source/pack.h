/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_PACK_H
#define LANDER_SOURCE_PACK_H

#include <stddef.h>
#include <stdint.h>

/** pack_bytes(data, length, to, room): one zstd frame of at most room bytes in
 *  to; its length, or 0 when it would not be smaller.
 *  Source: RFC 8878; zstd.h on static contexts. */
size_t pack_bytes(const void *data, size_t length, void *to, size_t room);

#endif
