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

/* Of larger files, larger pieces: a range is a round trip. */
#define LARGE ((off_t)256 << 20)
#define FINE  16384U

/* A request whose path leaves room for fewer hashes is not worth it. */
#define FEWEST 64U

bool files_delta_fits(const struct files_put *put,
		      const struct files_here *here)
{
	const struct wire_entry *entry = &put->meta.entry;
	size_t path = put->node->path_length + 1 + strlen(put->name) + 1;

	return path + WIRE_DELTA_BYTES + 8 * FEWEST <= WIRE_REQUEST_MAX &&
	       here->there && S_ISREG(here->about.st_mode) &&
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
static ssize_t read_piece(int fd, uint8_t *to, size_t length, uint64_t offset)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = pread(fd, to + done, length - done,
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

/* As many hashes as there is room for, or up to the end of the file. */
static int hash(struct files_work *work, int fd, uint8_t *at, size_t room,
		uint32_t *ret_count, struct error **err)
{
	static _Thread_local uint8_t piece[WIRE_PIECE_MAX];
	struct files_delta *delta = work->delta;
	uint32_t length = delta->piece;
	uint32_t count = 0;
	ssize_t n = (ssize_t)length;

	delta->end = delta->offset;
	while (n == (ssize_t)length && 8 * ((size_t)count + 1) <= room) {
		n = read_piece(fd, piece, length, delta->end);
		if (n < 0)
			return fail(work, err);
		if (!n)
			break;
		at = wire_put64(at, XXH3_64bits_withSeed(piece, (size_t)n,
							 delta->seed));
		delta->end += length;
		count++;
	}
	delta->rest = n < (ssize_t)length;
	*ret_count = count;
	return 0;
}

int files_delta_question(struct files_work *work, uint8_t *at, size_t room,
			 size_t *ret_length, struct error **err)
{
	struct files_delta *delta = work->delta;
	uint8_t *head = at;
	uint8_t *hashes;
	uint32_t count = 0;
	size_t path;
	int fd;
	int r;

	*ret_length = 0;
	at += WIRE_DELTA_BYTES - 4;
	room -= WIRE_DELTA_BYTES - 4;
	path = files_node_path(work->node, "", (char *)at, room);
	if (path + 1 + work->length + 8 > room)
		return 0;
	memcpy(at + path + 1, work->names, work->length);
	path += 1 + work->length;
	hashes = at + path;
	fd = openat(work->node->fd, work->names,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail(work, err);
	if (!delta->piece)
		delta->piece =
			lseek(fd, 0, SEEK_END) >= LARGE ? WIRE_PIECE_MAX : FINE;
	r = hash(work, fd, hashes, room - path, &count, err);
	(void)close(fd);
	if (r < 0)
		return r;
	head = wire_put32(head, delta->rest ? WIRE_DELTA_REST : 0);
	head = wire_put64(wire_put64(head, delta->offset), delta->seed);
	(void)wire_put32(wire_put32(head, delta->piece), count);
	*ret_length = WIRE_DELTA_BYTES - 4 + path + (size_t)8 * count;
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
