/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which names are one file.  Any thread may come upon any name of it first; a
 * lock is held until the file is there, and its content comes later.  The path
 * of the first name is one of our own, walked without following a link.
 * Source: link(2), openat2(2).
 */
#include "files/files_shared.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "files/files_folder.h"
#include "files/files_put.h"
#include "files/files_tree.h"

int files_shared_look(struct files_put *put, struct files_here *ret,
		      struct error **err)
{
	char path[PATH_MAX];
	int here = -1;

	ret->there = false;
	if (put->opened)
		here = files_names_take(&put->names, put->name);
	/* A directory that was made just now, or whose names are known. */
	if (here < 0 && put->opened && !put->node->settled)
		return 0;
	if (fstatat(put->node->fd, put->name, &ret->about,
		    AT_SYMLINK_NOFOLLOW) == 0)
		ret->there = true;
	else if (errno != ENOENT)
		return error_set(err, ERROR_TARGET, errno, "%s: '%s'",
				 put->job->tree->name,
				 files_put_path(put, path));
	return 0;
}

int files_shared_clear(struct files_put *put, struct files_here *here,
		       struct error **err)
{
	if (!here->there)
		return 0;
	here->there = false;
	return files_folder_remove(put->job, put->node, put->name, err);
}

void files_shared_differ(const struct files_put *put, unsigned int found)
{
	char path[PATH_MAX];

	files_notes_differ(put->job->notes, files_put_path(put, path), found);
}

/* The directory that a path of ours is in; *ret_name: its last part. */
static int open_parent(const struct files_put *put, const char *path,
		       const char **ret_name)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	const char *last = strrchr(path, '/');
	char parent[PATH_MAX] = ".";

	*ret_name = last ? last + 1 : path;
	if (last) {
		memcpy(parent, path, (size_t)(last - path));
		parent[last - path] = '\0';
	}
	return (int)syscall(SYS_openat2, put->job->tree->fd, parent, &how,
			    sizeof(how));
}

/* Of an immutable file no link is made. */
static int link_to(const struct files_put *put, int directory, const char *name)
{
	int fd;
	int r = linkat(directory, name, put->node->fd, put->name, 0);

	if (r == 0 || errno != EPERM || !S_ISREG(put->meta.entry.mode))
		return r;
	fd = openat(directory, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (files_meta_unlock(fd)) {
		struct files_place place;

		r = linkat(directory, name, put->node->fd, put->name, 0);
		files_folder_place(put->job, put->node, put->name, &place);
		place.fd = fd;
		(void)files_meta_apply(&place, &put->meta, false, NULL);
	}
	(void)close(fd);
	return r;
}

static int make_link(struct files_put *put, struct files_here *here,
		     const char *path, struct error **err)
{
	char own[PATH_MAX];
	const char *name;
	int directory;
	int r = files_shared_clear(put, here, err);

	if (r < 0)
		return r;
	directory = open_parent(put, path, &name);
	r = directory < 0 ? -1 : link_to(put, directory, name);
	if (r < 0)
		r = error_set(err, ERROR_TARGET, errno,
			      "%s: '%s', another name of '%s'",
			      put->job->tree->name, files_put_path(put, own),
			      path);
	if (directory >= 0)
		(void)close(directory);
	atomic_store(&put->node->touched, true);
	(void)atomic_fetch_add(&put->job->stats->made, 1);
	return r;
}

static int settle_known(struct files_put *put, struct files_here *here,
			const struct files_link *link, enum files_share *ret,
			struct error **err)
{
	char path[PATH_MAX];

	if (!strcmp(files_put_path(put, path), link->path)) {
		*ret = FILES_SHARE_NONE;
		return 0;
	}
	*ret = FILES_SHARE_DONE;
	if (here->there && here->about.st_ino == link->here)
		return 0;
	if (put->job->dry) {
		files_shared_differ(put,
				    here->there ? FILES_LINKS : FILES_MISSING);
		return 0;
	}
	return make_link(put, here, link->path, err);
}

static int settle_first(struct files_put *put, struct files_here *here,
			int (*make)(struct files_put *put, struct error **err),
			enum files_share *ret, struct error **err)
{
	struct files_links *links = &put->job->links;
	char path[PATH_MAX];
	struct files_link link = {.inode = put->meta.entry.inode, .path = path};
	bool usable = here->there &&
		      (here->about.st_mode & S_IFMT) ==
			      (put->meta.entry.mode & S_IFMT) &&
		      !files_links_here(links, here->about.st_ino);
	int r = 0;

	*ret = FILES_SHARE_NONE;
	if (!usable && put->job->dry) {
		*ret = FILES_SHARE_DONE;
		files_shared_differ(put,
				    here->there ? FILES_LINKS : FILES_MISSING);
		return 0;
	}
	if (!usable) {
		*ret = FILES_SHARE_MADE;
		r = files_shared_clear(put, here, err);
		if (r == 0)
			r = make(put, err);
		if (r == 0 && fstatat(put->node->fd, put->name, &here->about,
				      AT_SYMLINK_NOFOLLOW) < 0)
			r = error_set(err, ERROR_TARGET, errno, "%s: '%s'",
				      put->job->tree->name,
				      files_put_path(put, path));
		here->there = r == 0;
	}
	(void)files_put_path(put, path);
	link.here = here->about.st_ino;
	return r < 0 ? r : files_links_add(links, &link, err);
}

int files_shared_settle(struct files_put *put, struct files_here *here,
			int (*make)(struct files_put *put, struct error **err),
			enum files_share *ret, struct error **err)
{
	struct files_links *links = &put->job->links;
	const struct files_link *link;
	int r;

	(void)pthread_mutex_lock(&links->lock);
	link = files_links_find(links, put->meta.entry.inode);
	r = link ? settle_known(put, here, link, ret, err)
		 : settle_first(put, here, make, ret, err);
	(void)pthread_mutex_unlock(&links->lock);
	return r;
}
