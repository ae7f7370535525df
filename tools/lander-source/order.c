/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes requests out of a stream of bytes.  Everything that is not exactly a
 * request of PROTOCOL.md is refused: there is no way back into a stream whose
 * place was lost.  It reads nothing itself.
 */
#include "lander-source/order.h"

#include <stdbool.h>
#include <string.h>

#include "source/wire_tree.h"

size_t order_room(struct orders *orders, uint8_t **ret)
{
	if (orders->begin) {
		memmove(orders->buf, orders->buf + orders->begin,
			orders->end - orders->begin);
		orders->end -= orders->begin;
		orders->begin = 0;
	}
	*ret = orders->buf + orders->end;
	return sizeof(orders->buf) - orders->end;
}

static const char *take_path(const uint8_t *at, size_t length,
			     struct order *ret)
{
	if (!length || length >= sizeof(ret->path))
		return "a path of this length";
	for (size_t i = 0; i < length; i++)
		if (!at[i])
			return "a zero byte in a path";
	memcpy(ret->path, at, length);
	ret->path[length] = '\0';
	return NULL;
}

static const char not_zero[] = "something where zero must be";

static bool is_range(const struct order *order)
{
	return order->offset <= WIRE_DISK_SIZE_MAX &&
	       order->length <= WIRE_DISK_SIZE_MAX && order->length &&
	       order->length % WIRE_READ_ALIGN == 0 &&
	       order->offset % WIRE_READ_ALIGN == 0;
}

static const char *take_read(const uint8_t *at, struct order *ret)
{
	ret->length = wire_get32(at + 4);
	ret->offset = wire_get64(at + 8);
	if (!is_range(ret))
		return "a range that is not whole sectors of any disk";
	return ret->length > WIRE_READ_MAX ? "a READ that is too long" : NULL;
}

static const char *take_extents(const uint8_t *at, struct order *ret)
{
	ret->offset = wire_get64(at + 8);
	ret->length = wire_get64(at + 16);
	if (wire_get32(at + 4))
		return not_zero;
	return is_range(ret) ? NULL
			     : "a range that is not whole sectors of any disk";
}

static const char *take_hash(const uint8_t *at, struct order *ret)
{
	ret->offset = wire_get64(at + 8);
	ret->length = wire_get64(at + 16);
	ret->seed = wire_get64(at + 24);
	if (wire_get32(at + 4))
		return not_zero;
	if (!is_range(ret) || ret->offset % WIRE_CHUNK)
		return "a range that is not whole chunks";
	return ret->length > WIRE_HASH_MAX ? "a HASH that is too long" : NULL;
}

static const char *take_diff(const uint8_t *at, struct order *ret)
{
	uint64_t blocks;

	ret->length = wire_get32(at + 4);
	ret->offset = wire_get64(at + 8);
	ret->seed = wire_get64(at + 16);
	if (!is_range(ret) || ret->offset % WIRE_BLOCK)
		return "a range that is not whole blocks";
	blocks = (ret->length + WIRE_BLOCK - 1) / WIRE_BLOCK;
	if (blocks > WIRE_BLOCKS_MAX)
		return "a DIFF that is too long";
	if (ret->header.length != WIRE_DIFF_BYTES + 8 * blocks)
		return "a DIFF with another number of hashes";
	for (uint64_t i = 0; i < blocks; i++)
		ret->subhash[i] = wire_get64(at + WIRE_DIFF_BYTES + 8 * i);
	return NULL;
}

static const char *take_units(const uint8_t *at, size_t length,
			      struct order *ret)
{
	size_t name = 0;
	unsigned int count = 0;

	for (size_t i = 0; i < length; i++) {
		if (++name > WIRE_UNIT_MAX)
			return "a unit's name that is too long";
		if (at[i])
			continue;
		if (name == 1 || ++count > WIRE_UNITS_MAX)
			return "a unit without a name, or too many";
		name = 0;
	}
	if (name)
		return "a unit's name without an end";
	memcpy(ret->units, at, length);
	ret->units_length = length;
	return NULL;
}

