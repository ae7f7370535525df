/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes between the agent and lander-source, for both of them; nothing of
 * any library in here, because lander-source has none.  What each frame means:
 * tools/lander-source/PROTOCOL.md.
 */
#ifndef LANDER_SOURCE_WIRE_H
#define LANDER_SOURCE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION 1U

/** What lander-source says first, before any frame: a byte that is no text, a
 *  name, and line ends that a terminal in between would change. */
#define WIRE_GREETING	    "\x89LANDER\r\n\x1a\n\0\1\0\0"
#define WIRE_GREETING_BYTES 16U

#define WIRE_HEADER_BYTES     16U
#define WIRE_PAYLOAD_MAX      (272U << 10) /* bytes behind one header */
#define WIRE_READ_MAX	      (256U << 10) /* bytes of one READ */
#define WIRE_READ_ALIGN	      512U	   /* offsets and lengths of a READ */
#define WIRE_REQUEST_MAX      4352U  /* payload of any request but DELTA */
#define WIRE_PATH_MAX	      4096U  /* bytes of a path, with no zero byte */
#define WIRE_DISKS_MAX	      64U    /* disks of one lander-source */
#define WIRE_EXTENTS_MAX      4096U  /* ranges of one answer */
#define WIRE_CHUNK	      65536U /* bytes that one hash of HASH covers */
#define WIRE_HASH_BYTES	      16U    /* of it, canonical XXH3-128 */
#define WIRE_HASH_MAX	      (4U << 20) /* bytes of disk of one HASH */
#define WIRE_BLOCK	      4096U /* bytes that one hash of DIFF covers */
#define WIRE_BLOCKS_MAX	      (WIRE_READ_MAX / WIRE_BLOCK) /* of one DIFF */
#define WIRE_CUT_MAX	      262144U /* ranges of one CUT */
#define WIRE_USED_MAX	      65536U  /* ranges of one USED */
#define WIRE_DISK_SIZE_MAX    ((uint64_t)1 << 62)
#define WIRE_UNITS_MAX	      32U    /* units of one QUIESCE */
#define WIRE_UNIT_MAX	      256U   /* bytes of a name, with its zero byte */
#define WIRE_TEXT_MAX	      16384U /* … of the text of an answer */
#define WIRE_RENEW_S	      10U  /* who does not RENEW for so long is gone */
#define WIRE_RENEW_SNAPSHOT_S 120U /* … where nothing stands still */

enum wire_type {
	WIRE_HELLO = 1,
	WIRE_FACTS = 2,
	WIRE_OPEN = 3,
	WIRE_READ = 4,
	WIRE_EXTENTS = 5,
	WIRE_SYNC = 6,
	WIRE_CHECK = 7,
	WIRE_BYE = 8,
	WIRE_HASH = 9,
	WIRE_DIFF = 10,
	WIRE_TRACK = 11,
	WIRE_CUT = 12,
	WIRE_PREPARE = 13,
	WIRE_QUIESCE = 14,
	WIRE_RENEW = 15,
	WIRE_THAW = 16,
	WIRE_FENCE = 17,
	WIRE_USED = 18,
	WIRE_PACKED = 19,   /* a READ, answered smaller where that works */
	WIRE_VIEW = 20,	    /* a disk as it was snapshotted */
	WIRE_ROOT = 21,	    /* a file system as a tree of files */
	WIRE_LIST = 22,	    /* a directory of it */
	WIRE_FETCH = 23,    /* some files of one */
	WIRE_STORAGE = 24,  /* what lies on what, and what is in it */
	WIRE_DELTA = 25,    /* a file whose older state is here */
	WIRE_ANSWER = 0x80, /* | the request's */
	WIRE_FATAL = 0xfe,  /* lander-source ends after it; no tag */
	WIRE_ERROR = 0xff,  /* ends one request */
};

#define WIRE_LAST 1U /* flag: no more answers to this request */

/* Flags of CUT's answer. */
#define WIRE_CUT_LOST 1U /* it can't be told: why, as text, and no ranges */

/* Flags of OPENED. */
#define WIRE_DISK_BLOCK	    1U /* a block device, else a file */
#define WIRE_DISK_DIRECT    2U /* read past the page cache */
#define WIRE_DISK_READ_ONLY 4U
#define WIRE_DISK_HOLES	    8U	/* EXTENTS tells its holes */
#define WIRE_DISK_WRITERS   16U /* somebody may write to it: named behind it */

