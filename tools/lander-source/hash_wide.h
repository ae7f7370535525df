/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_HASH_WIDE_H
#define LANDER_SOURCE_HASH_WIDE_H

#include <stdbool.h>
#include <stdint.h>

/** hash_wide_works(): this processor, its kernel and who virtualizes it have
 *  AVX2.  Only then may the others be called; they are hash_chunk() and
 *  hash_block(). */
bool hash_wide_works(void);
void hash_wide_chunk(const uint8_t *at, uint32_t length, uint64_t seed,
		     uint8_t ret[16]);
uint64_t hash_wide_block(const uint8_t *at, uint32_t length, uint64_t seed);

#endif
