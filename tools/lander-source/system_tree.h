/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's calls beyond system.h and system_control.h that reading trees
 * of files takes.  They return what the kernel returns.
 */
#ifndef LANDER_SOURCE_SYSTEM_TREE_H
#define LANDER_SOURCE_SYSTEM_TREE_H

#include "lander-source/system_trace.h"

static inline long system_open_at(int directory, const char *name, int flags)
{
	return SYSTEM(SYS_openat, directory, (long)name, flags);
}

/** system_stat_at(directory, name, ret): of a link itself. */
static inline long system_stat_at(int directory, const char *name,
				  struct stat *ret)
{
	return SYSTEM(SYS_newfstatat, directory, (long)name, (long)ret,
		      AT_SYMLINK_NOFOLLOW);
}

static inline long system_readlink_at(int directory, const char *name,
				      char *buf, size_t room)
{
	return SYSTEM(SYS_readlinkat, directory, (long)name, (long)buf,
		      (long)room);
}

static inline long system_statfs_of(int fd, struct statfs *ret)
{
	return SYSTEM(SYS_fstatfs, fd, (long)ret);
}

static inline long system_go_to(int directory)
{
	return SYSTEM(SYS_fchdir, directory);
}

static inline long system_go_to_path(const char *path)
{
	return SYSTEM(SYS_chdir, (long)path);
}

/** system_bind(path, place, flags): mount(2) without a kind. */
static inline long system_bind(const char *path, const char *place,
			       unsigned long flags)
{
	return SYSTEM(SYS_mount, (long)path, (long)place, 0, (long)flags, 0);
}

static inline long system_attributes(int fd, char *list, size_t room)
{
	return SYSTEM(SYS_flistxattr, fd, (long)list, (long)room);
}

static inline long system_attribute(int fd, const char *name, void *value,
				    size_t room)
{
	return SYSTEM(SYS_fgetxattr, fd, (long)name, (long)value, (long)room);
}

/** … of what must not be opened, in the directory that is the current one. */
static inline long system_attributes_here(const char *file, char *list,
					  size_t room)
{
	return SYSTEM(SYS_llistxattr, (long)file, (long)list, (long)room);
}

static inline long system_attribute_here(const char *file, const char *name,
					 void *value, size_t room)
{
	return SYSTEM(SYS_lgetxattr, (long)file, (long)name, (long)value,
		      (long)room);
}

#endif
