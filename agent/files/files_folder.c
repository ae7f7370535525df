/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Directories of the copy: opened part by part and never through a link, made,
 * emptied, finished.  Everything is done relative to a descriptor of the
 * directory that it is in, with a name that is one part of a path: no name of
 * the source's can lead anywhere else.
 * Sources: openat(2), unlinkat(2), ioctl_iflags(2), btrfs-subvolume(8).
 */
#include "files/files_folder.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/btrfs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "files/files_job.h"
#include "files/files_ledger.h"
#include "files/files_meta.h"
#include "files/files_names.h"
#include "files/files_record.h"
#include "files/files_tree.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define DEFAULT	  "system.posix_acl_default"

static int fail(const struct files_job *job, const struct files_node *node,
		const char *name, struct error **err)
{
	int code = errno;
	char path[PATH_MAX];

	(void)files_node_path(node, name, path, sizeof(path));
	if (code == ENOSPC)
		return files_tree_full(job->tree, path, err);
	return error_set(err, ERROR_TARGET, code, "%s: '%s'", job->tree->name,
			 path);
}

void files_folder_place(const struct files_job *job, struct files_node *node,
			const char *name, struct files_place *ret)
{
	*ret = (struct files_place){.tree = job->tree,
				    .notes = job->notes,
				    .path = "",
				    .directory = node->fd,
				    .name = name,
				    .fd = -1,
				    .failed = &node->failed};
}

/* --- removing ---------------------------------------------------------- */

static int remove_here(int directory, const char *name);

