/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's calls that lander-source uses, all there since Linux 2.6.39, and
 * nothing between: there may be no library on the source that fits.  They
 * return what the kernel returns, negative errno and all.  Only calls that
 * x86-64 and aarch64 both have: paths go through the *at calls, poll(2) through
 * ppoll(2).
 */
#ifndef LANDER_SOURCE_SYSTEM_H
#define LANDER_SOURCE_SYSTEM_H

#include <sys/syscall.h>

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct iovec;
struct pollfd;
struct stat;
struct statfs;
struct timespec;

#if defined(__x86_64__)
#define SYSTEM_MACHINE "x86_64" /* as uname -m says it */

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
#elif defined(__aarch64__)
#define SYSTEM_MACHINE "aarch64"

static inline long system_call(long number, const long argument[6])
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = argument[0];
	register long x1 __asm__("x1") = argument[1];
	register long x2 __asm__("x2") = argument[2];
	register long x3 __asm__("x3") = argument[3];
	register long x4 __asm__("x4") = argument[4];
	register long x5 __asm__("x5") = argument[5];

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}
#else
#error "lander-source knows the system calls of x86-64 and aarch64 only"
#endif

/* syncfs(2) is the last one in the tables of Linux 2.6.39, of both machines: a
 * newer one does not get through the compiler. */
#define SYSTEM(number, ...)                                        \
	(__extension__({                                           \
		_Static_assert((number) <= SYS_syncfs,             \
			       "no system call of Linux 2.6.39");  \
		system_call(number, (const long[6]){__VA_ARGS__}); \
	}))

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

/* SIGALRM, which ends us, in so many seconds; 0: not any more. */
static inline void system_limit(long seconds)
{
	const long value[4] = {0, 0, seconds, 0}; /* struct itimerval */

	(void)SYSTEM(SYS_setitimer, 0 /* ITIMER_REAL */, (long)value, 0);
}

static inline long system_writev(int fd, const struct iovec *part, int count)
{
	return SYSTEM(SYS_writev, fd, (long)part, count);
}

static inline long system_open(const char *path, int flags)
{
	return SYSTEM(SYS_openat, AT_FDCWD, (long)path, flags);
}

static inline long system_close(int fd)
{
	return SYSTEM(SYS_close, fd);
}

static inline long system_stat(const char *path, struct stat *ret)
{
	return SYSTEM(SYS_newfstatat, AT_FDCWD, (long)path, (long)ret, 0);
}

static inline long system_fstat(int fd, struct stat *ret)
{
	return SYSTEM(SYS_fstat, fd, (long)ret);
}

static inline long system_statfs(const char *path, struct statfs *ret)
{
	return SYSTEM(SYS_statfs, (long)path, (long)ret);
}

static inline long system_user(void)
{
	return SYSTEM(SYS_geteuid);
}

static inline long system_clock(int clock, struct timespec *ret)
{
	return SYSTEM(SYS_clock_gettime, clock, (long)ret);
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
	return SYSTEM(SYS_readlinkat, AT_FDCWD, (long)path, (long)buf,
		      (long)room);
}

static inline long system_list(int fd, void *buf, size_t room)
{
	return SYSTEM(SYS_getdents64, fd, (long)buf, (long)room);
}

static inline long system_unlink(const char *path)
{
	return SYSTEM(SYS_unlinkat, AT_FDCWD, (long)path, 0);
}

static inline long system_rmdir(const char *path)
{
	return SYSTEM(SYS_unlinkat, AT_FDCWD, (long)path, AT_REMOVEDIR);
}

static inline void system_sync(void)
{
	(void)SYSTEM(SYS_sync);
}

static inline long system_poll(struct pollfd *fd, unsigned int count,
			       int timeout_ms)
{
	struct timespec left = {.tv_sec = timeout_ms / 1000,
				.tv_nsec = timeout_ms % 1000 * 1000000L};

	return SYSTEM(SYS_ppoll, (long)fd, count,
		      timeout_ms < 0 ? 0 : (long)&left);
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

/** system_advise(at, length, advice): as madvise(2). */
static inline long system_advise(void *at, size_t length, int advice)
{
	return SYSTEM(SYS_madvise, (long)at, (long)length, advice);
}

static inline void system_exit(int status)
{
	for (;;)
		(void)SYSTEM(SYS_exit_group, status);
}

#endif