static const char *take_kind(const uint8_t *at, struct order *ret)
{
	bool fence = ret->header.type == WIRE_FENCE;

	ret->kind = wire_get32(at);
	if (wire_get32(at + 4))
		return "something where zero must be";
	if (fence)
		return ret->kind == WIRE_FENCE_POWEROFF ||
				       ret->kind == WIRE_FENCE_NIC
			       ? NULL
			       : "a way to fence that is not known";
	if (ret->kind > WIRE_QUIESCE_SNAPSHOT)
		return "a way to quiesce that is not known";
	if (ret->kind == WIRE_QUIESCE_SNAPSHOT && ret->header.length > 8)
		return "units beside a snapshot, for which nothing stops";
	return take_units(at + 8, ret->header.length - 8, ret);
}

static bool is_text(const char *at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!at[i])
			return false;
	return true;
}

/* LIST: a path, and what is left out when flags say so; FETCH: a path and
 * names; all but the path alone with a zero byte each. */
static const char *take_names(const uint8_t *at, uint32_t flags,
			      struct order *ret)
{
	bool fetch = ret->header.type == WIRE_FETCH;
	uint32_t known = WIRE_TREE_CONTENT | WIRE_TREE_DIGEST;
	size_t skip = fetch ? WIRE_FETCH_BYTES : WIRE_LIST_BYTES;
	size_t length = ret->header.length - skip;
	bool more = fetch || flags & WIRE_TREE_LEAVE;

	if (!fetch)
		known |= WIRE_TREE_CHANGED | WIRE_TREE_LEAVE;
	ret->kind = flags;
	if (flags & ~known)
		return "a flag that is not known";
	memcpy(ret->units, at + skip, length);
	ret->units[length] = '\0';
	ret->units_length = length;
	if (more && (!length || ret->units[length - 1]))
		return "names without an end";
	if (fetch)
		return NULL;
	ret->offset = wire_get64(at + 8);
	ret->length = wire_get32(at + 16);
	if (wire_get32(at + 20))
		return not_zero;
	return more || is_text(ret->units, length) ? NULL
						   : "a zero byte in a path";
}

/* A path and a name, each with its zero byte, and hashes of what is there. */
static const char *take_delta(const uint8_t *at, struct order *ret)
{
	size_t length = ret->header.length - WIRE_DELTA_BYTES;
	size_t hashes;

	ret->kind = wire_get32(at + 4);
	ret->offset = wire_get64(at + 8);
	ret->seed = wire_get64(at + 16);
	ret->pieces = wire_get32(at + 24);
	if (ret->kind & ~WIRE_DELTA_REST)
		return "a flag that is not known";
	if (wire_get32(at + 28))
		return not_zero;
	if (ret->offset % WIRE_PIECE || ret->offset > WIRE_DISK_SIZE_MAX ||
	    ret->pieces > WIRE_PIECES_MAX)
		return "pieces that there are not";
	hashes = (size_t)8 * ret->pieces;
	if (hashes + 3 > length ||
	    length - hashes > WIRE_REQUEST_MAX - WIRE_DELTA_BYTES)
		return "a DELTA with another number of hashes";
	length -= hashes;
	at += WIRE_DELTA_BYTES;
	memcpy(ret->units, at, length);
	ret->units[length] = '\0';
	ret->units_length = length;
	for (uint32_t i = 0; i < ret->pieces; i++)
		ret->subhash[i] = wire_get64(at + length + (size_t)8 * i);
	return ret->units[length - 1] ? "a name without an end" : NULL;
}

static const char *take_tree(const uint8_t *at, struct order *ret)
{
	ret->disk = wire_get32(at);
	if (ret->disk >= WIRE_TREES_MAX)
		return "a tree's number beyond the last";
	if (ret->header.type == WIRE_DELTA)
		return take_delta(at, ret);
	if (ret->header.type != WIRE_ROOT)
		return take_names(at, wire_get32(at + 4), ret);
	if (wire_get32(at + 4))
		return not_zero;
	return take_path(at + WIRE_ROOT_BYTES,
			 ret->header.length - WIRE_ROOT_BYTES, ret);
}

