/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Leaving the live system: reboot, power off, kexec, or a shell for a person
 * who has the password.  It opens no shell without one.
 */
#include "boot/handoff.h"

#include <sys/reboot.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/process.h"

static int leave(int how, const char *what, struct error **err)
{
	sync();
	(void)reboot(how);
	return error_set(err, ERROR_INTERNAL, errno, "%s", what);
}

int handoff_reboot(struct error **err)
{
	return leave(RB_AUTOBOOT, "reboot", err);
}

int handoff_poweroff(struct error **err)
{
	return leave(RB_POWER_OFF, "power off", err);
}

int handoff_kexec(struct error **err)
{
	return leave(LINUX_REBOOT_CMD_KEXEC, "kexec", err);
}

int handoff_kexec_load(const char *kernel, const char *initrd,
		       const char *cmdline, struct error **err)
{
	int kernel_fd = open(kernel, O_RDONLY | O_CLOEXEC);
	int initrd_fd = -1;
	int r = 0;

	if (kernel_fd < 0)
		return error_set(err, ERROR_CONVERT, errno, "kernel '%s'",
				 kernel);
	if (initrd) {
		initrd_fd = open(initrd, O_RDONLY | O_CLOEXEC);
		if (initrd_fd < 0) {
			r = error_set(err, ERROR_CONVERT, errno,
				      "initramfs '%s'", initrd);
			goto out;
		}
	}
	if (syscall(SYS_kexec_file_load, kernel_fd, initrd_fd,
		    strlen(cmdline) + 1, cmdline,
		    initrd ? 0UL : (unsigned long)KEXEC_FILE_NO_INITRAMFS) < 0)
		r = error_set(err, ERROR_CONVERT, errno, "kexec of '%s'",
			      kernel);
out:
	(void)close(kernel_fd);
	if (initrd_fd >= 0)
		(void)close(initrd_fd);
	return r;
}

int handoff_password(const char *hash, struct error **err)
{
	char *line = NULL;
	int n;
	int r;

	if (strpbrk(hash, ":\n"))
		return error_set(err, ERROR_CONFIG, 0,
				 "lander.password is not a crypt(5) hash");
	n = asprintf(&line, "root:%s:1:0:99999:7:::\n", hash);
	if (n < 0)
		return error_memory(err);
	r = io_replace_file("/etc/shadow", line, (size_t)n, err);
	free(line);
	return r;
}

int handoff_shell(const char *console, struct error **err)
{
	const char *argv[] = {"setsid",
			      "-w",
			      "sh",
			      "-c",
			      "exec sulogin \"$0\" <\"$0\" >\"$0\" 2>&1",
			      console,
			      NULL};
	struct process process = {.argv = argv, .timeout_s = 7 * 86400};
	int r = process_run(&process, NULL, err);

	return r < 0 ? r : 0;
}
