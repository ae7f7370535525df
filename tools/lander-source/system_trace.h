/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's calls beyond system.h and system_control.h that reading its
 * trace takes.  They return what the kernel returns.
 */
#ifndef LANDER_SOURCE_SYSTEM_TRACE_H
#define LANDER_SOURCE_SYSTEM_TRACE_H

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include <sched.h>

#include "lander-source/system_control.h"

static inline long system_mkdir(const char *path, int mode)
{
	return SYSTEM(SYS_mkdirat, AT_FDCWD, (long)path, mode);
}

/** system_fork_sharing(flags): as fork(2), with these of clone(2), none of
 * which shares memory. */
static inline long system_fork_sharing(unsigned long flags)
{
	return SYSTEM(SYS_clone, (long)flags | SIGCHLD, 0, 0, 0, 0);
}

static inline long system_unshare(int flags)
{
	return SYSTEM(SYS_unshare, flags);
}

static inline long system_mount(const char *type, const char *place,
				unsigned long flags)
{
	return SYSTEM(SYS_mount, (long)"none", (long)place, (long)type,
		      (long)flags, 0);
}

static inline long system_unmount(const char *place, int flags)
{
	return SYSTEM(SYS_umount2, (long)place, flags);
}

static inline long system_uname(struct utsname *ret)
{
	return SYSTEM(SYS_uname, (long)ret);
}

/** system_allow_descriptors(count): so many open files for this process. */
static inline long system_allow_descriptors(uint64_t count)
{
	const struct rlimit limit = {count, count};

	return SYSTEM(SYS_setrlimit, RLIMIT_NOFILE, (long)&limit);
}

#endif
