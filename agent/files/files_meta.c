/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Owner, mode, extended attributes (with ACLs, capabilities and labels), times
 * and flags of one file, set and compared.  The order of setting matters: a
 * change of owner takes capabilities and set-user-ID away, and an immutable
 * file takes no time.
 * Sources: chown(2), xattr(7), utimensat(2), ioctl_iflags(2).
 */
#include "files/files_meta.h"

#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "files/files_notes.h"
#include "files/files_record.h"
#include "files/files_tree.h"

/* Before each name, with its zero byte, and each value: their lengths. */
#define HEAD_BYTES 8U

/* ext4 keeps one block, btrfs and XFS some of 64 KiB. */
#define XATTRS_MAX ((size_t)8 << 20)
#define LIST_MAX   65536

#define LOCKS (FS_IMMUTABLE_FL | FS_APPEND_FL)

void files_meta_begin(struct files_meta *meta, const struct wire_entry *entry)
{
	meta->entry = *entry;
	meta->length = 0;
}

void files_meta_done(struct files_meta *meta)
{
	free(meta->xattrs);
	*meta = (struct files_meta){0};
}

int files_meta_add(struct files_meta *meta, const struct files_record *record,
		   struct error **err)
{
	size_t name = strlen(record->name) + 1;
	size_t more = HEAD_BYTES + name + record->length;
	uint8_t *at;

	if (meta->length + more > XATTRS_MAX)
		return error_set(err, ERROR_SOURCE, E2BIG,
				 "extended attributes of one file");
	if (meta->length + more > meta->room) {
		size_t room = (meta->length + more) * 2;

		at = realloc(meta->xattrs, room);
		if (!at)
			return error_memory(err);
		meta->xattrs = at;
		meta->room = room;
	}
	at = wire_put32(meta->xattrs + meta->length, (uint32_t)name);
	at = wire_put32(at, (uint32_t)record->length);
	memcpy(at, record->name, name);
	if (record->length)
		memcpy(at + name, record->bytes, record->length);
	meta->length += more;
	return 0;
}

struct xattr {
	const char *name;
	const uint8_t *value;
	size_t length;
};

/* The next one behind *at; false: there is none. */
static bool next_xattr(const struct files_meta *meta, size_t *at,
		       struct xattr *ret)
{
	const uint8_t *head = meta->xattrs + *at;
	size_t name;

	if (*at >= meta->length)
		return false;
	name = wire_get32(head);
	ret->length = wire_get32(head + 4);
	ret->name = (const char *)head + HEAD_BYTES;
	ret->value = head + HEAD_BYTES + name;
	*at += HEAD_BYTES + name + ret->length;
	return true;
}

/* What is bound to one kind of file system, or made up by it. */
static bool is_kept(const struct files_tree *tree, const char *name)
{
	if (!strncmp(name, "btrfs.", 6))
		return tree->btrfs;
	/* XFS shows an ACL twice. */
	if (!strncmp(name, "trusted.SGI_ACL_", 16))
		return false;
	return strncmp(name, "system.", 7) != 0 ||
	       !strncmp(name, "system.posix_acl_", 17);
}

/* --- one attribute, by descriptor or by name --------------------------- */

static const char *path_of(const struct files_place *place, char buf[320])
{
	(void)snprintf(buf, 320, "/proc/self/fd/%d/%s", place->directory,
		       place->name);
	return buf;
}

static int set_xattr(const struct files_place *place, const struct xattr *one)
{
	char path[320];

	return place->fd >= 0 ? fsetxattr(place->fd, one->name, one->value,
					  one->length, 0)
			      : lsetxattr(path_of(place, path), one->name,
					  one->value, one->length, 0);
}

static int remove_xattr(const struct files_place *place, const char *name)
{
	char path[320];

	return place->fd >= 0 ? fremovexattr(place->fd, name)
			      : lremovexattr(path_of(place, path), name);
}

static ssize_t list_xattrs(const struct files_place *place, char *list)
{
	char path[320];
	ssize_t n = place->fd >= 0
			    ? flistxattr(place->fd, list, LIST_MAX)
			    : llistxattr(path_of(place, path), list, LIST_MAX);

	return n < 0 ? 0 : n;
}

static bool has_xattr(const struct files_place *place, const struct xattr *one)
{
	static _Thread_local uint8_t value[WIRE_VALUE_MAX];
	char path[320];
	ssize_t n = place->fd >= 0 ? fgetxattr(place->fd, one->name, value,
					       sizeof(value))
				   : lgetxattr(path_of(place, path), one->name,
					       value, sizeof(value));

	return n == (ssize_t)one->length &&
	       (!n || !memcmp(value, one->value, one->length));
}

static bool is_wanted(const struct files_meta *meta, const char *name)
{
	struct xattr one;

	for (size_t at = 0; next_xattr(meta, &at, &one);)
		if (!strcmp(one.name, name))
			return true;
	return false;
}

static void drop_surplus(const struct files_place *place,
			 const struct files_meta *meta)
{
	static _Thread_local char list[LIST_MAX];
	ssize_t length = list_xattrs(place, list);

	for (const char *name = list; name < list + length;
	     name += strlen(name) + 1)
		if (is_kept(place->tree, name) && !is_wanted(meta, name))
			(void)remove_xattr(place, name);
}

/* As long as that is so every pass looks at it again. */
static void note_lost(const struct files_place *place, const char *what,
		      const char *name)
{
	files_notes_add(place->notes, FILES_NOTE_LOST, place->path, "%s%s: %s",
			what, name, strerror(errno));
	atomic_store(place->failed, true);
}

