/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's calls that lander-source uses, all there since Linux 2.6.39, and
 * nothing between: there may be no library on the source that fits.  They
 * return what the kernel returns, negative errno and all.
 */
#ifndef LANDER_SOURCE_SYSTEM_H
#define LANDER_SOURCE_SYSTEM_H

#include <sys/syscall.h>

#include <linux/aio_abi.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __x86_64__
#error "lander-source knows the system calls of x86-64 only"
#endif

struct iovec;
struct pollfd;
struct stat;
struct utsname;

static inline long system_call(long number, const long argument[6])
{
	register long r10 __asm__("r10") = argument[3];
	register long r8 __asm__("r8") = argument[4];
	register long r9 __asm__("r9") = argument[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(argument[0]), "S"(argument[1]),
			   "d"(argument[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#define SYSTEM(number, ...) system_call(number, (const long[6]){__VA_ARGS__})

static inline long system_read(int fd, void *buf, size_t length)
{
	return SYSTEM(SYS_read, fd, (long)buf, (long)length);
}

static inline long system_pread(int fd, void *buf, size_t length, uint64_t at)
{
	return SYSTEM(SYS_pread64, fd, (long)buf, (long)length, (long)at);
}

static inline long system_write(int fd, const void *buf, size_t length)
{
	return SYSTEM(SYS_write, fd, (long)buf, (long)length);
}

static inline long system_writev(int fd, const struct iovec *part, int count)
{
	return SYSTEM(SYS_writev, fd, (long)part, count);
}

static inline long system_open(const char *path, int flags)
{
	return SYSTEM(SYS_open, (long)path, flags);
}

static inline long system_close(int fd)
{
	return SYSTEM(SYS_close, fd);
}

static inline long system_stat(const char *path, struct stat *ret)
{
	return SYSTEM(SYS_stat, (long)path, (long)ret);
}

static inline long system_fstat(int fd, struct stat *ret)
{
	return SYSTEM(SYS_fstat, fd, (long)ret);
}

static inline long system_ioctl(int fd, unsigned long request, void *argument)
{
	return SYSTEM(SYS_ioctl, fd, (long)request, (long)argument);
}

static inline long system_seek(int fd, uint64_t offset, int whence)
{
	return SYSTEM(SYS_lseek, fd, (long)offset, whence);
}

static inline long system_readlink(const char *path, char *buf, size_t room)
{
	return SYSTEM(SYS_readlink, (long)path, (long)buf, (long)room);
}

static inline long system_list(int fd, void *buf, size_t room)
{
	return SYSTEM(SYS_getdents64, fd, (long)buf, (long)room);
}

static inline long system_unlink(const char *path)
{
	return SYSTEM(SYS_unlink, (long)path);
}

static inline long system_rmdir(const char *path)
{
	return SYSTEM(SYS_rmdir, (long)path);
}

static inline void system_sync(void)
{
	(void)SYSTEM(SYS_sync);
}

static inline long system_poll(struct pollfd *fd, unsigned int count,
			       int timeout_ms)
{
	return SYSTEM(SYS_poll, (long)fd, count, timeout_ms);
}

static inline long system_eventfd(int flags)
{
	return SYSTEM(SYS_eventfd2, 0, flags);
}

static inline long system_aio_setup(unsigned int count, aio_context_t *ret)
{
	return SYSTEM(SYS_io_setup, count, (long)ret);
}

static inline long system_aio_submit(aio_context_t context, struct iocb *one)
{
	struct iocb *list[1] = {one};

	return SYSTEM(SYS_io_submit, (long)context, 1, (long)list);
}

static inline long system_aio_events(aio_context_t context, long count,
				     struct io_event *ret)
{
	static const long now[2] = {0, 0};

	return SYSTEM(SYS_io_getevents, (long)context, 0, count, (long)ret,
		      (long)now);
}

static inline long system_mkdir(const char *path, int mode)
{
	return SYSTEM(SYS_mkdir, (long)path, mode);
}

/* Memory that a forked process shares, all zero; page by page when used. */
static inline void *system_share(size_t length)
{
	long at = SYSTEM(SYS_mmap, 0, (long)length, 1 | 2 /* read, write */,
			 1 | 0x20 /* shared, anonymous */, -1, 0);

	return at < 0 && at > -4096 ? (void *)0 : (void *)at;
}

/* As fork(2), with more of clone(2)'s flags. */
static inline long system_fork(unsigned long flags)
{
	return SYSTEM(SYS_clone, (long)flags | 17 /* SIGCHLD */, 0, 0, 0, 0);
}

static inline long system_wait(long pid, int *ret_status, int options)
{
	return SYSTEM(SYS_wait4, pid, (long)ret_status, options, 0);
}

static inline long system_pid(void)
{
	return SYSTEM(SYS_getpid);
}

static inline long system_session(void)
{
	return SYSTEM(SYS_setsid);
}

/* From now on no signal but KILL and STOP reaches this process. */
static inline void system_ignore_signals(void)
{
	static const uint64_t all = ~0ULL;

	(void)SYSTEM(SYS_rt_sigprocmask, 0 /* block */, (long)&all, 0,
		     sizeof(all));
}

static inline long system_uname(struct utsname *ret)
{
	return SYSTEM(SYS_uname, (long)ret);
}

/* How many descriptors this process may have. */
static inline long system_allow_descriptors(uint64_t count)
{
	const uint64_t limit[2] = {count, count};

	return SYSTEM(SYS_setrlimit, 7 /* RLIMIT_NOFILE */, (long)limit);
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

/* Both ends of a line of packets between two processes. */
static inline long system_pair(int ret[2])
{
	return SYSTEM(SYS_socketpair, 1 /* AF_UNIX */,
		      5 | 02000000 /* packets, close on exec */, 0, (long)ret);
}

/* Without a signal when the other end is gone. */
static inline long system_send(int fd, const void *buf, size_t length)
{
	return SYSTEM(SYS_sendto, fd, (long)buf, (long)length,
		      0x4000 /* MSG_NOSIGNAL */, 0, 0);
}

static inline void system_exit(int status)
{
	for (;;)
		(void)SYSTEM(SYS_exit_group, status);
}

#endif
