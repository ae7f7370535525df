/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a target back, past the page cache, and learns its hashes or compares
 * them.  Holes of a target file are taken for the zeroes they are; a device is
 * read.  It writes nothing and needs no source.
 * Source: lseek(2) SEEK_DATA, open(2) O_DIRECT.
 */
#include "copy/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "copy/chunkmap.h"
#include "copy/crew.h"
#include "copy/pass.h"
#include "copy/ring.h"
#include "disk/target.h"
#include "source/source.h"

#define THREADS	  2U
#define PIECE	  524288U
#define SLOTS	  8U
#define ALIGNMENT 4096

struct scan {
	struct crew crew; /* first: a member leads back to the scan */
	enum scan_kind kind;
	pthread_mutex_t lock; /* guards the rest */
	uint64_t next;
	uint64_t end;
	uint64_t data_at; /* no data in the target file from next to here */
	uint64_t wrong;	  /* lowest wrong byte or chunk; UINT64_MAX: none */
};

struct scan_slot {
	struct scan *scan;
	struct ring_op op;
	bool busy;
	struct error **error; /* the thread's */
};

/* A piece of a target file that is a hole, and should be. */
static bool is_known_hole(struct scan *scan, uint64_t offset, uint64_t length)
{
	const struct pass *pass = scan->crew.pass;

	if (pass->target->is_block)
		return false;
	if (offset >= scan->data_at) {
		off_t data = lseek(pass->target->fd, (off_t)offset, SEEK_DATA);

		if (data >= 0)
			scan->data_at = (uint64_t)data;
		else
			scan->data_at = errno == ENXIO ? UINT64_MAX : 0;
	}
	if (offset + length > scan->data_at)
		return false;
	for (uint64_t at = offset; at < offset + length; at += CHUNKMAP_CHUNK)
		if (chunkmap_state(pass->map, at / CHUNKMAP_CHUNK) !=
		    CHUNKMAP_ZERO)
			return false;
	return true;
}

/* The next piece that has to be read. */
static bool take(struct scan *scan, struct ring_op *op)
{
	struct pass *pass = scan->crew.pass;
	bool found = false;

	pthread_mutex_lock(&scan->lock);
	while (!found && scan->next < scan->end) {
		uint64_t left = scan->end - scan->next;

		op->offset = scan->next;
		op->length = left < PIECE ? (uint32_t)left : PIECE;
		scan->next += op->length;
		found = scan->kind == SCAN_LEARN || op->offset == 0 ||
			!is_known_hole(scan, op->offset, op->length);
		if (!found)
			atomic_fetch_add(&pass->progress->done, op->length);
	}
	pthread_mutex_unlock(&scan->lock);
	return found;
}

/* Where exactly, as far as it can be told: a zero chunk has a first byte that
 * is none, a hash only says which chunk. */
static void note_wrong(struct scan *scan, uint64_t index, const char *data)
{
	struct pass *pass = scan->crew.pass;
	uint64_t place = index * CHUNKMAP_CHUNK;

	if (chunkmap_state(pass->map, index) == CHUNKMAP_ZERO)
		while (!*data) {
			data++;
			place++;
		}
	pthread_mutex_lock(&scan->lock);
	if (place < scan->wrong)
		scan->wrong = place;
	/* Nothing behind it matters any more. */
	if (place < scan->end)
		scan->end = place;
	pthread_mutex_unlock(&scan->lock);
}

static void got(struct ring_op *op)
{
	struct scan_slot *slot = op->owner;
	struct scan *scan = slot->scan;
	struct pass *pass = scan->crew.pass;
	char *data = op->buf;

	slot->busy = false;
	if (op->result < 0) {
		if (!*slot->error)
			(void)error_set(slot->error, ERROR_TARGET, -op->result,
					"read %u bytes of '%s' at %llu",
					op->length, pass->target->path,
					(unsigned long long)op->offset);
		return;
	}
	if (op->offset == 0)
		memcpy(data, pass->sector0, pass->target->logical_block);
	for (uint32_t at = 0; at < op->length; at += CHUNKMAP_CHUNK) {
		uint64_t index = (op->offset + at) / CHUNKMAP_CHUNK;

		if (scan->kind == SCAN_COMPARE) {
			if (!chunkmap_matches(pass->map, index, data + at))
				note_wrong(scan, index, data + at);
		} else if (!*slot->error) {
			(void)chunkmap_put(pass->map, index, data + at,
					   slot->error);
		}
	}
	atomic_fetch_add(&pass->progress->done, op->length);
}

