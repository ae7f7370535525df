/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_PASS_H
#define LANDER_COPY_PASS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct chunkmap;
struct error;
struct source;
struct target;

/** Counters that another thread reads while a pass runs, in bytes. */
struct pass_progress {
	_Atomic uint64_t total;	   /* to be looked at in this pass */
	_Atomic uint64_t done;	   /* finished: written, zeroed, verified */
	_Atomic uint64_t received; /* data bytes that came from the source */
	_Atomic uint64_t written;  /* data bytes written to the target */
	_Atomic uint64_t zeroed;   /* bytes made or left zero */
	_Atomic uint64_t resent;   /* received again after a lost connection */
	_Atomic uint32_t reconnects;
	_Atomic bool waiting; /* the source is away, reconnecting */
};

/** One disk's copy.  The caller owns everything. */
struct pass {
	struct source *source;
	struct target *target;
	struct chunkmap *map;
	struct pass_progress *progress;
	/**
	 * The source's sector 0, target->logical_block bytes, filled by
	 * pass_full(); the copy never writes sector 0 of the target.
	 */
	void *sector0;
	uint64_t start; /* pass_full: the watermark to go on from, bytes */
	/** Called about every 5 s and at the end (watermark = size), each
	 *  time after a flush: [0, watermark) is durable, digest is XXH3-128
	 *  over the chunk hashes below it.  May be NULL. */
	int (*checkpoint)(void *owner, uint64_t watermark,
			  const uint8_t digest[16], struct error **err);
	void *owner;
	const _Atomic bool *stop; /* set by another thread: end with
				   * ERROR_ABORTED; may be NULL */
	unsigned int reconnect_s; /* how long an absent source is waited for */
	unsigned int threads;	  /* 0 = choose */
};

/**
 * pass_full(pass, err): bring [start, source size) over and flush.  Holes and
 * zeroes become zeroes.  After it every chunk is known in the map.
 * Errors: ERROR_SOURCE, ERROR_NETWORK (gone for longer than reconnect_s),
 * ERROR_TARGET with the offset, ERROR_ABORTED.
 */
int pass_full(struct pass *pass, struct error **err);

/**
 * pass_reread(pass, watermark, ret_digest, err): fill the map for
 * [0, watermark) from what the target holds (sector 0 from pass->sector0),
 * for a resume: the caller compares the digest with the record's.
 */
int pass_reread(struct pass *pass, uint64_t watermark, uint8_t ret_digest[16],
		struct error **err);

/** pass_verify(pass, ret_digest, err): read the whole target back past the
 *  page cache and compare with the map; the first wrong offset is named.
 *  ret_digest: XXH3-128 over all chunk hashes, for the receipt.
 *  Errors: ERROR_VERIFY. */
int pass_verify(struct pass *pass, uint8_t ret_digest[16], struct error **err);

/** pass_memory(size, threads): bytes of memory that a pass needs at most. */
uint64_t pass_memory(uint64_t size, unsigned int threads);

#endif
