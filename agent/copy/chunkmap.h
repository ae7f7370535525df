/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_CHUNKMAP_H
#define LANDER_COPY_CHUNKMAP_H

#include <stdint.h>

struct error;

#define CHUNKMAP_CHUNK ((uint32_t)65536) /* bytes of disk a hash covers */

/** One keyed XXH3-128 a chunk, what lander believes the target to hold.
 *  Zero and never-written chunks cost no memory beyond a page table. */
struct chunkmap;

/** chunkmap_new(size, seed, ret, err): for a disk of size bytes (the last
 *  chunk may be short); every chunk unknown. */
int chunkmap_new(uint64_t size, uint64_t seed, struct chunkmap **ret_map,
		 struct error **err);
void chunkmap_free(struct chunkmap *map);

/** chunkmap_need(size): bytes of memory that a full map of this size takes. */
uint64_t chunkmap_need(uint64_t size);

#endif
