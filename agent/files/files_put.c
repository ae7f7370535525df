/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of a LIST or FETCH, one after the other, to whoever makes files of
 * them.  What the source has in a directory and what is here is compared name
 * by name; what only is here goes.
 */
#include "files/files_put.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "files/files_folder.h"
#include "files/files_regular.h"
#include "files/files_special.h"
#include "files/files_tree.h"

static int refuse(const char *what, struct error **err)
{
	return error_set(err, ERROR_SOURCE, 0,
			 "what came is no list of files: %s", what);
}

void files_put_begin(struct files_put *put, struct files_job *job,
		     struct files_work *work)
{
	put->job = job;
	put->work = work;
	put->node = work->node;
	put->want.length = 0;
	put->check.length = 0;
	put->opened = false;
	put->broken = false;
	put->missing = 0;
	for (size_t i = 0; i < work->length; i++)
		put->missing += !work->names[i];
	put->state = FILES_IDLE;
	put->fd = -1;
}

void files_put_done(struct files_put *put)
{
	if (put->fd >= 0)
		(void)close(put->fd);
	put->fd = -1;
	files_names_done(&put->names);
	files_meta_done(&put->meta);
}

const char *files_put_path(const struct files_put *put, char *buf)
{
	(void)files_node_path(put->node, put->name, buf, PATH_MAX);
	return buf;
}

static int flush(struct files_put *put, struct files_batch *batch,
		 uint32_t flags, struct error **err)
{
	int r = 0;

	if (batch->length)
		r = files_job_fetch(put->job, put->node, batch, flags, err);
	batch->length = 0;
	return r;
}

int files_put_later(struct files_put *put, struct files_batch *batch,
		    uint32_t flags, struct error **err)
{
	size_t length = strlen(put->name) + 1;
	/* A request holds the path, too. */
	size_t room = WIRE_REQUEST_MAX - WIRE_FETCH_BYTES - 1 -
		      put->node->path_length;
	int r = 0;

	if (room > sizeof(batch->names))
		room = sizeof(batch->names);
	if (batch->length + length > room)
		r = flush(put, batch, flags, err);
	if (r < 0)
		return r;
	memcpy(batch->names + batch->length, put->name, length);
	batch->length += length;
	return 0;
}

/* --- records ----------------------------------------------------------- */

static bool is_out(const struct files_put *put, const char *path)
{
	return files_glob_out(&put->job->globs, path);
}

static bool is_left_out(struct files_put *put)
{
	char path[PATH_MAX];

	if (!put->node->parent && files_tree_is_note(put->name))
		return true;
	if (!is_out(put, files_put_path(put, path)))
		return false;
	files_notes_add(put->job->notes, FILES_NOTE_LEFT_OUT, path, "%s", "");
	return true;
}

/* All of it has come. */
static int finish_entry(struct files_put *put, struct error **err)
{
	enum files_state state = put->state;

	put->state = FILES_IDLE;
	switch (state) {
	case FILES_SELF:
		return files_folder_open(put->job, put->node, &put->names, err);
	case FILES_SPECIAL:
		return files_special_put(put, err);
	case FILES_COMPARE:
		return files_regular_compare(put, err);
	case FILES_RECEIVE:
		return files_regular_received(put, err);
	default:
		return 0;
	}
}

static int take_self(struct files_put *put, struct error **err)
{
	const struct wire_entry *entry = &put->record.entry;

	if (put->opened || put->work->length)
		return refuse("a directory that nobody asked for", err);
	put->opened = true;
	put->state = FILES_SELF;
	return files_node_told(put->node, entry, err);
}

static int take_child(struct files_put *put, struct error **err)
{
	const struct wire_entry *entry = &put->record.entry;

	if (!put->opened && !put->work->length)
		return refuse("a file before its directory", err);
	if (S_ISDIR(entry->mode))
		return refuse("a directory as a file", err);
	if (!put->work->length)
		(void)atomic_fetch_add(&put->job->stats->entries, 1);
	files_meta_begin(&put->meta, entry);
	memcpy(put->name, put->record.name, sizeof(put->name));
	memcpy(put->target, put->record.target, (size_t)entry->target + 1);
	if (is_left_out(put)) {
		put->state = FILES_SKIP;
	} else if (put->job->prune) {
		(void)files_names_take(&put->names, put->name);
		put->state = FILES_SKIP;
	} else if (!S_ISREG(entry->mode)) {
		put->state = FILES_SPECIAL;
	} else {
		return files_regular_begin(put, err);
	}
	return 0;
}

static int take_entry(struct files_put *put, struct error **err)
{
	int r;

	if (put->state != FILES_IDLE)
		return refuse("a file inside a file", err);
	put->record.digest = NULL;
	put->record.code = 0;
	put->record.marks = 0;
	put->record.offset = put->record.entry.size;
	r = put->record.entry.name ? take_child(put, err) : take_self(put, err);
	if (r < 0 || put->record.entry.marks & WIRE_MARK_MORE)
		return r;
	return finish_entry(put, err);
}

