/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of chunk hashes.  Two bits of state a chunk, and pages of hashes
 * that exist only where there is data.  Threads may work on different chunks:
 * the state words they share are changed atomically.  It knows nothing of
 * sources and targets.
 * Source: the XXH3 specification (xxhash, doc/xxhash_spec.md).
 */
#include "copy/chunkmap.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#if defined(__x86_64__)
/* libxxhash then takes AVX2 or AVX-512 when the machine has it. */
#include <xxh_x86dispatch.h>
#endif

#include "base/error.h"
#include "base/io.h"

#define PAGE_CHUNKS 256U /* hashes a page: 4 KiB of them, 16 MiB of disk */
#define WORD_CHUNKS 16U	 /* states a 32-bit word */

struct page {
	XXH128_hash_t hash[PAGE_CHUNKS];
};

struct chunkmap {
	uint64_t size;
	uint64_t seed;
	uint64_t count;
	XXH128_hash_t zero;	 /* of a full chunk of zeroes */
	XXH128_hash_t zero_last; /* of the last chunk's length */
	_Atomic uint32_t *state;
	_Atomic(struct page *) *page;
};

struct chunkmap_digest {
	XXH3_state_t *xxh;
	uint64_t taken; /* chunks */
};

static uint64_t pages(uint64_t count)
{
	return (count + PAGE_CHUNKS - 1) / PAGE_CHUNKS;
}

static uint64_t words(uint64_t count)
{
	return (count + WORD_CHUNKS - 1) / WORD_CHUNKS;
}

static uint64_t chunks(uint64_t size)
{
	return size / CHUNKMAP_CHUNK + (size % CHUNKMAP_CHUNK != 0);
}

uint64_t chunkmap_need(uint64_t size)
{
	uint64_t count = chunks(size);

	return sizeof(struct chunkmap) + words(count) * sizeof(uint32_t) +
	       pages(count) * (sizeof(struct page) + sizeof(struct page *));
}

int chunkmap_new(uint64_t size, uint64_t seed, struct chunkmap **ret_map,
		 struct error **err)
{
	struct chunkmap *map = calloc(1, sizeof(*map));
	char *zeroes = calloc(1, CHUNKMAP_CHUNK);

	if (!map || !zeroes)
		goto fail;
	map->size = size;
	map->seed = seed;
	map->count = chunks(size);
	map->state = calloc(words(map->count) + 1, sizeof(*map->state));
	map->page = calloc(pages(map->count) + 1, sizeof(*map->page));
	if (!map->state || !map->page)
		goto fail;
	map->zero = XXH3_128bits_withSeed(zeroes, CHUNKMAP_CHUNK, seed);
	map->zero_last = map->zero;
	if (map->count)
		map->zero_last = XXH3_128bits_withSeed(
			zeroes, chunkmap_length(map, map->count - 1), seed);
	free(zeroes);
	*ret_map = map;
	return 0;
fail:
	free(zeroes);
	chunkmap_free(map);
	return error_memory(err);
}

void chunkmap_free(struct chunkmap *map)
{
	if (!map)
		return;
	for (uint64_t i = 0; map->page && i < pages(map->count); i++)
		free(map->page[i]);
	free(map->page);
	free(map->state);
	free(map);
}

uint64_t chunkmap_count(const struct chunkmap *map)
{
	return map->count;
}

uint64_t chunkmap_seed(const struct chunkmap *map)
{
	return map->seed;
}

uint32_t chunkmap_length(const struct chunkmap *map, uint64_t index)
{
	uint64_t left = map->size - index * CHUNKMAP_CHUNK;

	return left < CHUNKMAP_CHUNK ? (uint32_t)left : CHUNKMAP_CHUNK;
}

enum chunkmap_state chunkmap_state(const struct chunkmap *map, uint64_t index)
{
	uint32_t word = atomic_load_explicit(&map->state[index / WORD_CHUNKS],
					     memory_order_acquire);

	return word >> index % WORD_CHUNKS * 2 & 3;
}

/* Two steps are enough: nobody else changes these two bits meanwhile. */
static void set_state(struct chunkmap *map, uint64_t index,
		      enum chunkmap_state state)
{
	_Atomic uint32_t *word = &map->state[index / WORD_CHUNKS];
	unsigned int shift = index % WORD_CHUNKS * 2;
	uint32_t was = atomic_load_explicit(word, memory_order_relaxed);

