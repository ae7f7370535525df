/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Some files that belong together, read first and written then.  It overwrites
 * no original before a copy of it is on the disk.
 */
#include "guest/fallback_set.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "guest/edit.h"
#include "guest/tree.h"

#define FILE_MAX ((size_t)256 << 20)
#define RESERVE	 ((uint64_t)256 << 10) /* directories, clusters */

static int read_whole(const char *root, const char *path, char **ret_data,
		      size_t *ret_length)
{
	struct stat st;
	char *data = NULL;
	int fd = tree_open(root, path);
	int r;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		r = errno > 0 ? -errno : -EIO;
	else if (!S_ISREG(st.st_mode))
		r = -EISDIR;
	else if ((uint64_t)st.st_size > FILE_MAX)
		r = -EFBIG;
	else if (!(data = malloc((size_t)st.st_size + 1)))
		r = -ENOMEM;
	else
		r = io_pread(fd, data, (size_t)st.st_size, 0);
	(void)close(fd);
	if (r < 0) {
		free(data);
		return r;
	}
	*ret_data = data;
	*ret_length = (size_t)st.st_size;
	return 0;
}

static int add(struct fallback_set *set, struct fallback_file file)
{
	if (!file.path || !file.data || set->count == FALLBACK_FILES) {
		free(file.path);
		free(file.data);
		return file.path && file.data ? -E2BIG : -ENOMEM;
	}
	set->file[set->count++] = file;
	return 0;
}

int fallback_set_copy(struct fallback_set *set, const char *root,
		      const char *from, char *to)
{
	struct fallback_file file = {.path = to};
	int r = to ? read_whole(root, from, &file.data, &file.length) : -ENOMEM;

	if (r < 0) {
		free(to);
		return r;
	}
	return add(set, file);
}

int fallback_set_text(struct fallback_set *set, char *text, char *to)
{
	return add(set,
		   (struct fallback_file){to, text, text ? strlen(text) : 0});
}

/* What is there under that name now, when it is another file. */
static int read_old(const char *root, const struct fallback_file *file,
		    struct fallback_file *ret_old, bool *ret_same)
{
	struct fallback_file old = {0};
	int r = read_whole(root, file->path, &old.data, &old.length);

	*ret_same = r == 0 && old.length == file->length &&
		    memcmp(old.data, file->data, old.length) == 0;
	if (r == 0 && !*ret_same && old.length &&
	    asprintf(&old.path, "%s" EDIT_KEPT, file->path) < 0) {
		old.path = NULL;
		r = -ENOMEM;
	}
	if (r == 0 && old.path && tree_has(root, old.path)) {
		free(old.path);
		old.path = NULL;
	}
	if (r < 0 || !old.path) {
		free(old.data);
		old.data = NULL;
		old.length = 0;
	}
	*ret_old = old;
	/* A directory in the way is told when it is written over. */
	return r == -ENOMEM || r == -EIO ? r : 0;
}

static int check_room(const char *root, const char *place, uint64_t need,
		      struct error **err)
{
	struct statvfs fs;
	uint64_t room;
	int fd = tree_open(root, place);
	int r = fd < 0 ? fd : fstatvfs(fd, &fs) < 0 ? -errno : 0;

	if (fd >= 0)
		(void)close(fd);
	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r, "'%s'", place);
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room >= need + RESERVE)
		return 0;
	return error_set(err, ERROR_CONVERT, ENOSPC,
			 "%" PRIu64 " KiB are needed in %s and %" PRIu64
			 " KiB are free",
			 (need + RESERVE) >> 10, place, room >> 10);
}

static int write_one(const char *root, const struct fallback_file *file,
		     const struct fallback_file *old, struct error **err)
{
	int r = 0;

	if (old->path)
		r = edit_file(root, old->path,
			      &(struct edit_content){old->data, old->length,
						     0644, false},
			      err);
	if (r >= 0)
		r = edit_file(root, file->path,
			      &(struct edit_content){file->data, file->length,
						     0644, false},
			      err);
	return r;
}

int fallback_set_write(const struct fallback_set *set, const char *root,
		       const char *place, struct error **err)
{
	struct fallback_file old[FALLBACK_FILES] = {{0}};
	bool same[FALLBACK_FILES] = {false};
	uint64_t need = 0;
	int written = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < set->count; i++) {
		r = read_old(root, &set->file[i], &old[i], &same[i]);
		if (r < 0)
			r = error_set(err, ERROR_CONVERT, -r, "'%s'",
				      set->file[i].path);
		if (!same[i])
			need += set->file[i].length + old[i].length;
	}
	if (r == 0 && need)
		r = check_room(root, place, need, err);
	for (size_t i = 0; r >= 0 && i < set->count; i++) {
		if (same[i])
			continue;
		r = write_one(root, &set->file[i], &old[i], err);
		written += r == 1;
	}
	for (size_t i = 0; i < set->count; i++) {
		free(old[i].path);
		free(old[i].data);
	}
	return r < 0 ? r : written;
}

void fallback_set_done(struct fallback_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		free(set->file[i].path);
		free(set->file[i].data);
	}
	*set = (struct fallback_set){0};
}
