/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first program of the live system.  It does one thing before systemd:
 * when the initramfs did not fit into memory, the kernel has gone on with the
 * part that did, and this program says so and stops.  It refuses to start half
 * a system.  No library: there may be none.
 */
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>

#define MARK	       "/unpacked"
#define SYSTEMD	       "/usr/lib/systemd/systemd"
#define NEEDED_MB      "320"
#define KMSG_EMERGENCY "<8>"

void start(long *stack);

static long call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = 0;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10),
			   "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

static size_t append(char *line, size_t at, const char *text)
{
	while (*text)
		line[at++] = *text++;
	return at;
}

static size_t append_number(char *line, size_t at, unsigned long value)
{
	char digits[24];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		line[at++] = digits[--n];
	return at;
}

/* Through the kernel's log, which reaches every console. */
static void complain(void)
{
	struct sysinfo info;
	unsigned long mb = 0;
	char line[256];
	size_t n = 0;
	long fd;

	if (!call(SYS_sysinfo, (long)&info, 0, 0, 0))
		mb = info.totalram / 1000000 * info.mem_unit;
	n = append(line, n, KMSG_EMERGENCY "lander: not enough memory: ");
	n = append_number(line, n, mb);
	n = append(line, n,
		   " MB usable here, the live system needs " NEEDED_MB
		   " MB. Nothing was written. Give the machine more "
		   "memory and start it again.\n");
	call(SYS_mkdir, (long)"/dev", 0755, 0, 0);
	call(SYS_mount, (long)"dev", (long)"/dev", (long)"devtmpfs", MS_NOSUID);
	fd = call(SYS_open, (long)"/dev/kmsg", O_WRONLY, 0, 0);
	if (fd >= 0)
		call(SYS_write, fd, (long)line, (long)n, 0);
}

/* The kernel's stack at start: argc, argv…, NULL, environment…, NULL. */
void start(long *stack)
{
	char **argv = (char **)(stack + 1);
	char **environment = argv + stack[0] + 1;

	if (!call(SYS_unlink, (long)MARK, 0, 0, 0))
		call(SYS_execve, (long)SYSTEMD, (long)argv, (long)environment,
		     0);
	complain();
	for (;;)
		call(SYS_pause, 0, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall "
	"start\n");
