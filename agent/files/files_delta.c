/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Large files of which a little changed, and large ones that were cut off.
 * Ranges of one file are asked for one after the other, so that nobody else
 * writes to it; several files are under way at once.  The hashes are no proof:
 * the comparison before the commit is by SHA-256.  It does not write: what
 * comes is written as all contents are.
 */
#include "files/files_delta.h"

#include <sys/random.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/error.h"
#include "files/files_put.h"
#include "files/files_shared.h"
#include "files/files_tree.h"

/* Below it a file is sent as fast as it is looked at. */
#define LEAST ((uint64_t)1 << 20)

bool files_delta_fits(const struct files_put *put,
		      const struct files_here *here)
{
	const struct wire_entry *entry = &put->meta.entry;

	return here->there && S_ISREG(here->about.st_mode) &&
	       here->about.st_nlink == 1 && entry->links == 1 &&
	       !(entry->marks & WIRE_MARK_SWAP) && !put->job->dry &&
	       entry->size >= LEAST && here->about.st_size >= (off_t)LEAST;
}

static int push(struct files_put *put, const struct files_delta *delta,
		struct error **err)
{
	struct files_batch name = {.length = strlen(put->name) + 1};

	memcpy(name.names, put->name, name.length);
	return files_job_delta(put->job, put->node, &name, delta, err);
}

int files_delta_begin(struct files_put *put, struct error **err)
{
	struct files_delta delta = {0};

	if (getrandom(&delta.seed, sizeof(delta.seed), 0) < 0)
		return error_set(err, ERROR_INTERNAL, errno, "getrandom");
	return push(put, &delta, err);
}

/* --- what is here ------------------------------------------------------ */

static int fail(const struct files_work *work, struct error **err)
{
	int code = errno;
	char path[PATH_MAX];

	(void)files_node_path(work->node, work->names, path, sizeof(path));
	return error_set(err, ERROR_TARGET, code, "'%s' in the copy", path);
}

/* As much of a piece as there is. */
static ssize_t read_piece(int fd, uint8_t *to, uint64_t offset)
{
	size_t done = 0;

	while (done < WIRE_PIECE) {
		ssize_t n = pread(fd, to + done, WIRE_PIECE - done,
				  (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return n;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* As many hashes as one request has, or up to the end of the file. */
static int hash(struct files_work *work, int fd, uint8_t *at,
		uint32_t *ret_count, struct error **err)
{
	static _Thread_local uint8_t piece[WIRE_PIECE];
	struct files_delta *delta = work->delta;
	uint32_t count = 0;
	ssize_t n = WIRE_PIECE;

	delta->end = delta->offset;
	while (n == WIRE_PIECE && count < WIRE_PIECES_MAX) {
		n = read_piece(fd, piece, delta->end);
		if (n < 0)
			return fail(work, err);
		if (!n)
			break;
		at = wire_put64(at, XXH3_64bits_withSeed(piece, (size_t)n,
							 delta->seed));
		delta->end += WIRE_PIECE;
		count++;
	}
	delta->rest = n < WIRE_PIECE;
	*ret_count = count;
	return 0;
}

int files_delta_question(struct files_work *work, uint32_t tree,
			 uint8_t payload[WIRE_DELTA_MAX], size_t *ret_length,
			 struct error **err)
{
	const size_t room = WIRE_REQUEST_MAX - WIRE_DELTA_BYTES;
	struct files_delta *delta = work->delta;
	uint8_t *at = payload + WIRE_DELTA_BYTES;
	size_t path = files_node_path(work->node, "", (char *)at, room) + 1;
	uint32_t count = 0;
	int fd;
	int r;

	*ret_length = 0;
	if (path + work->length > room)
		return 0;
	memcpy(at + path, work->names, work->length);
	at += path + work->length;
	fd = openat(work->node->fd, work->names,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail(work, err);
	r = hash(work, fd, at, &count, err);
	(void)close(fd);
	if (r < 0)
		return r;
	*ret_length = (size_t)(at - payload) + (size_t)8 * count;
	at = wire_put32(payload, tree);
	at = wire_put32(at, delta->rest ? WIRE_DELTA_REST : 0);
	at = wire_put64(wire_put64(at, delta->offset), delta->seed);
	(void)wire_put32(wire_put32(at, count), 0);
	return 0;
}

/* --- what came --------------------------------------------------------- */

static void look(struct files_put *put, struct files_delta *delta)
{
	const struct wire_entry *entry = &put->meta.entry;

	if (delta->begun && (entry->ctime != delta->ctime ||
			     entry->ctime_ns != delta->ctime_ns))
		delta->moved = true;
	if (put->record.marks & WIRE_END_CHANGED)
		delta->moved = true;
	delta->begun = true;
	delta->ctime = entry->ctime;
	delta->ctime_ns = entry->ctime_ns;
}

int files_delta_next(struct files_put *put, bool *ret_more, struct error **err)
{
	struct files_delta delta = *put->work->delta;
	uint64_t size = put->meta.entry.size;
	uint64_t end = delta.rest || delta.end > size ? size : delta.end;

	look(put, &delta);
	if (end > delta.offset + put->came)
		files_job_seen(put->job, end - delta.offset - put->came, 0);
	*ret_more = end < size;
	if (delta.moved && !*ret_more)
		put->record.marks |= WIRE_END_CHANGED;
	delta.offset = delta.end;
	return *ret_more ? push(put, &delta, err) : 0;
}
