/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Transfers to and from the target through io_uring, or by plain system calls
 * where the kernel does not permit it.  Short transfers go on until they are
 * whole.  It refuses to know what the bytes are.
 * Source: io_uring(7), io_uring_setup(2), io_uring_register(2).
 */
#include "copy/ring.h"

#include <sys/uio.h>
#include <sys/vfs.h>

#include <errno.h>
#include <liburing.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/target.h"

struct ring {
	struct io_uring uring;
	int fd; /* the target's */
	const char *path;
	bool plain;
	bool fixed; /* the pool is registered */
	unsigned int in_flight;
};

/* Not of a device: its node lies in devtmpfs. */
static bool in_memory(const struct target *target)
{
	struct statfs fs;

	return !target->is_block && fstatfs(target->fd, &fs) == 0 &&
	       (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

static int set_up(struct ring *ring, unsigned int depth)
{
	/* Cheapest first; an older kernel knows fewer words.  Not
	 * DEFER_TASKRUN: poll(2) would sleep through completions. */
	int r = io_uring_queue_init(depth, &ring->uring,
				    IORING_SETUP_SINGLE_ISSUER |
					    IORING_SETUP_COOP_TASKRUN);

	if (r == -EINVAL)
		r = io_uring_queue_init(depth, &ring->uring, 0);
	return r;
}

int ring_new(const struct target *target, unsigned int depth, void *pool,
	     size_t length, struct ring **ret_ring, struct error **err)
{
	struct ring *ring = calloc(1, sizeof(*ring));
	struct iovec iov = {.iov_base = pool, .iov_len = length};
	int r = 0;

	if (!ring)
		return error_memory(err);
	ring->fd = target->fd;
	ring->path = target->path;
	ring->plain = !target->direct || in_memory(target);
	if (!ring->plain)
		r = set_up(ring, depth);
	if (r == -ENOSYS || r == -EPERM || r == -EACCES) {
		ring->plain = true;
	} else if (r < 0) {
		free(ring);
		return error_set(err, ERROR_INTERNAL, -r, "io_uring");
	}
	/* Not allowed to lock that much memory: a little slower, that's all. */
	if (!ring->plain)
		ring->fixed =
			io_uring_register_buffers(&ring->uring, &iov, 1) == 0;
	*ret_ring = ring;
	return 0;
}

/* The plain way, all at once. */
static void transfer(struct ring *ring, struct ring_op *op)
{
	op->result =
		op->write ? io_pwrite(ring->fd, op->buf, op->length, op->offset)
			  : io_pread(ring->fd, op->buf, op->length, op->offset);
	op->done(op);
}

static void prepare(struct ring *ring, struct ring_op *op)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring->uring);
	char *buf = (char *)op->buf + op->moved;
	uint32_t length = op->length - op->moved;
	uint64_t offset = op->offset + op->moved;

	/* Full: hand over and take the place that became free. */
	while (!sqe) {
		(void)io_uring_submit(&ring->uring);
		sqe = io_uring_get_sqe(&ring->uring);
	}
	if (ring->fixed && op->write)
		io_uring_prep_write_fixed(sqe, ring->fd, buf, length, offset,
					  0);
	else if (ring->fixed)
		io_uring_prep_read_fixed(sqe, ring->fd, buf, length, offset, 0);
	else if (op->write)
		io_uring_prep_write(sqe, ring->fd, buf, length, offset);
	else
		io_uring_prep_read(sqe, ring->fd, buf, length, offset);
	io_uring_sqe_set_data(sqe, op);
}

void ring_start(struct ring *ring, struct ring_op *op)
{
	op->moved = 0;
	op->result = 0;
	if (ring->plain) {
		transfer(ring, op);
		return;
	}
	ring->in_flight++;
	prepare(ring, op);
}

int ring_submit(struct ring *ring, struct error **err)
{
	/* It may take fewer than there are. */
	while (!ring->plain && io_uring_sq_ready(&ring->uring)) {
		int r = io_uring_submit(&ring->uring);

		if (r == -EINTR || r == -EAGAIN || r == -EBUSY)
			continue;
		if (r < 0)
			return error_set(err, ERROR_INTERNAL, -r,
					 "io_uring submit for '%s'",
					 ring->path);
	}
	return 0;
}

/* One completion.  What was cut short goes on where it stopped. */
static void complete(struct ring *ring, struct ring_op *op, int result)
{
	if (result == -EINTR || result == -EAGAIN)
		result = 0;
	else if (result == 0)
		result = op->write ? -EIO : -ENODATA;
	if (result >= 0) {
		op->moved += (uint32_t)result;
		if (op->moved < op->length) {
			prepare(ring, op);
			return;
		}
		result = 0;
	}
	ring->in_flight--;
	op->result = result;
	op->done(op);
}

int ring_reap(struct ring *ring, bool wait, struct error **err)
{
	struct io_uring_cqe *cqe = NULL;
	int r;

	if (ring->plain || !ring->in_flight)
		return 0;
	r = ring_submit(ring, err);
	if (r < 0)
		return r;
	if (wait)
		r = io_uring_wait_cqe(&ring->uring, &cqe);
	if (r < 0 && r != -EINTR && r != -EAGAIN)
		return error_set(err, ERROR_INTERNAL, -r, "io_uring for '%s'",
				 ring->path);
	while (io_uring_peek_cqe(&ring->uring, &cqe) == 0) {
		struct ring_op *op = io_uring_cqe_get_data(cqe);
		int result = cqe->res;

		io_uring_cqe_seen(&ring->uring, cqe);
		complete(ring, op, result);
	}
	return ring_submit(ring, err);
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	while (!ring->plain && ring->in_flight) {
		struct io_uring_cqe *cqe = NULL;

		if (ring_submit(ring, NULL) < 0 ||
		    io_uring_wait_cqe(&ring->uring, &cqe) < 0)
			break;
		ring->in_flight--;
		io_uring_cqe_seen(&ring->uring, cqe);
	}
	if (!ring->plain)
		io_uring_queue_exit(&ring->uring);
	free(ring);
}

int ring_fd(const struct ring *ring)
{
	return ring->plain || !ring->in_flight ? -1 : ring->uring.ring_fd;
}

unsigned int ring_in_flight(const struct ring *ring)
{
	return ring->in_flight;
}
