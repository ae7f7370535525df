/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Regular files: written from what comes, in place where one is here already,
 * so that all names of it see the same.  Its time is set last: a file that was
 * cut off has another time than the source's, and is fetched again.
 */
#include "files/files_regular.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/fs.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "files/files_compare.h"
#include "files/files_delta.h"
#include "files/files_folder.h"
#include "files/files_ledger.h"
#include "files/files_put.h"
#include "files/files_shared.h"
#include "files/files_tree.h"

#define MAKE (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)
#define OPEN (O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

static int fail(const struct files_put *put, int code, struct error **err)
{
	char path[PATH_MAX];

	(void)files_put_path(put, path);
	if (code == ENOSPC || code == EDQUOT)
		return files_tree_full(put->job->tree, path, err);
	return error_set(err, ERROR_TARGET, code, "%s: '%s'",
			 put->job->tree->name, path);
}

/* --- making it --------------------------------------------------------- */

/* Only an empty file takes it; btrfs swaps to no other one. */
static void take_nocow(const struct files_put *put)
{
	int nocow = FS_NOCOW_FL;

	if (put->job->tree->btrfs && (put->meta.entry.flags & FS_NOCOW_FL ||
				      put->meta.entry.marks & WIRE_MARK_SWAP))
		(void)ioctl(put->fd, FS_IOC_SETFLAGS, &nocow);
}

static int make(struct files_put *put, struct error **err)
{
	put->fd = openat(put->node->fd, put->name, MAKE, 0600);
	if (put->fd < 0 && errno == EEXIST)
		return error_set(err, ERROR_SOURCE, EEXIST,
				 "a name came twice: '%s'", put->name);
	if (put->fd < 0)
		return fail(put, errno, err);
	put->fresh = true;
	take_nocow(put);
	atomic_store(&put->node->touched, true);
	return 0;
}

/* Of several names; its content comes later. */
static int make_empty(struct files_put *put, struct error **err)
{
	int r = make(put, err);

	if (r == 0) {
		(void)close(put->fd);
		put->fd = -1;
	}
	return r;
}

static int open_here(struct files_put *put, struct error **err)
{
	int flags = OPEN | (put->work->delta ? 0 : O_TRUNC);
	int fd;

	put->fd = openat(put->node->fd, put->name, flags);
	if (put->fd < 0 && errno == EPERM) {
		fd = openat(put->node->fd, put->name,
			    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0) {
			(void)files_meta_unlock(fd);
			(void)close(fd);
		}
		put->fd = openat(put->node->fd, put->name, flags);
	}
	if (put->fd < 0)
		return fail(put, errno, err);
	take_nocow(put);
	return 0;
}

static int open_receiver(struct files_put *put, struct error **err)
{
	enum files_share share = FILES_SHARE_NONE;
	struct files_here here = {0};
	bool usable;
	int r = files_shared_look(put, &here, err);

	if (r == 0 && put->meta.entry.links > 1)
		r = files_shared_settle(put, &here, make_empty, &share, err);
	if (r < 0)
		return r;
	if (share == FILES_SHARE_DONE) {
		put->state = FILES_SKIP;
		return 0;
	}
	usable = here.there && S_ISREG(here.about.st_mode) &&
		 (put->meta.entry.links > 1 || here.about.st_nlink == 1);
	/* It is another file by now: the next pass sees which. */
	if (put->work->delta && !files_delta_fits(put, &here)) {
		atomic_store(&put->node->failed, true);
		put->state = FILES_SKIP;
		return 0;
	}
	if (usable)
		return open_here(put, err);
	r = files_shared_clear(put, &here, err);
	return r < 0 ? r : make(put, err);
}

int files_regular_begin(struct files_put *put, struct error **err)
{
	bool content = put->work->flags & WIRE_TREE_CONTENT &&
		       (put->work->length || put->meta.entry.links == 1);

	put->fresh = false;
	put->end = 0;
	put->came = 0;
	put->state = content ? FILES_RECEIVE : FILES_COMPARE;
	if (content && !(put->meta.entry.marks & WIRE_MARK_MORE))
		return error_set(err, ERROR_SOURCE, 0,
				 "a file without what is in it: '%s'",
				 put->name);
	return content ? open_receiver(put, err) : 0;
}

/* Swap must have no holes: zeroes from where data ended up to here. */
static int fill_swap(struct files_put *put, uint64_t size, struct error **err)
{
	static const uint8_t zeroes[65536];
	uint64_t at = put->end;
	int r = 0;

	while (r == 0 && at < size) {
		size_t some = size - at < sizeof(zeroes) ? (size_t)(size - at)
							 : sizeof(zeroes);

		r = files_job_obey(put->job, err);
		if (r < 0)
			return r;
		r = io_pwrite(put->fd, zeroes, some, at);
		at += some;
	}
	return r < 0 ? fail(put, -r, err) : 0;
}

