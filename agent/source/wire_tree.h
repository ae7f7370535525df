/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes of file mode, for the agent and lander-source: what a directory
 * and the files in it are.  What each record means:
 * tools/lander-source/PROTOCOL.md.
 */
#ifndef LANDER_SOURCE_WIRE_TREE_H
#define LANDER_SOURCE_WIRE_TREE_H

#include <stdint.h>

#include "source/wire.h"

#define WIRE_TREES_MAX	  64U /* file systems of one lander-source */
#define WIRE_NAME_MAX	  255U
#define WIRE_LINK_MAX	  4095U	 /* bytes that a symbolic link holds */
#define WIRE_VALUE_MAX	  65536U /* bytes of one extended attribute */
#define WIRE_DIGEST_BYTES 32U	 /* SHA-256 */

/* Flags of LIST and FETCH. */
#define WIRE_TREE_CONTENT 1U /* files of one name with what is in them */
#define WIRE_TREE_DIGEST  2U /* … with the SHA-256 of it */
#define WIRE_TREE_CHANGED 4U /* only in short what did not change since */
#define WIRE_TREE_LEAVE	  8U /* LIST: behind its path what is left out */

#define WIRE_ROOT_BYTES	  8U  /* payload of ROOT, before its path */
#define WIRE_LIST_BYTES	  24U /* … of LIST, before its path */
#define WIRE_FETCH_BYTES  8U  /* … of FETCH, before its path and names */
#define WIRE_DELTA_BYTES  32U /* … of DELTA, before its path and name */
#define WIRE_ROOTED_BYTES 32U /* … of ROOT's answer, before the kind's name */

/* Flag of DELTA: what lies behind its pieces is sent, too. */
#define WIRE_DELTA_REST 1U

/* Of a DELTA: bytes that one hash covers, and how many hashes at most. */
#define WIRE_PIECE	16384U
#define WIRE_PIECES_MAX 4096U
#define WIRE_DELTA_MAX	(WIRE_REQUEST_MAX + 8U * WIRE_PIECES_MAX)

/* Flags of ROOT's answer. */
#define WIRE_ROOT_ALONE 1U /* nothing that is mounted in it hides anything */

/** In answers to LIST and FETCH: 8 bytes before each. */
struct wire_record {
	uint8_t kind;
	uint32_t length; /* bytes that follow */
};
#define WIRE_RECORD_BYTES 8U

enum wire_record_kind {
	WIRE_ENTRY = 1,	  /* a file of any type */
	WIRE_SHORT = 2,	  /* a directory, or what did not change */
	WIRE_XATTR = 3,	  /* of the ENTRY before it */
	WIRE_DATA = 4,	  /* likewise */
	WIRE_END = 5,	  /* of an ENTRY that said MORE */
	WIRE_PROBLEM = 6, /* what could not be read */
};

/* Marks of ENTRY and SHORT. */
#define WIRE_MARK_MORE	    1U	/* other records of it follow, and an END */
#define WIRE_MARK_SAME	    2U	/* it did not change since */
#define WIRE_MARK_SWAP	    4U	/* of swap only 64 KiB count */
#define WIRE_MARK_SUBVOLUME 8U	/* a subvolume of btrfs */
#define WIRE_MARK_FOREIGN   16U /* another file system is mounted there */
#define WIRE_MARK_READ_ONLY 32U /* a subvolume that only reads */
#define WIRE_MARK_LEFT	    64U /* left out, and not looked at */

#define WIRE_SWAP_BYTES 65536U

/* Marks of END. */
#define WIRE_END_CHANGED 1U /* it changed while it was read */

#define WIRE_ENTRY_BYTES   80U /* before its name and its link's target */
#define WIRE_SHORT_BYTES   16U /* before its name */
#define WIRE_XATTR_BYTES   8U
#define WIRE_DATA_BYTES	   8U
#define WIRE_END_BYTES	   16U /* before its SHA-256, if any */
#define WIRE_PROBLEM_BYTES 8U

/** What ENTRY says; name and target follow it. */
struct wire_entry {
	uint32_t mode; /* as of stat(2) */
	uint32_t uid;
	uint32_t gid;
	uint32_t flags; /* FS_…_FL of ioctl_iflags(2) */
	uint64_t size;
	uint64_t inode;
	uint32_t links;
	uint32_t major;
	uint32_t minor;
	uint32_t marks;
	int64_t mtime;
	uint32_t mtime_ns;
	uint32_t ctime_ns;
	int64_t ctime;
	uint16_t name;	 /* bytes of it; 0: the directory itself */
	uint16_t target; /* bytes of what a symbolic link holds */
};

static inline uint16_t wire_get16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint8_t *wire_put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	return at + 2;
}

static inline uint8_t *wire_put_record(uint8_t *at, uint8_t kind,
				       uint32_t length)
{
	at[0] = kind;
	at[1] = at[2] = at[3] = 0;
	return wire_put32(at + 4, length);
}

static inline uint8_t *wire_put_entry(uint8_t *at,
				      const struct wire_entry *entry)
{
	at = wire_put32(at, entry->mode);
	at = wire_put32(at, entry->uid);
	at = wire_put32(at, entry->gid);
	at = wire_put32(at, entry->flags);
	at = wire_put64(at, entry->size);
	at = wire_put64(at, entry->inode);
	at = wire_put32(at, entry->links);
	at = wire_put32(at, entry->major);
	at = wire_put32(at, entry->minor);
	at = wire_put32(at, entry->marks);
	at = wire_put64(at, (uint64_t)entry->mtime);
	at = wire_put32(at, entry->mtime_ns);
	at = wire_put32(at, entry->ctime_ns);
	at = wire_put64(at, (uint64_t)entry->ctime);
	at = wire_put16(at, entry->name);
	at = wire_put16(at, entry->target);
	return wire_put32(at, 0);
}

static inline void wire_get_entry(const uint8_t *at, struct wire_entry *ret)
{
	ret->mode = wire_get32(at);
	ret->uid = wire_get32(at + 4);
	ret->gid = wire_get32(at + 8);
	ret->flags = wire_get32(at + 12);
	ret->size = wire_get64(at + 16);
	ret->inode = wire_get64(at + 24);
	ret->links = wire_get32(at + 32);
	ret->major = wire_get32(at + 36);
	ret->minor = wire_get32(at + 40);
	ret->marks = wire_get32(at + 44);
	ret->mtime = (int64_t)wire_get64(at + 48);
	ret->mtime_ns = wire_get32(at + 56);
	ret->ctime_ns = wire_get32(at + 60);
	ret->ctime = (int64_t)wire_get64(at + 64);
	ret->name = wire_get16(at + 72);
	ret->target = wire_get16(at + 74);
}

#endif