static void apply_xattrs(const struct files_place *place,
			 const struct files_meta *meta, bool fresh)
{
	struct xattr one;

	if (!fresh)
		drop_surplus(place, meta);
	for (size_t at = 0; next_xattr(meta, &at, &one);) {
		if (!is_kept(place->tree, one.name) ||
		    (!fresh && has_xattr(place, &one)))
			continue;
		if (set_xattr(place, &one) < 0)
			note_lost(place, "its attribute ", one.name);
	}
}

/* --- flags ------------------------------------------------------------- */

static uint32_t read_flags(int fd)
{
	int flags = 0;

	return fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0
		       ? (uint32_t)flags
		       : 0;
}

bool files_meta_unlock(int fd)
{
	uint32_t flags = read_flags(fd);
	int without = (int)(flags & ~(uint32_t)LOCKS);

	return flags & LOCKS && ioctl(fd, FS_IOC_SETFLAGS, &without) == 0;
}

static void apply_flags(const struct files_place *place,
			const struct files_meta *meta)
{
	uint32_t kept = place->tree->flags;
	uint32_t want = meta->entry.flags & kept;
	uint32_t have;
	char mask[16];
	int flags;

	if (place->fd < 0 || !kept)
		return;
	have = read_flags(place->fd);
	if ((have & kept) == want)
		return;
	flags = (int)((have & ~kept) | want);
	(void)snprintf(mask, sizeof(mask), "%#x", want);
	if (ioctl(place->fd, FS_IOC_SETFLAGS, &flags) < 0)
		note_lost(place, "its flags ", mask);
}

/* --- all of it --------------------------------------------------------- */

static int fail(const struct files_place *place, const char *what,
		struct error **err)
{
	if (errno == ENOSPC)
		return files_tree_full(place->tree, place->path, err);
	return error_set(err, ERROR_TARGET, errno, "%s: %s of '%s'",
			 place->tree->name, what, place->path);
}

static int apply_owner(const struct files_place *place,
		       const struct wire_entry *entry, bool fresh,
		       struct error **err)
{
	/* What is made here is root's. */
	if (!fresh || entry->uid || entry->gid) {
		int r = place->fd >= 0
				? fchown(place->fd, entry->uid, entry->gid)
				: fchownat(place->directory, place->name,
					   entry->uid, entry->gid,
					   AT_SYMLINK_NOFOLLOW);

		if (r < 0)
			return fail(place, "the owner", err);
	}
	if (S_ISLNK(entry->mode))
		return 0;
	if ((place->fd >= 0 ? fchmod(place->fd, entry->mode & 07777)
			    : fchmodat(place->directory, place->name,
				       entry->mode & 07777, 0)) < 0)
		return fail(place, "the mode", err);
	return 0;
}

int files_meta_apply(const struct files_place *place,
		     const struct files_meta *meta, bool fresh,
		     struct error **err)
{
	const struct wire_entry *entry = &meta->entry;
	const struct timespec time[2] = {
		{.tv_nsec = UTIME_OMIT},
		{.tv_sec = entry->mtime, .tv_nsec = entry->mtime_ns}};
	int r;

	if (!place->tree->plain) {
		r = apply_owner(place, entry, fresh, err);
		if (r < 0)
			return r;
		apply_xattrs(place, meta, fresh);
	}
	r = place->fd >= 0 ? futimens(place->fd, time)
			   : utimensat(place->directory, place->name, time,
				       AT_SYMLINK_NOFOLLOW);
	if (r < 0 && !place->tree->plain)
		return fail(place, "the time", err);
	apply_flags(place, meta);
	return 0;
}

static bool xattrs_differ(const struct files_place *place,
			  const struct files_meta *meta)
{
	static _Thread_local char list[LIST_MAX];
	ssize_t length = list_xattrs(place, list);
	struct xattr one;

	for (const char *name = list; name < list + length;
	     name += strlen(name) + 1)
		if (is_kept(place->tree, name) && !is_wanted(meta, name))
			return true;
	for (size_t at = 0; next_xattr(meta, &at, &one);)
		if (is_kept(place->tree, one.name) && !has_xattr(place, &one))
			return true;
	return false;
}

unsigned int files_meta_compare(const struct files_place *place,
				const struct files_meta *meta,
				const struct stat *about)
{
	const struct wire_entry *entry = &meta->entry;
	bool device = S_ISCHR(entry->mode) || S_ISBLK(entry->mode);
	uint32_t kept = place->tree->flags;
	unsigned int found = 0;

	if ((about->st_mode & S_IFMT) != (entry->mode & S_IFMT) ||
	    (device && about->st_rdev != makedev(entry->major, entry->minor)))
		return FILES_TYPE;
	if (S_ISREG(entry->mode) && (uint64_t)about->st_size != entry->size)
		found |= FILES_SIZE;
	if (place->tree->plain)
		return found;
	if (about->st_mtim.tv_sec != entry->mtime ||
	    about->st_mtim.tv_nsec != (long)entry->mtime_ns)
		found |= FILES_TIME;
	if (about->st_uid != entry->uid || about->st_gid != entry->gid)
		found |= FILES_OWNER;
	if (!S_ISLNK(entry->mode) &&
	    (about->st_mode & 07777) != (entry->mode & 07777))
		found |= FILES_MODE;
	if (xattrs_differ(place, meta))
		found |= FILES_XATTRS;
	if (place->fd >= 0 &&
	    ((read_flags(place->fd) ^ entry->flags) & kept) != 0)
		found |= FILES_FLAGS;
	return found;
}
