/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_ORDER_H
#define LANDER_SOURCE_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "source/wire.h"
#include "source/wire_tree.h"

#define ORDER_BUFFER 65536U

/** One request, taken apart and within its bounds. */
struct order {
	struct wire_header header;
	uint32_t disk;	  /* its number, below WIRE_DISKS_MAX; of a tree */
	uint32_t version; /* HELLO */
	uint64_t offset;  /* READ, EXTENTS, HASH, DIFF, DELTA: bytes; LIST: s */
	uint64_t length;  /* likewise; LIST: ns */
	uint64_t seed;	  /* HASH, DIFF, DELTA; VIEW: its key, or 0 */
	uint64_t subhash[WIRE_PIECES_MAX]; /* DIFF, DELTA */
	uint32_t pieces;		   /* DELTA: how many of them */
	char path[WIRE_PATH_MAX];	   /* OPEN */
	/* PREPARE, QUIESCE, FENCE; LIST, FETCH, DELTA: flags */
	uint32_t kind;
	size_t units_length; /* bytes of units */
	/* PREPARE, QUIESCE: names, each with its zero byte; LIST: a path;
	 * FETCH: a path and names, likewise; DELTA: a path and a name */
	char units[WIRE_REQUEST_MAX + 1];
};

/** Bytes of the agent, in the order they came. */
struct orders {
	uint8_t buf[ORDER_BUFFER];
	size_t begin; /* [begin, end) is not worked off */
	size_t end;
};

/** order_take(orders, ret, ret_complaint): the next whole request.  1: taken;
 *  0: more bytes are needed; -1: what came is no request, and why. */
int order_take(struct orders *orders, struct order *ret,
	       const char **ret_complaint);

/** order_room(orders, ret): where further bytes go and how many at most; never
 *  0 after order_take() gave 0. */
size_t order_room(struct orders *orders, uint8_t **ret);

#endif
