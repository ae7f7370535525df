/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tree that the kernel makes of an initramfs, kept as a table of paths.
 * Nothing is written to any disk, so no link in it can lead anywhere.
 */
#include "guest/overlay.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "guest/cpio.h"

#define BUCKETS	  ((size_t)1 << 16)
#define PATHS_MAX 500000
#define LINKS_MAX 40 /* path_resolution(7) */

static uint32_t *bucket_of(const struct overlay *overlay, const char *path)
{
	return &overlay->bucket[XXH3_64bits(path, strlen(path)) % BUCKETS];
}

const struct overlay_entry *overlay_at(const struct overlay *overlay,
				       const char *path)
{
	uint32_t i = overlay->bucket ? *bucket_of(overlay, path) : 0;

	while (i && strcmp(overlay->entry[i - 1].path, path) != 0)
		i = overlay->entry[i - 1].older;
	return i ? &overlay->entry[i - 1] : NULL;
}

/* One part more behind done, ".." one less. */
static bool add_part(char *done, const char *part, size_t length)
{
	size_t have = strlen(done);
	char *slash;

	if (length == 0 || (length == 1 && *part == '.'))
		return true;
	if (length == 2 && !memcmp(part, "..", 2)) {
		slash = strrchr(done, '/');
		*(slash ? slash : done) = '\0';
		return true;
	}
	if (have + 1 + length >= PATH_MAX)
		return false;
	(void)snprintf(done + have, PATH_MAX - have, "%s%.*s", have ? "/" : "",
		       (int)length, part);
	return true;
}

/* A link that done ends with: what it names stands before what is left. */
static int follow(const struct overlay_entry *link, char *done, char *left)
{
	size_t rest = strlen(left);
	char *slash = strrchr(done, '/');

	if (link->size + 1 + rest >= PATH_MAX)
		return -ENAMETOOLONG;
	memmove(left + link->size + 1, left, rest + 1);
	memcpy(left, link->data, link->size);
	left[link->size] = '/';
	*(*left == '/' || !slash ? done : slash) = '\0';
	return 0;
}

static int walk(const struct overlay *overlay, char *done, char *left)
{
	int links = 0;
	int r = 0;

	while (r == 0 && *left) {
		size_t length = strcspn(left, "/");
		size_t next = length + (left[length] == '/');
		const struct overlay_entry *entry;

		if (!add_part(done, left, length))
			return -ENAMETOOLONG;
		memmove(left, left + next, strlen(left + next) + 1);
		entry = overlay_at(overlay, done);
		if (!entry || !S_ISLNK(entry->mode))
			continue;
		r = ++links > LINKS_MAX ? -ELOOP : follow(entry, done, left);
	}
	return r;
}

int overlay_resolve(const struct overlay *overlay, const char *path,
		    char **ret_path)
{
	char *done = calloc(1, PATH_MAX);
	char *left = malloc(PATH_MAX);
	int r = -ENOMEM;

	if (done && left) {
		r = -ENAMETOOLONG;
		if (strlen(path) < PATH_MAX) {
			(void)snprintf(left, PATH_MAX, "%s", path);
			r = walk(overlay, done, left);
		}
	}
	if (r == 0) {
		*ret_path = strdup(done);
		r = *ret_path ? 0 : -ENOMEM;
	}
	free(done);
	free(left);
	return r;
}

const struct overlay_entry *overlay_find(const struct overlay *overlay,
					 const char *path)
{
	const struct overlay_entry *entry = NULL;
	char *where = NULL;

	if (overlay_resolve(overlay, path, &where) == 0)
		entry = overlay_at(overlay, where);
	free(where);
	return entry;
}

/* The member's own path: links among its directories are followed. */
static int find_path(const struct overlay *overlay, const char *name,
		     char **ret_path)
{
	size_t length = strlen(name);
	char *copy;
	char *slash;
	char *upper = NULL;
	int r = 0;

	while (length && name[length - 1] == '/')
		length--;
	copy = strndup(name, length);
	if (!copy)
		return -ENOMEM;
	slash = strrchr(copy, '/');
	if (slash) {
		*slash = '\0';
		r = overlay_resolve(overlay, copy, &upper);
	}
	*ret_path = calloc(1, PATH_MAX);
	if (r == 0 && !*ret_path)
		r = -ENOMEM;
	if (r == 0) {
		const char *last = slash ? slash + 1 : copy;

		(void)snprintf(*ret_path, PATH_MAX, "%s", upper ? upper : "");
		if (!add_part(*ret_path, last, strlen(last)))
			r = -ENAMETOOLONG;
	}
	if (r == 0) {
		char *fitting = realloc(*ret_path, strlen(*ret_path) + 1);

		*ret_path = fitting ? fitting : *ret_path;
	} else {
		free(*ret_path);
	}
	free(copy);
	free(upper);
	return r;
}

static int make_room(struct overlay *overlay)
{
	struct overlay_entry *grown;
	size_t room = overlay->room ? overlay->room * 2 : 1024;

	if (!overlay->bucket)
		overlay->bucket = calloc(BUCKETS, sizeof(*overlay->bucket));
	if (!overlay->bucket)
		return -ENOMEM;
	if (overlay->count < overlay->room)
		return 0;
	if (overlay->count >= PATHS_MAX)
		return -E2BIG;
	grown = reallocarray(overlay->entry, room, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	overlay->entry = grown;
	overlay->room = room;
	return 0;
}

int overlay_add(struct overlay *overlay, const struct cpio_entry *member)
{
	struct overlay_entry *entry;
	char *path = NULL;
	int r = make_room(overlay);

	if (r == 0)
		r = find_path(overlay, member->name, &path);
	if (r != 0)
		return r;
	entry = (struct overlay_entry *)overlay_at(overlay, path);
	if (!*path) {
		free(path); /* the root directory itself */
		return 0;
	}
	if (entry) {
		free(path);
		/* A further name of a file whose data came with another. */
		if (!member->size && S_ISREG(member->mode) &&
		    member->nlink > 1 && S_ISREG(entry->mode))
			return 0;
	} else {
		uint32_t *bucket = bucket_of(overlay, path);

		entry = &overlay->entry[overlay->count++];
		entry->path = path;
		entry->older = *bucket;
		*bucket = (uint32_t)overlay->count;
	}
	entry->mode = member->mode;
	entry->data = member->data;
	entry->size =
		S_ISLNK(member->mode)
			? strnlen((const char *)member->data, member->size)
			: member->size;
	return 0;
}

void overlay_free(struct overlay *overlay)
{
	for (size_t i = 0; i < overlay->count; i++)
		free(overlay->entry[i].path);
	free(overlay->entry);
	free(overlay->bucket);
	*overlay = (struct overlay){0};
}