int files_regular_write(struct files_put *put, struct error **err)
{
	const struct files_record *record = &put->record;
	int r = 0;

	if (record->offset < put->end ||
	    record->offset + record->length > put->meta.entry.size)
		return error_set(err, ERROR_SOURCE, 0,
				 "data that is not in '%s'", put->name);
	if (put->meta.entry.marks & WIRE_MARK_SWAP)
		r = fill_swap(put, record->offset, err);
	if (r < 0)
		return r;
	r = io_pwrite(put->fd, record->bytes, record->length, record->offset);
	if (r < 0)
		return fail(put, -r, err);
	put->end = record->offset + record->length;
	put->came += record->length;
	(void)atomic_fetch_add(&put->job->stats->bytes, record->length);
	files_job_seen(put->job, record->length, record->length);
	return 0;
}

static int give_up(struct files_put *put, struct error **err)
{
	char path[PATH_MAX];

	(void)err;
	files_notes_add(put->job->notes, FILES_NOTE_UNREADABLE,
			files_put_path(put, path), "%s",
			strerror((int)(put->record.code & 4095)));
	atomic_store(&put->node->failed, true);
	files_ledger_put(put->job->next, path, put->meta.entry.inode, false);
	if (put->fresh)
		(void)unlinkat(put->node->fd, put->name, 0);
	return 0;
}

static int complete(struct files_put *put, struct error **err)
{
	struct files_place place;
	char path[PATH_MAX];
	bool more = false;
	int r = 0;

	if (put->work->delta)
		r = files_delta_next(put, &more, err);
	else if (put->meta.entry.marks & WIRE_MARK_SWAP)
		r = fill_swap(put, put->meta.entry.size, err);
	if (r < 0 || more)
		return r;
	/* What was here may be longer than what came. */
	if ((put->work->delta || put->end != put->meta.entry.size) &&
	    ftruncate(put->fd, (off_t)put->meta.entry.size) < 0) {
		return fail(put, errno, err);
	}
	files_folder_place(put->job, put->node, put->name, &place);
	place.path = files_put_path(put, path);
	place.fd = put->fd;
	if (put->record.marks & WIRE_END_CHANGED) {
		/* A time that the source's file does not have. */
		put->meta.entry.mtime = 0;
		put->meta.entry.mtime_ns = 0;
		files_notes_add(put->job->notes, FILES_NOTE_CHANGED, path, "%s",
				"");
		atomic_store(&put->node->failed, true);
	}
	(void)atomic_fetch_add(&put->job->stats->files, 1);
	return files_meta_apply(&place, &put->meta,
				put->fresh && put->node->fresh, err);
}

int files_regular_received(struct files_put *put, struct error **err)
{
	int r = put->record.code ? give_up(put, err) : complete(put, err);

	if (put->fd >= 0)
		(void)close(put->fd);
	put->fd = -1;
	return r;
}

/* --- comparing it ------------------------------------------------------ */

static int want(struct files_put *put, const struct files_here *here,
		struct error **err)
{
	if (files_delta_fits(put, here))
		return files_delta_begin(put, err);
	return files_put_later(put, &put->want, WIRE_TREE_CONTENT, err);
}

static int check(struct files_put *put, struct error **err)
{
	return files_put_later(put, &put->check, WIRE_TREE_DIGEST, err);
}

static int act(struct files_put *put, const struct files_found *found,
	       struct files_here *here, struct error **err)
{
	int r = 0;

	switch (found->verdict) {
	case FILES_SAME:
		return 0;
	case FILES_CHECK:
		if (found->bits & FILES_TIME && files_delta_fits(put, here))
			return files_delta_begin(put, err);
		return check(put, err);
	case FILES_MEND:
		return files_compare_mend(put, found, err);
	case FILES_REPLACE:
		r = files_shared_clear(put, here, err);
		break;
	case FILES_WANT:
		break;
	}
	return r < 0 ? r : want(put, here, err);
}

int files_regular_compare(struct files_put *put, struct error **err)
{
	enum files_share share = FILES_SHARE_NONE;
	struct files_found found;
	struct files_here here = {0};
	int r;

	if (put->record.code)
		return give_up(put, err);
	/* It would be asked for again and again. */
	if (put->work->length && put->work->flags & WIRE_TREE_DIGEST &&
	    !put->record.digest)
		return error_set(err, ERROR_SOURCE, 0,
				 "no digest of '%s', which was asked for",
				 put->name);
	r = files_shared_look(put, &here, err);
	if (r == 0 && put->meta.entry.links > 1)
		r = files_shared_settle(put, &here, make_empty, &share, err);
	if (r < 0 || share == FILES_SHARE_DONE)
		return r;
	if (share == FILES_SHARE_MADE)
		return want(put, &here, err);
	if (!here.there && put->job->dry) {
		files_shared_differ(put, FILES_MISSING);
		return 0;
	}
	if (!here.there)
		return want(put, &here, err);
	r = files_compare_here(put, &here, &found, err);
	if (r < 0)
		return r;
	if (put->job->dry && found.verdict != FILES_CHECK) {
		if (found.bits)
			files_shared_differ(put, found.bits);
		return 0;
	}
	return act(put, &found, &here, err);
}
