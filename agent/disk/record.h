/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_RECORD_H
#define LANDER_DISK_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** Bytes of sector 0 that the text may fill; 440..511 stay zero, because
 *  firmware looks for 0xEE and 55AA there. */
#define RECORD_ROOM 440

enum record_state { RECORD_COPY, RECORD_VERIFY, RECORD_STAGE, RECORD_COMMIT };

/** The job record: what sector 0 of a target holds while a job is under way.
 *  agent/DESIGN.md, D1. */
struct record {
	char job[37];	    /* uuid, lower case */
	uint64_t source_id; /* names the source disk within the job */
	/* What the source disk was when the copy began, where it can tell that
	 * it was written to since; 0: it can not. */
	uint64_t source_state;
	enum record_state state;
	bool files;	    /* a copy of files into a new layout */
	bool boot;	    /* this disk's sector 0 is committed last */
	uint32_t epoch;	    /* 0; 1 when the conversion has begun */
	uint64_t watermark; /* bytes [0, watermark) are on the disk */
	/* XXH3-128 over the chunk hashes below it; files: over the kind of
	 * layout that is on the disk */
	uint8_t digest[16];
	uint64_t seed;	     /* seed of the chunk hashes */
	uint64_t sequence;   /* grows with every write */
	uint64_t park;	     /* RECORD_COMMIT: byte offset, 0 = inline */
	uint8_t sector0[16]; /* RECORD_COMMIT: XXH3-128 of the real one */
	/* RECORD_COMMIT: deflated sector 0; files: that of the layout, always,
	 * as soon as it is made */
	uint8_t inline_s0[192];
	size_t inline_length; /* bytes used of inline_s0, 0 = parked */
};

/** What sector 0 holds, three states and never a bool. */
enum record_found { RECORD_NONE, RECORD_VALID, RECORD_DAMAGED };

/** record_format(record, block, err): the text into 512 bytes, zero-filled.
 *  Errors: ENOSPC when it does not fit (ERROR_INTERNAL). */
int record_format(const struct record *record, uint8_t block[512],
		  struct error **err);

/** record_parse(block, ret): RECORD_NONE when it is no record at all,
 *  RECORD_DAMAGED when it is one whose crc or fields are wrong. */
enum record_found record_parse(const uint8_t block[512],
			       struct record *ret_record);

/** record_state_name(state): "copy", "verify", "stage", "commit". */
const char *record_state_name(enum record_state state);

/** record_version(block): the version a record of any lander says it has
 *  (this one writes 1); 0 when it is no record or says nothing. */
unsigned int record_version(const uint8_t block[512]);

#endif
