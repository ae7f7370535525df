/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_CHUNKMAP_H
#define LANDER_COPY_CHUNKMAP_H

#include <stdbool.h>
#include <stdint.h>

struct error;

#define CHUNKMAP_CHUNK ((uint32_t)65536) /* bytes of disk a hash covers */

/** One keyed XXH3-128 a chunk, what lander believes the target to hold.
 *  Zero and never-written chunks cost no memory beyond a page table. */
struct chunkmap;

enum chunkmap_state { CHUNKMAP_UNKNOWN, CHUNKMAP_ZERO, CHUNKMAP_DATA };

/** chunkmap_new(size, seed, ret, err): for a disk of size bytes (the last
 *  chunk may be short); every chunk unknown. */
int chunkmap_new(uint64_t size, uint64_t seed, struct chunkmap **ret_map,
		 struct error **err);
void chunkmap_free(struct chunkmap *map);

/** chunkmap_need(size): bytes of memory that a full map of this size takes. */
uint64_t chunkmap_need(uint64_t size);

/** chunkmap_count(map): how many chunks; chunkmap_length(map, index): bytes of
 *  one (only the last may be short). */
uint64_t chunkmap_count(const struct chunkmap *map);
uint64_t chunkmap_seed(const struct chunkmap *map);
uint32_t chunkmap_length(const struct chunkmap *map, uint64_t index);

/**
 * chunkmap_put(map, index, data, err): zero test and hash of one chunk's
 * chunkmap_length() bytes.  Returns 1 when it is all zero, else 0.  Any
 * threads at a time on different chunks.  Errors: ENOMEM.
 */
int chunkmap_put(struct chunkmap *map, uint64_t index, const void *data,
		 struct error **err);

/** chunkmap_put_zero(map, first, count): known to be zero, without looking. */
void chunkmap_put_zero(struct chunkmap *map, uint64_t first, uint64_t count);

enum chunkmap_state chunkmap_state(const struct chunkmap *map, uint64_t index);

/** chunkmap_forget(map, first, count): unknown from now on. */
void chunkmap_forget(struct chunkmap *map, uint64_t first, uint64_t count);

/** chunkmap_is(map, index, hash): what was put has this canonical hash, or is
 *  all zero when it is 16 zero bytes.  An unknown chunk is nothing. */
bool chunkmap_is(const struct chunkmap *map, uint64_t index,
		 const uint8_t hash[16]);

/** chunkmap_matches(map, index, data): the chunk's bytes are those that were
 *  put.  An unknown chunk matches nothing. */
bool chunkmap_matches(const struct chunkmap *map, uint64_t index,
		      const void *data);

/**
 * The digest of a prefix: XXH3-128 (seed of the map) over the hashes of chunks
 * 0, 1, 2 …, 16 canonical (big-endian) bytes each; a zero chunk's hash is that
 * of its zero bytes.  Kept going, because a disk has millions of chunks.
 */
struct chunkmap_digest;

struct chunkmap_digest *chunkmap_digest_new(const struct chunkmap *map);
void chunkmap_digest_free(struct chunkmap_digest *digest);

/** chunkmap_digest_until(digest, map, count, ret): take in the chunks up to
 *  count (not below what was taken in) and give the digest of [0, count).
 *  Returns false when one of them is unknown. */
bool chunkmap_digest_until(struct chunkmap_digest *digest,
			   const struct chunkmap *map, uint64_t count,
			   uint8_t ret_digest[16]);

#endif
