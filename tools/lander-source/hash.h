/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_HASH_H
#define LANDER_SOURCE_HASH_H

#include <stdint.h>

#define HASH_BYTES 16U

/** hash_chunk(at, length, seed, ret): XXH3-128 in its canonical form. */
void hash_chunk(const uint8_t *at, uint32_t length, uint64_t seed,
		uint8_t ret[HASH_BYTES]);

/** hash_block(at, length, seed): XXH3-64. */
uint64_t hash_block(const uint8_t *at, uint32_t length, uint64_t seed);

/** The same with what every processor has. */
void hash_narrow_chunk(const uint8_t *at, uint32_t length, uint64_t seed,
		       uint8_t ret[HASH_BYTES]);
uint64_t hash_narrow_block(const uint8_t *at, uint32_t length, uint64_t seed);

#endif