/* The loop of one thread: keep every slot busy until nothing is left. */
static void read_all(struct scan *scan, struct scan_slot *slots,
		     struct ring *ring, struct error **err)
{
	while (!*err && !crew_stopped(&scan->crew)) {
		bool any = false;

		for (unsigned int i = 0; i < SLOTS && !*err; i++) {
			struct scan_slot *slot = &slots[i];

			if (slot->busy || !take(scan, &slot->op))
				continue;
			slot->busy = true;
			any = true;
			ring_start(ring, &slot->op);
		}
		if (!any && !ring_in_flight(ring))
			return;
		if (!*err)
			(void)ring_reap(ring, true, err);
	}
}

static void *scan_main(void *argument)
{
	struct crew_member *member = argument;
	struct scan *scan = (struct scan *)member->crew;
	char *pool = aligned_alloc(ALIGNMENT, (size_t)SLOTS * PIECE);
	struct scan_slot slots[SLOTS] = {0};
	struct ring *ring = NULL;
	struct error *why = NULL;

	if (!pool)
		(void)error_memory(&why);
	else
		(void)ring_new(scan->crew.pass->target, SLOTS, pool,
			       (size_t)SLOTS * PIECE, &ring, &why);
	for (unsigned int i = 0; !why && i < SLOTS; i++) {
		slots[i].scan = scan;
		slots[i].error = &why;
		slots[i].op.buf = pool + (size_t)i * PIECE;
		slots[i].op.done = got;
		slots[i].op.owner = &slots[i];
	}
	if (!why)
		read_all(scan, slots, ring, &why);
	ring_free(ring);
	if (why)
		crew_fail(&scan->crew, why);
	free(pool);
	free(member);
	return NULL;
}

static int judge(const struct scan *scan, uint64_t end, uint8_t ret_digest[16],
		 struct error **err)
{
	const struct pass *pass = scan->crew.pass;
	uint64_t count = end / CHUNKMAP_CHUNK + (end % CHUNKMAP_CHUNK != 0);
	struct chunkmap_digest *digest;
	bool known;

	if (scan->wrong != UINT64_MAX)
		return error_set(
			err, ERROR_VERIFY, 0,
			"'%s' is not what was written at %llu (in "
			"the %u bytes from %llu)",
			pass->target->path, (unsigned long long)scan->wrong,
			CHUNKMAP_CHUNK,
			(unsigned long long)(scan->wrong / CHUNKMAP_CHUNK *
					     CHUNKMAP_CHUNK));
	digest = chunkmap_digest_new(pass->map);
	if (!digest)
		return error_memory(err);
	known = chunkmap_digest_until(digest, pass->map, count, ret_digest);
	chunkmap_digest_free(digest);
	if (!known)
		return error_set(err, ERROR_INTERNAL, 0,
				 "an unknown chunk on '%s'",
				 pass->target->path);
	return 0;
}

int scan_run(struct pass *pass, enum scan_kind kind, uint64_t end,
	     uint8_t ret_digest[16], struct error **err)
{
	struct scan scan = {
		.kind = kind,
		.end = end,
		.wrong = UINT64_MAX,
	};
	struct error *why = NULL;
	int r;

	if (end > pass->target->size || end % pass->target->logical_block)
		return error_set(err, ERROR_TARGET, EINVAL,
				 "read '%s' up to %llu", pass->target->path,
				 (unsigned long long)end);
	atomic_store(&pass->progress->total, end);
	crew_init(&scan.crew, pass);
	(void)pthread_mutex_init(&scan.lock, NULL);
	if (crew_start(&scan.crew, scan_main,
		       pass->threads ? pass->threads : THREADS, &why) < 0)
		crew_fail(&scan.crew, why);
	r = crew_finish(&scan.crew, err);
	(void)pthread_mutex_destroy(&scan.lock);
	return r < 0 ? r : judge(&scan, end, ret_digest, err);
}