static int remove_inside(int directory, const char *name)
{
	int fd = openat(directory, name, DIRECTORY);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *one;
	int r = 0;

	if (!list) {
		r = -errno;
		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	(void)files_meta_unlock(fd);
	while (r == 0 && (one = readdir(list)))
		if (strcmp(one->d_name, ".") != 0 &&
		    strcmp(one->d_name, "..") != 0)
			r = remove_here(fd, one->d_name);
	(void)closedir(list);
	return r;
}

/* An immutable one stays until it is none. */
static void unlock(int directory, const char *name)
{
	int fd = openat(directory, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)files_meta_unlock(fd);
	(void)close(fd);
}

static int remove_here(int directory, const char *name)
{
	struct stat about;
	int flag;

	if (fstatat(directory, name, &about, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	flag = S_ISDIR(about.st_mode) ? AT_REMOVEDIR : 0;
	if (flag) {
		int r = remove_inside(directory, name);

		if (r < 0)
			return r;
	}
	if (unlinkat(directory, name, flag) == 0)
		return 0;
	if (errno == EPERM && (flag || S_ISREG(about.st_mode))) {
		unlock(directory, name);
		if (unlinkat(directory, name, flag) == 0)
			return 0;
	}
	return -errno;
}

int files_folder_remove(struct files_job *job, struct files_node *node,
			const char *name, struct error **err)
{
	int r = remove_here(node->fd, name);

	atomic_store(&node->touched, true);
	if (r < 0) {
		errno = -r;
		return fail(job, node, name, err);
	}
	(void)atomic_fetch_add(&job->stats->removed, 1);
	return 0;
}

/* --- opening and finishing --------------------------------------------- */

static void set_read_only(int fd, bool on)
{
	uint64_t flags = 0;

	if (ioctl(fd, BTRFS_IOC_SUBVOL_GETFLAGS, &flags) < 0 ||
	    on == ((flags & BTRFS_SUBVOL_RDONLY) != 0))
		return;
	flags ^= BTRFS_SUBVOL_RDONLY;
	(void)ioctl(fd, BTRFS_IOC_SUBVOL_SETFLAGS, &flags);
}

/* Default ACLs and the like would be passed on to all that is made in it. */
static void take_off(const struct files_job *job, struct files_node *node)
{
	bool had = files_meta_unlock(node->fd);

	if (job->tree->btrfs)
		set_read_only(node->fd, false);
	if (!job->tree->plain && fremovexattr(node->fd, DEFAULT) == 0)
		had = true;
	if (had)
		atomic_store(&node->touched, true);
}

static void note_difference(const struct files_job *job,
			    struct files_node *node)
{
	char path[PATH_MAX];
	struct files_place place;
	struct stat about;
	unsigned int found;

	files_folder_place(job, node, "", &place);
	place.fd = node->fd;
	if (fstat(node->fd, &about) < 0)
		return;
	found = files_meta_compare(&place, node->meta, &about);
	if (!found)
		return;
	(void)files_node_path(node, "", path, sizeof(path));
	files_notes_differ(job->notes, path, found);
}

int files_folder_open(struct files_job *job, struct files_node *node,
		      struct files_names *names, struct error **err)
{
	node->fd = node->parent
			   ? openat(node->parent->fd, node->name, DIRECTORY)
			   : openat(job->tree->fd, ".", DIRECTORY);
	if (node->fd < 0)
		return fail(job, node, "", err);
	node->settled = node->known == FILES_WHOLE &&
			node->meta->entry.marks & WIRE_MARK_SAME;
	node->read_only = node->meta->entry.marks & WIRE_MARK_READ_ONLY;
	if (!node->parent) {
		job->root_time.tv_sec = node->meta->entry.mtime;
		job->root_time.tv_nsec = node->meta->entry.mtime_ns;
	}
	if (job->dry)
		note_difference(job, node);
	else if (!node->fresh && !node->settled)
		take_off(job, node);
	return node->fresh || node->settled
		       ? 0
		       : files_names_read(names, node->fd, err);
}

void files_folder_finish(struct files_job *job, struct files_node *node)
{
	struct files_place place;
	struct error *error = NULL;
	char path[PATH_MAX];

	if (node->fd < 0 || !node->meta || job->dry)
		return;
	if (files_node_path(node, "", path, sizeof(path)) >= sizeof(path))
		return;
	files_folder_place(job, node, "", &place);
	place.fd = node->fd;
	place.path = path;
	if ((!node->settled || atomic_load(&node->touched)) &&
	    files_meta_apply(&place, node->meta, node->fresh, &error) < 0) {
		files_notes_add(job->notes, FILES_NOTE_LOST, path, "%s",
				error->msg);
		error_free(error);
		return;
	}
	if (node->read_only && job->tree->btrfs)
		set_read_only(node->fd, true);
	files_ledger_put(job->next, path, node->inode,
			 !atomic_load(&node->failed));
}

/* --- what is in it ----------------------------------------------------- */

static bool is_directory(const struct files_node *node, const char *name,
			 int here)
{
	struct stat about;

	if (here >= 0 && here != DT_UNKNOWN)
		return here == DT_DIR;
	return fstatat(node->fd, name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(about.st_mode);
}

static int make(struct files_job *job, struct files_node *node,
		const struct files_record *record, struct error **err)
{
	struct btrfs_ioctl_vol_args volume = {0};

	atomic_store(&node->touched, true);
	(void)atomic_fetch_add(&job->stats->made, 1);
	(void)snprintf(volume.name, sizeof(volume.name), "%s", record->name);
	if (record->entry.marks & WIRE_MARK_SUBVOLUME && job->tree->btrfs &&
	    ioctl(node->fd, BTRFS_IOC_SUBVOL_CREATE, &volume) == 0)
		return 0;
	return mkdirat(node->fd, record->name, 0755) < 0
		       ? fail(job, node, record->name, err)
		       : 0;
}

/* There, as a directory; 1: it is not, and must not be made. */
static int provide(struct files_job *job, struct files_node *node,
		   const struct files_record *record, int here, bool *ret_made,
		   struct error **err)
{
	bool there = !node->fresh && (node->settled || here >= 0);
	char path[PATH_MAX];
	int r = 0;

	if (there && is_directory(node, record->name, here))
		return 0;
	if (job->dry) {
		(void)files_node_path(node, record->name, path, sizeof(path));
		files_notes_differ(job->notes, path,
				   here < 0 ? FILES_MISSING : FILES_TYPE);
		return 1;
	}
	if (there)
		r = files_folder_remove(job, node, record->name, err);
	*ret_made = true;
	return r < 0 ? r : make(job, node, record, err);
}

int files_folder_child(struct files_job *job, struct files_node *node,
		       const struct files_record *record, int here,
		       struct error **err)
{
	struct files_node *child;
	char path[PATH_MAX];
	bool made = false;
	int r = provide(job, node, record, here, &made, err);

	if (r)
		return r < 0 ? r : 0;
	/* What is mounted there comes by itself, or not at all. */
	if (record->entry.marks & WIRE_MARK_FOREIGN)
		return 0;
	if (files_node_path(node, record->name, path, sizeof(path)) >=
	    sizeof(path) - WIRE_NAME_MAX - 2) {
		files_notes_add(job->notes, FILES_NOTE_UNREADABLE, record->name,
				"its path is too long");
		atomic_store(&node->failed, true);
		return 0;
	}
	child = files_node_new(node, record->name);
	if (!child)
		return error_memory(err);
	child->inode = record->entry.inode;
	child->fresh = made;
	if (!made && node->known != FILES_STRANGE)
		child->known = files_ledger_find(job->last, path, child->inode);
	r = files_job_list(job, child, err);
	files_node_drop(child, files_job_finish, job);
	return r;
}
