/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commit: one sector write turns a heap of copied bytes into a bootable
 * disk.  Before it the record says where the real sector 0 waits; after it
 * nothing is left to do but to wipe that place.  Every step is flushed before
 * the next one begins, and none needs the source.  It refuses to write a
 * sector 0 whose digest is not the recorded one.
 */
#include "disk/commit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zlib.h>

#include "base/error.h"
#include "base/log.h"
#include "disk/park.h"
#include "disk/record.h"
#include "disk/target.h"

static void digest(const void *sector, size_t length, uint8_t ret[16])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits(sector, length));
	memcpy(ret, &canonical, sizeof(canonical));
}

/* Raw deflate of the whole sector; false when it is longer than room. */
static bool deflate_sector(const void *sector, size_t length, uint8_t *into,
			   size_t room, size_t *ret_used)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)sector,
		      .avail_in = (uInt)length,
		      .next_out = into,
		      .avail_out = (uInt)room};
	bool fits;

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS,
			 MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	fits = deflate(&z, Z_FINISH) == Z_STREAM_END;
	*ret_used = room - z.avail_out;
	(void)deflateEnd(&z);
	return fits;
}

/* The inverse; exactly length bytes must come out. */
static bool inflate_sector(const struct record *record, void *sector,
			   size_t length)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)record->inline_s0,
		      .avail_in = (uInt)record->inline_length,
		      .next_out = sector,
		      .avail_out = (uInt)length};
	bool good;

	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return false;
	good = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_out == 0 &&
	       z.avail_in == 0;
	(void)inflateEnd(&z);
	return good;
}

/* Sector 0 into the record, when the record then still fits its room. */
static bool fits_inline(struct record *record, const void *sector0,
			size_t length)
{
	uint8_t block[512];

	return deflate_sector(sector0, length, record->inline_s0,
			      sizeof(record->inline_s0),
			      &record->inline_length) &&
	       record_format(record, block, NULL) == 0;
}

/* Write, flush, and believe only what can be read again. */
static int write_checked(struct target *target, const void *sector,
			 uint64_t offset, struct error **err)
{
	size_t length = target->logical_block;
	void *again = malloc(length);
	int r;

	if (!again)
		return error_memory(err);
	r = target_write(target, sector, length, offset, err);
	if (r == 0)
		r = target_flush(target, err);
	if (r == 0)
		r = target_read(target, again, length, offset, err);
	if (r == 0 && memcmp(again, sector, length) != 0)
		r = error_set(err, ERROR_VERIFY, EIO,
			      "'%s' at %" PRIu64
			      " does not read back what was written",
			      target->path, offset);
	free(again);
	return r;
}

int commit_park(struct target *target, struct record *record,
		const void *sector0, struct error **err)
{
	struct record next = *record;
	int r;

	next.state = RECORD_COMMIT;
	next.park = 0;
	digest(sector0, target->logical_block, next.sector0);
	if (!fits_inline(&next, sector0, target->logical_block)) {
		memset(next.inline_s0, 0, sizeof(next.inline_s0));
		next.inline_length = 0;
		r = park_find(target, sector0, &next.park, err);
		if (r < 0)
			return r;
		r = write_checked(target, sector0, next.park, err);
		if (r < 0)
			return error_wrap(err, "park sector 0");
	}
	r = target_write_record(target, &next, err);
	if (r < 0)
		return r;
	*record = next;
	if (next.park)
		log_info("disk", "%s: sector 0 parked at %" PRIu64,
			 target->path, next.park);
	else
		log_info("disk", "%s: sector 0 kept in the record, %zu bytes",
			 target->path, next.inline_length);
	return 0;
}

int commit_keep(struct target *target, struct record *record,
		const void *sector0, struct error **err)
{
	struct record next = *record;
	int r;

	if (!fits_inline(&next, sector0, target->logical_block))
		return error_set(err, ERROR_TARGET, ENOSPC,
				 "the partition table of '%s' does not fit "
				 "into the job's record",
				 target->path);
	r = target_write_record(target, &next, err);
	if (r == 0)
		*record = next;
	return r;
}

int commit_kept(const struct record *record, void *sector, size_t length,
		struct error **err)
{
	if (record->files && record->inline_length &&
	    inflate_sector(record, sector, length))
		return 0;
	return error_set(err, ERROR_TARGET, EILSEQ,
			 "no partition table in the job's record");
}

int commit_unpark(struct target *target, struct record *record,
		  struct error **err)
{
	struct record next = *record;
	void *zero;
	int r;

	next.state = RECORD_STAGE;
	next.park = 0;
	/* What is left of a copy of files is one without a layout. */
	next.inline_length = 0;
	memset(next.inline_s0, 0, sizeof(next.inline_s0));
	memset(next.sector0, 0, sizeof(next.sector0));
	r = target_write_record(target, &next, err);
	if (r < 0)
		return r;
	if (record->park) {
		zero = calloc(1, target->logical_block);
		r = zero ? write_checked(target, zero, record->park, err)
			 : error_memory(err);
		free(zero);
	}
	*record = next;
	return r < 0 ? error_wrap(err, "wipe the parked sector 0") : 0;
}

int commit_fetch(struct target *target, const struct record *record,
		 void *sector, struct error **err)
{
	size_t length = target->logical_block;
	uint8_t found[16];
	int r;

	if (record->state != RECORD_COMMIT ||
	    !record->park == !record->inline_length)
		return error_set(err, ERROR_INTERNAL, EINVAL,
				 "commit of '%s' from a record in state %s",
				 target->path,
				 record_state_name(record->state));
	if (record->park) {
		if (record->park % length || record->park >= target->size)
			return error_set(err, ERROR_TARGET, ERANGE,
					 "park of '%s' at %" PRIu64,
					 target->path, record->park);
		r = target_read(target, sector, length, record->park, err);
		if (r < 0)
			return r;
	} else if (!inflate_sector(record, sector, length)) {
		return error_set(err, ERROR_TARGET, EILSEQ,
				 "sector 0 in the record of '%s'",
				 target->path);
	}
	digest(sector, length, found);
	if (memcmp(found, record->sector0, sizeof(found)) != 0)
		return error_set(err, ERROR_TARGET, EILSEQ,
				 "sector 0 kept on '%s' has changed",
				 target->path);
	return 0;
}

int commit_finish(struct target *target, const struct record *record,
		  struct error **err)
{
	void *sector = malloc(target->logical_block);
	int r;

	if (!sector)
		return error_memory(err);
	r = commit_fetch(target, record, sector, err);
	if (r == 0)
		r = commit_write(target, sector, err);
	if (r == 0 && record->park) {
		memset(sector, 0, target->logical_block);
		r = write_checked(target, sector, record->park, err);
		if (r < 0)
			r = error_wrap(err, "wipe the parked sector 0");
	}
	free(sector);
	return r;
}

int commit_write(struct target *target, const void *sector0, struct error **err)
{
	int r = write_checked(target, sector0, 0, err);

	return r < 0 ? error_wrap(err, "sector 0") : 0;
}