/* A directory, or something that did not change. */
static int take_short(struct files_put *put, struct error **err)
{
	int here;

	if (put->state != FILES_IDLE)
		return refuse("a file inside a file", err);
	/* A file became a directory meanwhile: its own listing tells. */
	if (!put->opened && put->work->length) {
		atomic_store(&put->node->failed, true);
		return 0;
	}
	if (!put->opened)
		return refuse("a file before its directory", err);
	memcpy(put->name, put->record.name, sizeof(put->name));
	(void)atomic_fetch_add(&put->job->stats->entries, 1);
	if (is_left_out(put))
		return 0;
	if (put->record.entry.marks & WIRE_MARK_LEFT)
		return refuse("a file as left out that is not", err);
	here = files_names_take(&put->names, put->name);
	if (S_ISDIR(put->record.entry.mode))
		return files_folder_child(put->job, put->node, &put->record,
					  here, err);
	if (!(put->work->flags & WIRE_TREE_CHANGED))
		return refuse("a file that did not change since never", err);
	return here >= 0 || put->node->settled
		       ? 0
		       : files_put_later(put, &put->want, WIRE_TREE_CONTENT,
					 err);
}

static int take_xattr(struct files_put *put, struct error **err)
{
	switch (put->state) {
	case FILES_IDLE:
		return refuse("an attribute of nothing", err);
	case FILES_SKIP:
		return 0;
	case FILES_SELF:
		return files_meta_add(put->node->meta, &put->record, err);
	default:
		return files_meta_add(&put->meta, &put->record, err);
	}
}

/* Of one file, or, without a name, of the rest of the directory. */
static int take_problem(struct files_put *put)
{
	char path[PATH_MAX];

	(void)files_node_path(put->node, put->record.name, path, sizeof(path));
	if (*put->record.name && is_out(put, path))
		return 0;
	/* What is here of it stays. */
	(void)files_names_take(&put->names, put->record.name);
	atomic_store(&put->node->failed, true);
	if (!*put->record.name)
		put->broken = true;
	files_notes_add(put->job->notes, FILES_NOTE_UNREADABLE, path, "%s",
			strerror((int)(put->record.code & 4095)));
	return 0;
}

static int take(struct files_put *put, struct error **err)
{
	switch (put->record.kind) {
	case WIRE_ENTRY:
		return take_entry(put, err);
	case WIRE_SHORT:
		return take_short(put, err);
	case WIRE_XATTR:
		return take_xattr(put, err);
	case WIRE_DATA:
		if (put->state == FILES_RECEIVE)
			return files_regular_write(put, err);
		return put->state == FILES_SKIP
			       ? 0
			       : refuse("data of nothing", err);
	case WIRE_END:
		if (put->state == FILES_IDLE)
			return refuse("an end of nothing", err);
		return finish_entry(put, err);
	default:
		return take_problem(put);
	}
}

/* One of those that were asked for. */
static void count(struct files_put *put)
{
	if (put->missing && *put->record.name &&
	    (put->record.kind == WIRE_ENTRY || put->record.kind == WIRE_SHORT ||
	     put->record.kind == WIRE_PROBLEM))
		put->missing--;
}

int files_put_frame(struct files_put *put, const uint8_t *payload,
		    size_t length, struct error **err)
{
	struct files_frame frame = {payload, length};
	int r;

	do {
		r = files_record_take(&frame, &put->record, err);
		if (r > 0) {
			int done = take(put, err);

			count(put);
			r = done < 0 ? done : r;
		}
	} while (r > 0);
	return r;
}

static int remove_surplus(struct files_put *put, struct error **err)
{
	const char *name;
	size_t at = 0;
	int r = 0;

	while (r == 0 && (name = files_names_next(&put->names, &at))) {
		char path[PATH_MAX];

		(void)files_node_path(put->node, name, path, sizeof(path));
		if ((!put->node->parent && files_tree_ours(name)) ||
		    files_glob_place(&put->job->globs, path))
			continue;
		if (put->job->dry && !put->job->prune)
			files_notes_differ(put->job->notes, path,
					   FILES_SURPLUS);
		else
			r = files_folder_remove(put->job, put->node, name, err);
	}
	return r;
}

/* A comparison that did not take place is none that was equal. */
static void note_gone(struct files_put *put)
{
	char path[PATH_MAX];

	if (!put->job->dry || !put->missing)
		return;
	(void)files_node_path(put->node, "", path, sizeof(path));
	for (unsigned int i = 0; i < put->missing; i++)
		files_notes_add(put->job->notes, FILES_NOTE_DIFFERENT, path,
				"a file in it was gone when it was to be "
				"compared");
}

int files_put_end(struct files_put *put, struct error **err)
{
	int r = 0;

	if (put->state != FILES_IDLE ||
	    (!put->opened && !put->work->length && !put->broken))
		return refuse("an end in the middle", err);
	if (!put->work->length && put->opened && !put->broken)
		r = remove_surplus(put, err);
	files_names_done(&put->names);
	note_gone(put);
	if (r == 0)
		r = flush(put, &put->want, WIRE_TREE_CONTENT, err);
	if (r == 0)
		r = flush(put, &put->check, WIRE_TREE_DIGEST, err);
	return r;
}

void files_put_failed(struct files_put *put, int code, const char *words)
{
	bool gone = code == ENOENT || code == ENOTDIR || code == ELOOP;
	char path[PATH_MAX];

	atomic_store(&put->node->failed, true);
	files_names_done(&put->names);
	/* The next pass sees that, and a comparison has no next one. */
	if (gone && !put->job->dry)
		return;
	(void)files_node_path(put->node, "", path, sizeof(path));
	files_notes_add(put->job->notes,
			gone ? FILES_NOTE_DIFFERENT : FILES_NOTE_UNREADABLE,
			path, "%s", words);
}
