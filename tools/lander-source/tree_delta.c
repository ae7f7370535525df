/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changed in a file that the agent has an older state of.  The agent says
 * what pieces of that hash to; whole pieces that hash to something else here
 * are sent, zeroes and holes among them, because the agent's may hold data.  It
 * remembers nothing from one request to the next.
 */
#include "lander-source/tree_delta.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lander-source/hash.h"
#include "lander-source/order.h"
#include "lander-source/system_tree.h"
#include "lander-source/tree_content.h"
#include "lander-source/tree_out.h"
#include "source/wire_tree.h"

/* As much of a piece as there is, or why it can't be read. */
static long read_piece(int fd, uint8_t *to, uint64_t offset)
{
	uint32_t done = 0;

	while (done < WIRE_PIECE) {
		long n = system_pread(fd, to + done, WIRE_PIECE - done,
				      offset + done);

		if (n == -EINTR)
			continue;
		if (n < 0)
			return n;
		if (!n)
			break;
		done += (uint32_t)n;
	}
	return done;
}

static bool send_piece(const uint8_t *piece, uint32_t length, uint64_t offset)
{
	uint8_t *at = tree_out_record(WIRE_DATA, WIRE_DATA_BYTES + length);

	if (!at)
		return false;
	memcpy(wire_put64(at, offset), piece, length);
	return true;
}

bool tree_delta_send(struct tree_content *content, const struct order *order)
{
	static _Alignas(64) uint8_t piece[WIRE_PIECE];
	uint64_t at = order->offset;
	bool there = true;

	for (uint32_t i = 0; there && i < order->pieces; i++) {
		long n = read_piece(content->fd, piece, at);

		if (n < 0)
			content->code = (int)-n;
		if (n <= 0)
			break;
		if (hash_block(piece, (uint32_t)n, order->seed) !=
		    order->subhash[i])
			there = send_piece(piece, (uint32_t)n, at);
		at += WIRE_PIECE;
	}
	if (!there)
		return false;
	content->from = order->offset + (uint64_t)order->pieces * WIRE_PIECE;
	if (!(order->kind & WIRE_DELTA_REST) || content->from > content->until)
		content->until = content->from;
	return tree_content_send(content);
}
