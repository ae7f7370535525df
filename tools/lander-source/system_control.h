/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's calls beyond system.h: processes, memory and what changes the
 * machine.  They return what the kernel returns.
 */
#ifndef LANDER_SOURCE_SYSTEM_CONTROL_H
#define LANDER_SOURCE_SYSTEM_CONTROL_H

#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <signal.h>
#include <time.h>

#include "lander-source/system.h"

struct shmid_ds;

/** A set of signals as the kernel has it. */
#define SYSTEM_SIGNAL(number) (1ULL << ((number) - 1))

static inline long system_fork(void)
{
	return SYSTEM(SYS_clone, SIGCHLD);
}

static inline long system_exec(const char *path, const char *const *argv,
			       const char *const *environment)
{
	return SYSTEM(SYS_execve, (long)path, (long)argv, (long)environment);
}

/** system_wait(pid, ret_status, options): as waitpid(2). */
static inline long system_wait(long pid, int *ret_status, int options)
{
	return SYSTEM(SYS_wait4, pid, (long)ret_status, options, 0);
}

static inline long system_kill(long pid, int number)
{
	return SYSTEM(SYS_kill, pid, number);
}

/** system_die_with_parent(number): this signal when the parent ends. */
static inline long system_die_with_parent(int number)
{
	return SYSTEM(SYS_prctl, 1 /* PR_SET_PDEATHSIG */, number, 0, 0, 0);
}

static inline long system_parent(void)
{
	return SYSTEM(SYS_getppid);
}

static inline long system_process(void)
{
	return SYSTEM(SYS_getpid);
}

static inline long system_new_session(void)
{
	return SYSTEM(SYS_setsid);
}

/** system_block_signals(set): these and no other. */
static inline long system_block_signals(uint64_t set)
{
	return SYSTEM(SYS_rt_sigprocmask, SIG_SETMASK, (long)&set, 0,
		      sizeof(set));
}

static inline long system_signal_fd(uint64_t set, int flags)
{
	return SYSTEM(SYS_signalfd4, -1, (long)&set, sizeof(set), flags);
}

static inline long system_pipe(int fd[2], int flags)
{
	return SYSTEM(SYS_pipe2, (long)fd, flags);
}

static inline long system_pair(int fd[2])
{
	return SYSTEM(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		      (long)fd);
}

static inline long system_socket(int domain, int type)
{
	return SYSTEM(SYS_socket, domain, type, 0);
}

/** system_send(fd, buf, length): without a signal when nobody is there. */
static inline long system_send(int fd, const void *buf, size_t length)
{
	return SYSTEM(SYS_sendto, fd, (long)buf, (long)length, MSG_NOSIGNAL, 0,
		      0);
}

static inline long system_duplicate(int from, int to)
{
	return SYSTEM(SYS_dup3, from, to, 0);
}

/** system_share(length): zeroed memory that children share, or a negative
 *  errno. */
static inline long system_share(size_t length)
{
	return SYSTEM(SYS_mmap, 0, (long)length, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static inline long system_unmap(void *at, size_t length)
{
	return SYSTEM(SYS_munmap, (long)at, (long)length);
}

/** Memory that processes find by a number, as of shmget(2) and shmctl(2). */
static inline long system_share_make(size_t length)
{
	return SYSTEM(SYS_shmget, IPC_PRIVATE, (long)length, IPC_CREAT | 0600);
}

static inline long system_share_attach(int id, int flags)
{
	return SYSTEM(SYS_shmat, id, 0, flags);
}

static inline long system_share_detach(const void *at)
{
	return SYSTEM(SYS_shmdt, (long)at);
}

static inline long system_share_control(int id, int command,
					struct shmid_ds *about)
{
	return SYSTEM(SYS_shmctl, id, command, (long)about);
}

/** system_lock_memory(): all of it, now and later.  With the checks of the
 *  compiler's sanitizers there is more of it than any machine has. */
static inline void system_lock_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	(void)SYSTEM(SYS_mlockall, MCL_CURRENT | MCL_FUTURE);
#endif
}

static inline long system_sync_fs(int fd)
{
	return SYSTEM(SYS_syncfs, fd);
}

/** system_remount(place, flags): with these flags and no options. */
static inline long system_remount(const char *place, unsigned long flags)
{
	return SYSTEM(SYS_mount, 0, (long)place, 0, (long)flags, 0);
}

static inline long system_swap_on(const char *path, int flags)
{
	return SYSTEM(SYS_swapon, (long)path, flags);
}

static inline long system_swap_off(const char *path)
{
	return SYSTEM(SYS_swapoff, (long)path);
}

/** system_reboot(command): of reboot(2). */
static inline long system_reboot(unsigned int command)
{
	return SYSTEM(SYS_reboot, 0xfee1deadL, 672274793L, command, 0);
}

/** system_milliseconds(): of a clock that nobody sets. */
static inline uint64_t system_milliseconds(void)
{
	struct timespec now = {0};

	(void)SYSTEM(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static inline void system_sleep(unsigned int milliseconds)
{
	(void)system_poll(0, 0, (int)milliseconds);
}

#endif
