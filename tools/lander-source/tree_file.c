/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one file is: all that stat(2) tells, its flags, its extended attributes,
 * and, when it is asked for, what is in it.  A regular file is asked through
 * one descriptor; what must not be opened (devices, pipes, links) by its name
 * in the current directory.  It follows no link.
 * Sources: ioctl_iflags(2), xattr(7), getdents(2).
 */
#include "lander-source/tree_file.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <linux/fs.h>
#include <string.h>

#include "lander-source/system_tree.h"
#include "lander-source/text.h"
#include "lander-source/tree_content.h"
#include "lander-source/tree_delta.h"
#include "lander-source/tree_out.h"
#include "lander-source/tree_root.h"
#include "lander-source/tree_swap.h"
#include "source/wire_tree.h"

/* The first number of a subvolume's own directory. */
#define BTRFS_FIRST 256U

/* <linux/btrfs.h> knows them by other names. */
#define SUBVOLUME_FLAGS	    _IOR(0x94, 25, uint64_t)
#define SUBVOLUME_READ_ONLY 2U

struct file {
	const char *name; /* NULL: the directory itself */
	int fd;		  /* -1: it was not opened */
	struct stat about;
	char target[WIRE_LINK_MAX + 1];
	long target_length;
	char list[WIRE_VALUE_MAX]; /* names of extended attributes */
	long list_length;
	uint32_t marks;
	uint32_t attributes;
};

static struct file file;

static bool is_same(const struct tree_way *way)
{
	const struct timespec *changed = &file.about.st_ctim;

	return way->flags & WIRE_TREE_CHANGED &&
	       (changed->tv_sec < way->since ||
		(changed->tv_sec == way->since &&
		 (uint64_t)changed->tv_nsec < way->since_ns));
}

static bool problem(int code)
{
	if (code == ENOENT || code == ESTALE)
		return true;
	return tree_out_problem(code, file.name ? file.name : "",
				file.name ? strlen(file.name) : 0);
}

/* --- what it has ------------------------------------------------------- */

static void find_attributes(void)
{
	int flags = 0;

	file.attributes = 0;
	if (file.fd >= 0 && system_ioctl(file.fd, FS_IOC_GETFLAGS, &flags) == 0)
		file.attributes = (uint32_t)flags;
}

static void list_xattrs(void)
{
	file.list_length =
		file.fd >= 0 ? system_attributes(file.fd, file.list,
						 sizeof(file.list))
			     : system_attributes_here(file.name, file.list,
						      sizeof(file.list));
	/* A file system that has none. */
	if (file.list_length == -EOPNOTSUPP || file.list_length == -ENOSYS)
		file.list_length = 0;
}

/* What a file system makes up itself is no part of the file. */
static bool is_kept(const char *name)
{
	/* XFS shows an ACL twice. */
	if (text_begins(name, "trusted.SGI_ACL_"))
		return false;
	return !text_begins(name, "system.") ||
	       text_begins(name, "system.posix_acl_");
}

static bool send_xattr(const char *name, size_t length)
{
	static uint8_t value[WIRE_VALUE_MAX];
	long n = file.fd >= 0
			 ? system_attribute(file.fd, name, value, sizeof(value))
			 : system_attribute_here(file.name, name, value,
						 sizeof(value));
	uint8_t *at;

	if (n == -ENODATA || n == -EOPNOTSUPP)
		return true;
	if (n < 0)
		return problem((int)-n);
	at = tree_out_record(WIRE_XATTR, WIRE_XATTR_BYTES + length + (size_t)n);
	if (!at)
		return false;
	at = wire_put16(at, (uint16_t)length);
	at = wire_put16(at, 0);
	at = wire_put32(at, (uint32_t)n);
	memcpy(at, name, length);
	memcpy(at + length, value, (size_t)n);
	return true;
}

static bool send_xattrs(void)
{
	bool there = true;

	if (file.list_length < 0)
		return problem((int)-file.list_length);
	for (long at = 0; there && at < file.list_length;) {
		const char *name = file.list + at;
		size_t length = strlen(name);

		at += (long)length + 1;
		if (length && is_kept(name))
			there = send_xattr(name, length);
	}
	return there;
}

/* --- how it is told ---------------------------------------------------- */

static bool send_short(uint32_t mode)
{
	size_t length = strlen(file.name);
	uint8_t *at = tree_out_record(WIRE_SHORT, WIRE_SHORT_BYTES + length);

	if (!at)
		return false;
	at = wire_put32(wire_put32(at, mode), file.marks);
	at = wire_put64(at, file.about.st_ino);
	memcpy(at, file.name, length);
	return true;
}

static bool send_entry(void)
{
	const struct stat *about = &file.about;
	size_t name = file.name ? strlen(file.name) : 0;
	size_t target = (size_t)file.target_length;
	struct wire_entry entry = {
		.mode = about->st_mode,
		.uid = about->st_uid,
		.gid = about->st_gid,
		.flags = file.attributes,
		.size = (uint64_t)about->st_size,
		.inode = about->st_ino,
		.links = (uint32_t)about->st_nlink,
		.major = about->st_rdev >> 8 & 0xfff,
		.minor = (about->st_rdev & 0xff) |
			 (about->st_rdev >> 12 & 0xfff00),
		.marks = file.marks,
		.mtime = about->st_mtim.tv_sec,
		.mtime_ns = (uint32_t)about->st_mtim.tv_nsec,
		.ctime = about->st_ctim.tv_sec,
		.ctime_ns = (uint32_t)about->st_ctim.tv_nsec,
		.name = (uint16_t)name,
		.target = (uint16_t)target,
	};
	uint8_t *at =
		tree_out_record(WIRE_ENTRY, WIRE_ENTRY_BYTES + name + target);

	if (!at)
		return false;
	at = wire_put_entry(at, &entry);
	memcpy(at, file.name, name);
	memcpy(at + name, file.target, target);
	return true;
}