/* How PREPARE and QUIESCE hold back who writes. */
enum wire_quiesce {
	WIRE_QUIESCE_AUTO,     /* freeze; what can't be frozen read-only */
	WIRE_QUIESCE_FREEZE,   /* writers wait */
	WIRE_QUIESCE_READONLY, /* writers fail */
	WIRE_QUIESCE_SNAPSHOT, /* nothing stands still: LVM's snapshots */
};

enum wire_fence { WIRE_FENCE_POWEROFF = 1, WIRE_FENCE_NIC = 2 };

#define WIRE_OPENED_BYTES 48U /* payload of OPENED and CHECKED */
#define WIRE_HELLO_BYTES  16U /* … of HELLO's answer, before its text */
#define WIRE_DIFF_BYTES	  24U /* … of DIFF, before its hashes */
#define WIRE_PACKED_BYTES 16U /* … of a packed answer, before its data */
#define WIRE_CUT_BYTES	  8U  /* … of CUT's answer, before its ranges */
#define WIRE_USED_BYTES	  8U  /* … of USED's answer, before its text */

struct wire_header {
	uint32_t length; /* bytes that follow */
	uint8_t type;
	uint8_t flags;
	uint64_t tag; /* of the request; its answers carry it, too */
};

/** What OPEN and CHECK say of a disk. */
struct wire_disk {
	uint64_t size;	   /* bytes */
	uint32_t block;	   /* logical block, bytes */
	uint32_t physical; /* bytes */
	uint32_t flags;	   /* WIRE_DISK_… */
	uint64_t stamp;	   /* changes when the disk is written to */
	uint8_t boot[16];  /* changes when the machine starts again */
};

static inline uint32_t wire_get32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static inline uint64_t wire_get64(const uint8_t *at)
{
	return wire_get32(at) | (uint64_t)wire_get32(at + 4) << 32;
}

static inline uint8_t *wire_put32(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
	return at + 4;
}

static inline uint8_t *wire_put64(uint8_t *at, uint64_t value)
{
	return wire_put32(wire_put32(at, (uint32_t)value),
			  (uint32_t)(value >> 32));
}

/** wire_get_header(at, ret): false when no frame begins like this: it is too
 *  long, or what must be zero is not. */
static inline bool wire_get_header(const uint8_t *at, struct wire_header *ret)
{
	ret->length = wire_get32(at);
	ret->type = at[4];
	ret->flags = at[5];
	ret->tag = wire_get64(at + 8);
	return ret->length <= WIRE_PAYLOAD_MAX && at[6] == 0 && at[7] == 0 &&
	       !(ret->flags & ~WIRE_LAST);
}

static inline uint8_t *wire_put_header(uint8_t *at,
				       const struct wire_header *header)
{
	at = wire_put32(at, header->length);
	*at++ = header->type;
	*at++ = header->flags;
	*at++ = 0;
	*at++ = 0;
	return wire_put64(at, header->tag);
}

static inline void wire_put_disk(uint8_t at[WIRE_OPENED_BYTES],
				 const struct wire_disk *disk)
{
	at = wire_put64(at, disk->size);
	at = wire_put32(at, disk->block);
	at = wire_put32(at, disk->physical);
	at = wire_put32(at, disk->flags);
	at = wire_put32(at, 0);
	at = wire_put64(at, disk->stamp);
	for (unsigned int i = 0; i < sizeof(disk->boot); i++)
		at[i] = disk->boot[i];
}

/** wire_get_disk(at, ret): false when no disk is like this. */
static inline bool wire_get_disk(const uint8_t at[WIRE_OPENED_BYTES],
				 struct wire_disk *ret)
{
	ret->size = wire_get64(at);
	ret->block = wire_get32(at + 8);
	ret->physical = wire_get32(at + 12);
	ret->flags = wire_get32(at + 16);
	ret->stamp = wire_get64(at + 24);
	for (unsigned int i = 0; i < sizeof(ret->boot); i++)
		ret->boot[i] = at[32 + i];
	return ret->size && ret->size <= WIRE_DISK_SIZE_MAX &&
	       ret->block >= 512 && ret->block <= 65536 &&
	       !(ret->block & (ret->block - 1)) && ret->size % ret->block == 0;
}

#endif
