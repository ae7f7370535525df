/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The root of a file system that is filled.  It is opened through a mount that
 * nobody else has, so that other file systems mounted in it do not get what is
 * meant for the directories below them.  While a job is under way a small file
 * says up to when all that was written is on the disk: what is younger may be
 * half there after a power cut, whatever its size and time say.
 * Sources: open_tree(2), mount_setattr(2), syncfs(2), rename(2).
 */
#include "files/files_tree.h"

#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/parse.h"

#define NOTE	 ".lander-files"
#define NOTE_NEW ".lander-files.new"

#define FLAGS_ANY                                                        \
	(FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL | \
	 FS_SYNC_FL)

static int fail(const struct files_tree *tree, const char *what,
		struct error **err)
{
	return error_set(err, ERROR_TARGET, errno, "%s: %s", tree->name, what);
}

bool files_tree_is_note(const char *name)
{
	return !strcmp(name, NOTE) || !strcmp(name, NOTE_NEW);
}

bool files_tree_ours(const char *name)
{
	return files_tree_is_note(name) || !strcmp(name, "lost+found");
}

static void learn_kind(struct files_tree *tree)
{
	struct statfs about;

	tree->flags = FLAGS_ANY;
	if (fstatfs(tree->fd, &about) < 0)
		return;
	switch (about.f_type) {
	case MSDOS_SUPER_MAGIC:
	case EXFAT_SUPER_MAGIC:
		tree->plain = true;
		tree->flags = 0;
		break;
	case BTRFS_SUPER_MAGIC:
		tree->btrfs = true;
		tree->flags |= FS_NOCOW_FL | FS_COMPR_FL | FS_NOCOMP_FL |
			       FS_DIRSYNC_FL;
		break;
	case EXT4_SUPER_MAGIC:
		tree->flags |= FS_DIRSYNC_FL | FS_TOPDIR_FL;
		break;
	default:
		break;
	}
}

static int look(struct files_tree *tree, struct error **err)
{
	int fd = openat(tree->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *one;

	if (!list) {
		int r = fail(tree, "its directory", err);

		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	tree->blank = true;
	tree->bare = true;
	while ((one = readdir(list))) {
		if (!strcmp(one->d_name, ".") || !strcmp(one->d_name, ".."))
			continue;
		tree->bare = false;
		if (!files_tree_ours(one->d_name))
			tree->blank = false;
	}
	(void)closedir(list);
	return 0;
}

/* A clock that was set back makes later files look older than the note. */
static bool is_past(const struct timespec *moment)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return moment->tv_sec < now.tv_sec ||
	       (moment->tv_sec == now.tv_sec && moment->tv_nsec < now.tv_nsec);
}

/* A file may become a device or a link between a look at it and its opening,
 * when the source says two things of one name at once. */
static int open_clone(struct files_tree *tree, const char *directory,
		      struct error **err)
{
	struct mount_attr attributes = {
		.attr_set = MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID |
			    MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW};

	tree->mount = (int)syscall(SYS_open_tree, AT_FDCWD, directory,
				   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree->mount < 0) {
		tree->fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return tree->fd < 0 ? fail(tree, directory, err) : 0;
	}
	if (mount_setattr(tree->mount, "", AT_EMPTY_PATH, &attributes,
			  sizeof(attributes)) < 0)
		return fail(tree, "a mount without devices and links", err);
	tree->fd = openat(tree->mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return tree->fd < 0 ? fail(tree, directory, err) : 0;
}

int files_tree_open(const char *directory, const char *name,
		    struct files_tree *ret, struct error **err)
{
	struct files_tree tree = {.mount = -1, .fd = -1};
	struct stat note;
	int r;

	tree.name = strdup(name);
	if (!tree.name)
		return error_memory(err);
	r = open_clone(&tree, directory, err);
	if (r == 0)
		r = look(&tree, err);
	if (r < 0) {
		files_tree_close(&tree);
		return r;
	}
	learn_kind(&tree);
	if (!tree.plain &&
	    fstatat(tree.fd, NOTE, &note, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(note.st_mode) && is_past(&note.st_mtim))
		tree.settled = note.st_mtim;
	*ret = tree;
	return 0;
}

void files_tree_close(struct files_tree *tree)
{
	if (tree->fd >= 0)
		(void)close(tree->fd);
	if (tree->mount >= 0)
		(void)close(tree->mount);
	free(tree->name);
	*tree = (struct files_tree){.mount = -1, .fd = -1};
}

/* Its own time is what it says: the kernel's, as that of every other file. */
static int write_note(struct files_tree *tree, struct error **err)
{
	static const char text[] =
		"lander is copying files here; it removes this at the end\n";
	int fd;
	int r = 0;

	(void)unlinkat(tree->fd, NOTE_NEW, 0);
	fd = openat(tree->fd, NOTE_NEW,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == ENOSPC ? files_tree_full(tree, NOTE_NEW, err)
				       : fail(tree, NOTE_NEW, err);
	if (write(fd, text, sizeof(text) - 1) != (ssize_t)sizeof(text) - 1)
		r = errno == ENOSPC ? files_tree_full(tree, NOTE_NEW, err)
				    : fail(tree, NOTE_NEW, err);
	(void)close(fd);
	return r;
}

int files_tree_settle(struct files_tree *tree, struct error **err)
{
	int r = write_note(tree, err);

	if (r < 0)
		return r;
	if (syncfs(tree->fd) < 0)
		return fail(tree, "what was written", err);
	if (renameat(tree->fd, NOTE_NEW, tree->fd, NOTE) < 0)
		return fail(tree, NOTE, err);
	return 0;
}

int files_tree_finish(struct files_tree *tree, struct error **err)
{
	const struct timespec time[2] = {{.tv_nsec = UTIME_OMIT},
					 {.tv_nsec = UTIME_OMIT}};
	struct timespec back[2] = {time[0], time[1]};
	struct stat about;

	if (fstat(tree->fd, &about) == 0)
		back[1] = about.st_mtim;
	(void)unlinkat(tree->fd, NOTE_NEW, 0);
	if (unlinkat(tree->fd, NOTE, 0) < 0 && errno != ENOENT)
		return fail(tree, NOTE, err);
	(void)futimens(tree->fd, back);
	return syncfs(tree->fd) < 0 ? fail(tree, "what was written", err) : 0;
}

int files_tree_full(const struct files_tree *tree, const char *path,
		    struct error **err)
{
	struct statfs about = {0};
	char size[32];

	(void)fstatfs(tree->fd, &about);
	(void)parse_format_size((uint64_t)about.f_blocks *
					(uint64_t)about.f_bsize,
				size, sizeof(size));
	if (about.f_files && !about.f_ffree)
		return error_set(err, ERROR_TARGET, ENOSPC,
				 "%s: no inode is left of %llu, at '%s'; a "
				 "larger file system, or exclude= what need "
				 "not be there",
				 tree->name, (unsigned long long)about.f_files,
				 path);
	return error_set(err, ERROR_TARGET, ENOSPC,
			 "%s: its %s (%llu bytes) are full at '%s'; a larger "
			 "one, or exclude= what need not be there",
			 tree->name, size,
			 (unsigned long long)about.f_blocks *
				 (unsigned long long)about.f_bsize,
			 path);
}