static const struct {
	bool known;
	uint32_t low;  /* bytes of payload */
	uint32_t high; /* likewise */
} size_of[] = {
	[WIRE_HELLO] = {true, 8, 8},
	[WIRE_FACTS] = {true, 0, 0},
	[WIRE_OPEN] = {true, 9, 8 + WIRE_PATH_MAX},
	[WIRE_READ] = {true, 16, 16},
	[WIRE_EXTENTS] = {true, 24, 24},
	[WIRE_SYNC] = {true, 0, 0},
	[WIRE_CHECK] = {true, 8, 8},
	[WIRE_BYE] = {true, 0, 0},
	[WIRE_HASH] = {true, 32, 32},
	[WIRE_DIFF] = {true, WIRE_DIFF_BYTES + 8,
		       WIRE_DIFF_BYTES + 8 * WIRE_BLOCKS_MAX},
	[WIRE_TRACK] = {true, 8, 8},
	[WIRE_CUT] = {true, 8, 8},
	[WIRE_PREPARE] = {true, 8, WIRE_REQUEST_MAX},
	[WIRE_QUIESCE] = {true, 8, WIRE_REQUEST_MAX},
	[WIRE_RENEW] = {true, 0, 0},
	[WIRE_THAW] = {true, 0, 0},
	[WIRE_FENCE] = {true, 8, 8},
	[WIRE_USED] = {true, 8, 8},
	[WIRE_PACKED] = {true, 16, 16},
	[WIRE_VIEW] = {true, 16, 16},
	[WIRE_ROOT] = {true, WIRE_ROOT_BYTES + 1,
		       WIRE_ROOT_BYTES + WIRE_PATH_MAX},
	[WIRE_LIST] = {true, WIRE_LIST_BYTES, WIRE_REQUEST_MAX},
	[WIRE_FETCH] = {true, WIRE_FETCH_BYTES + 3, WIRE_REQUEST_MAX},
	[WIRE_STORAGE] = {true, 0, 0},
	[WIRE_DELTA] = {true, WIRE_DELTA_BYTES + 3, WIRE_DELTA_MAX},
};

static const char *take_payload(const uint8_t *at, struct order *ret)
{
	uint32_t length = ret->header.length;

	switch (ret->header.type) {
	case WIRE_HELLO:
		ret->version = wire_get32(at);
		return wire_get32(at + 4) ? not_zero : NULL;
	case WIRE_FACTS:
	case WIRE_STORAGE:
	case WIRE_SYNC:
	case WIRE_BYE:
	case WIRE_RENEW:
	case WIRE_THAW:
		return NULL;
	case WIRE_PREPARE:
	case WIRE_QUIESCE:
	case WIRE_FENCE:
		return take_kind(at, ret);
	case WIRE_ROOT:
	case WIRE_LIST:
	case WIRE_FETCH:
	case WIRE_DELTA:
		return take_tree(at, ret);
	default:
		break;
	}
	ret->disk = wire_get32(at);
	if (ret->disk >= WIRE_DISKS_MAX)
		return "a disk's number beyond the last";
	switch (ret->header.type) {
	case WIRE_READ:
	case WIRE_PACKED:
		return take_read(at, ret);
	case WIRE_EXTENTS:
		return take_extents(at, ret);
	case WIRE_HASH:
		return take_hash(at, ret);
	case WIRE_DIFF:
		return take_diff(at, ret);
	default:
		break;
	}
	if (wire_get32(at + 4))
		return not_zero;
	if (ret->header.type == WIRE_VIEW)
		ret->seed = wire_get64(at + 8);
	return ret->header.type == WIRE_OPEN
		       ? take_path(at + 8, length - 8, ret)
		       : NULL;
}

int order_take(struct orders *orders, struct order *ret,
	       const char **ret_complaint)
{
	const uint8_t *at = orders->buf + orders->begin;
	size_t have = orders->end - orders->begin;
	uint8_t type;

	ret->disk = 0;
	ret->offset = 0;
	ret->length = 0;
	ret->kind = 0;
	ret->units_length = 0;
	if (have < WIRE_HEADER_BYTES)
		return 0;
	if (!wire_get_header(at, &ret->header) || ret->header.flags) {
		*ret_complaint = "no header of a request";
		return -1;
	}
	type = ret->header.type;
	if (type >= sizeof(size_of) / sizeof(*size_of) ||
	    !size_of[type].known) {
		*ret_complaint = "a request that is not known";
		return -1;
	}
	if (ret->header.length < size_of[type].low ||
	    ret->header.length > size_of[type].high) {
		*ret_complaint = "a request of a wrong size";
		return -1;
	}
	if (have < WIRE_HEADER_BYTES + ret->header.length)
		return 0;
	*ret_complaint = take_payload(at + WIRE_HEADER_BYTES, ret);
	if (*ret_complaint)
		return -1;
	orders->begin += WIRE_HEADER_BYTES + ret->header.length;
	return 1;
}