/* All of it, but what is in it. */
static bool send_whole(uint32_t also)
{
	list_xattrs();
	file.marks |= also;
	if (file.list_length)
		file.marks |= WIRE_MARK_MORE;
	return send_entry() && send_xattrs();
}

static bool send_end(void)
{
	uint8_t *at;

	if (!(file.marks & WIRE_MARK_MORE))
		return true;
	at = tree_out_record(WIRE_END, WIRE_END_BYTES);
	if (!at)
		return false;
	memset(at, 0, WIRE_END_BYTES);
	(void)wire_put64(at + 8, (uint64_t)file.about.st_size);
	return true;
}

/* --- of each type ------------------------------------------------------ */

/* What it was named as may be something else by now. */
static bool tell_regular(const struct tree_way *way)
{
	/* What has several names is sent once, when its name is asked for. */
	bool content = way->flags & (WIRE_TREE_CONTENT | WIRE_TREE_DIGEST) &&
		       (way->named || file.about.st_nlink == 1);
	struct tree_content what = {.digest = way->flags & WIRE_TREE_DIGEST};

	find_attributes();
	what.head = tree_swap_head(&file.about, file.fd);
	if (what.head)
		file.marks |= WIRE_MARK_SWAP;
	if (!content)
		return send_whole(0) && send_end();
	what.fd = file.fd;
	what.about = &file.about;
	what.until = (uint64_t)file.about.st_size;
	if (!send_whole(WIRE_MARK_MORE))
		return false;
	return way->delta ? tree_delta_send(&what, way->delta)
			  : tree_content_send(&what);
}

static bool open_regular(const struct tree_way *way)
{
	long fd = system_open_at(way->directory, file.name,
				 O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
					 O_CLOEXEC | O_NOATIME | O_NOCTTY);
	long r = fd;

	file.fd = (int)fd;
	if (fd >= 0)
		r = system_fstat((int)fd, &file.about);
	if (r < 0)
		return problem((int)-r);
	/* The next pass sees what has taken its place. */
	if (!S_ISREG(file.about.st_mode))
		return true;
	return tell_regular(way);
}

static bool tell_directory(const struct tree_way *way)
{
	if (file.about.st_dev != way->root->device)
		file.marks |=
			way->root->btrfs && file.about.st_ino == BTRFS_FIRST
				? WIRE_MARK_SUBVOLUME
				: WIRE_MARK_FOREIGN;
	return send_short(file.about.st_mode);
}

/* One that was copied already: whether it changed at all is asked first. */
static bool tell_other(const struct tree_way *way)
{
	if (S_ISDIR(file.about.st_mode))
		return tell_directory(way);
	if (is_same(way)) {
		file.marks |= WIRE_MARK_SAME;
		return way->quiet || send_short(file.about.st_mode);
	}
	if (S_ISREG(file.about.st_mode))
		return open_regular(way);
	if (S_ISLNK(file.about.st_mode)) {
		long n = system_readlink_at(way->directory, file.name,
					    file.target, sizeof(file.target));

		if (n < 0)
			return problem((int)-n);
		if (n > (long)WIRE_LINK_MAX)
			return problem(ENAMETOOLONG);
		file.target_length = n;
	}
	return send_whole(0) && send_end();
}

static void begin(const char *name)
{
	file.name = name;
	file.fd = -1;
	file.target_length = 0;
	file.list_length = 0;
	file.marks = 0;
	file.attributes = 0;
}

bool tree_file_tell(const struct tree_way *way, const char *name,
		    unsigned char type)
{
	bool there;
	long r;

	begin(name);
	if (type == DT_REG && !(way->flags & WIRE_TREE_CHANGED)) {
		there = open_regular(way);
	} else {
		r = system_stat_at(way->directory, name, &file.about);
		there = r < 0 ? problem((int)-r) : tell_other(way);
	}
	if (file.fd >= 0)
		(void)system_close(file.fd);
	return there;
}

/* What it is nobody wants to know, and nobody has looked. */
bool tree_file_left(const char *name)
{
	begin(name);
	file.marks = WIRE_MARK_LEFT;
	file.about.st_ino = 0;
	return send_short(S_IFREG);
}

bool tree_file_self(const struct tree_way *way)
{
	uint64_t subvolume = 0;
	long r;

	begin(NULL);
	r = system_fstat(way->directory, &file.about);
	if (r < 0)
		return problem((int)-r);
	file.fd = way->directory;
	find_attributes();
	if (is_same(way))
		file.marks |= WIRE_MARK_SAME;
	if (way->root->btrfs && file.about.st_ino == BTRFS_FIRST &&
	    system_ioctl(file.fd, SUBVOLUME_FLAGS, &subvolume) == 0 &&
	    subvolume & SUBVOLUME_READ_ONLY)
		file.marks |= WIRE_MARK_READ_ONLY;
	return send_whole(0) && send_end();
}
