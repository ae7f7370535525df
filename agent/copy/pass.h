/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_PASS_H
#define LANDER_COPY_PASS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct chunkmap;
struct error;
struct extents;
struct source;
struct target;
struct throttle;

/** Counters that another thread reads while a pass runs, in bytes. */
struct pass_progress {
	_Atomic uint64_t total;	    /* to be looked at in this pass */
	_Atomic uint64_t done;	    /* finished: written, zeroed, verified */
	_Atomic uint64_t moved;	    /* brought over, zeroes and all */
	_Atomic uint64_t data;	    /* … without zeroes that are only named */
	_Atomic uint64_t received;  /* what came for that, packed or not */
	_Atomic uint64_t written;   /* data bytes written to the target */
	_Atomic uint64_t zeroed;    /* bytes made or left zero */
	_Atomic uint64_t resent;    /* received again after a lost connection */
	_Atomic uint64_t compared;  /* whose hashes were compared */
	_Atomic uint64_t differing; /* in chunks that were not as believed */
	/* In chunks that changed between their hash and their bytes: none on a
	 * source that nobody writes to. */
	_Atomic uint64_t unsettled;
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
	/** pass_full: the watermark to go on from; pass_compare: from here to
	 *  end (0: the source's size), multiples of 64 KiB but at its end. */
	uint64_t start;
	uint64_t end;
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
	/** Whole chunks, not the first one, that pass_full() and pass_compare()
	 *  neither read nor compare: they become zero.  May be NULL. */
	const struct extents *skip;
	/** What is read from the source goes through it, hashes do not; NULL:
	 *  no limit and no pause. */
	struct throttle *throttle;
};

/**
 * pass_full(pass, err): bring [start, source size) over and flush.  Holes and
 * zeroes become zeroes.  After it every chunk is known in the map.
 * Errors: ERROR_SOURCE, ERROR_NETWORK (gone for longer than reconnect_s),
 * ERROR_TARGET with the offset, ERROR_ABORTED.
 */
int pass_full(struct pass *pass, struct error **err);

/**
 * pass_compare(pass, err): a hash round over [start, end) of a source that can
 * SOURCE_HASH.  Chunks whose hash is the map's are left alone; zero ones are
 * made zero; of others that the map knows only the 4096-byte blocks that differ
 * come over and are written; unknown ones come over whole.  Flushes, then
 * checkpoints end; after it every chunk in the range is known.  pass->sector0
 * holds what the map's first chunk was hashed with.  A failure leaves what was
 * on its way unknown in the map.  Errors: pass_full()'s.
 */
int pass_compare(struct pass *pass, struct error **err);

/**
 * pass_changed(pass, extents, err): bring over what extents name, widened to
 * 4096 bytes and cut at the source's end, and flush.  A chunk that was written
 * only in part is unknown in the map then.  No checkpoint.
 */
int pass_changed(struct pass *pass, const struct extents *extents,
		 struct error **err);

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
