/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_RING_H
#define LANDER_COPY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct target;

/** One transfer between memory and a target.  The caller owns it until
 *  done(), which comes out of ring_reap(), or out of ring_start() itself when
 *  the ring is a plain loop of system calls. */
struct ring_op {
	uint64_t offset; /* bytes, a multiple of target->logical_block */
	uint32_t length; /* bytes, likewise */
	bool write;
	int result; /* 0 or a negative errno, for done() */
	void *buf;  /* inside the ring's pool */
	void (*done)(struct ring_op *op);
	void *owner;
	uint32_t moved; /* the ring's: bytes already transferred */
};

/** Asynchronous transfers of one thread. */
struct ring;

/**
 * ring_new(target, depth, pool, length, ret, err): at most depth transfers at a
 * time, with buffers inside [pool, pool + length).  Where io_uring is not
 * permitted, and on a file system in memory (where it would only add a
 * thread), each transfer is a pread(2) or pwrite(2).
 * The thread that makes a ring is the one that uses it.
 * Source: io_uring_setup(2), io_uring_register(2).
 */
int ring_new(const struct target *target, unsigned int depth, void *pool,
	     size_t length, struct ring **ret_ring, struct error **err);

/** ring_free(ring): waits for what is on its way; no done() any more. */
void ring_free(struct ring *ring);

/** ring_start(ring, op): queue it; goes to the kernel with ring_submit(). */
void ring_start(struct ring *ring, struct ring_op *op);

/** ring_submit(ring, err): hand over what was started. */
int ring_submit(struct ring *ring, struct error **err);

/** ring_reap(ring, wait, err): done() for what is finished; wait: for one at
 *  least, when anything is on its way. */
int ring_reap(struct ring *ring, bool wait, struct error **err);

/** ring_fd(ring): readable when there is something to reap; -1: never. */
int ring_fd(const struct ring *ring);

unsigned int ring_in_flight(const struct ring *ring);

#endif