	if ((was >> shift & 3) == state)
		return;
	atomic_fetch_and_explicit(word, ~((uint32_t)3 << shift),
				  memory_order_relaxed);
	atomic_fetch_or_explicit(word, (uint32_t)state << shift,
				 memory_order_release);
}

/* The page of a chunk; two threads may come to a new one at once. */
static struct page *get_page(struct chunkmap *map, uint64_t index)
{
	_Atomic(struct page *) *slot = &map->page[index / PAGE_CHUNKS];
	struct page *page = atomic_load_explicit(slot, memory_order_acquire);
	struct page *made;

	if (page)
		return page;
	made = malloc(sizeof(*made));
	if (!made)
		return NULL;
	if (atomic_compare_exchange_strong(slot, &page, made))
		return made;
	free(made);
	return page;
}

int chunkmap_put(struct chunkmap *map, uint64_t index, const void *data,
		 struct error **err)
{
	uint32_t length = chunkmap_length(map, index);
	struct page *page;

	if (io_is_zero(data, length)) {
		set_state(map, index, CHUNKMAP_ZERO);
		return 1;
	}
	page = get_page(map, index);
	if (!page)
		return error_memory(err);
	page->hash[index % PAGE_CHUNKS] =
		XXH3_128bits_withSeed(data, length, map->seed);
	set_state(map, index, CHUNKMAP_DATA);
	return 0;
}

void chunkmap_put_zero(struct chunkmap *map, uint64_t first, uint64_t count)
{
	for (uint64_t i = first; i < first + count; i++)
		set_state(map, i, CHUNKMAP_ZERO);
}

void chunkmap_forget(struct chunkmap *map, uint64_t first, uint64_t count)
{
	for (uint64_t i = first; i < first + count && i < map->count; i++)
		set_state(map, i, CHUNKMAP_UNKNOWN);
}

static XXH128_hash_t get_hash(const struct chunkmap *map, uint64_t index)
{
	if (chunkmap_state(map, index) == CHUNKMAP_DATA)
		return map->page[index / PAGE_CHUNKS]
			->hash[index % PAGE_CHUNKS];
	return index == map->count - 1 ? map->zero_last : map->zero;
}

bool chunkmap_matches(const struct chunkmap *map, uint64_t index,
		      const void *data)
{
	uint32_t length = chunkmap_length(map, index);

	switch (chunkmap_state(map, index)) {
	case CHUNKMAP_ZERO:
		return io_is_zero(data, length);
	case CHUNKMAP_DATA:
		return XXH128_isEqual(
			get_hash(map, index),
			XXH3_128bits_withSeed(data, length, map->seed));
	case CHUNKMAP_UNKNOWN:
		break;
	}
	return false;
}

bool chunkmap_is(const struct chunkmap *map, uint64_t index,
		 const uint8_t hash[16])
{
	static const uint8_t zero[16];
	XXH128_canonical_t text;

	switch (chunkmap_state(map, index)) {
	case CHUNKMAP_ZERO:
		return !memcmp(hash, zero, sizeof(zero));
	case CHUNKMAP_DATA:
		XXH128_canonicalFromHash(&text, get_hash(map, index));
		return !memcmp(hash, text.digest, sizeof(text.digest));
	case CHUNKMAP_UNKNOWN:
		break;
	}
	return false;
}

struct chunkmap_digest *chunkmap_digest_new(const struct chunkmap *map)
{
	struct chunkmap_digest *digest = calloc(1, sizeof(*digest));

	if (!digest)
		return NULL;
	digest->xxh = XXH3_createState();
	if (!digest->xxh ||
	    XXH3_128bits_reset_withSeed(digest->xxh, map->seed) != XXH_OK) {
		chunkmap_digest_free(digest);
		return NULL;
	}
	return digest;
}

void chunkmap_digest_free(struct chunkmap_digest *digest)
{
	if (!digest)
		return;
	(void)XXH3_freeState(digest->xxh);
	free(digest);
}

bool chunkmap_digest_until(struct chunkmap_digest *digest,
			   const struct chunkmap *map, uint64_t count,
			   uint8_t ret_digest[16])
{
	XXH128_canonical_t text;

	while (digest->taken < count) {
		if (chunkmap_state(map, digest->taken) == CHUNKMAP_UNKNOWN)
			return false;
		XXH128_canonicalFromHash(&text, get_hash(map, digest->taken));
		(void)XXH3_128bits_update(digest->xxh, &text, sizeof(text));
		digest->taken++;
	}
	XXH128_canonicalFromHash(&text, XXH3_128bits_digest(digest->xxh));
	memcpy(ret_digest, text.digest, 16);
	return true;
}
