/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Leaving the live system: reboot, power off, kexec, or a shell for a person
 * who has the password.  It opens no shell without one.
 */
#include "boot/handoff.h"

#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

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

int handoff_kexec_load(int kernel, int initrd, const char *cmdline,
		       struct error **err)
{
	unsigned long flags =
		initrd < 0 ? (unsigned long)KEXEC_FILE_NO_INITRAMFS : 0;

	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(cmdline) + 1,
		    cmdline, flags) < 0)
		return error_set(err, ERROR_CONVERT, errno, "load the kernel");
	return 0;
}

/* A password in clear never matches anything and would be written to disk. */
static bool is_hash(const char *hash)
{
	return hash[0] == '$' && !strpbrk(hash, ":\n") &&
	       crypt_checksalt(hash) != CRYPT_SALT_INVALID;
}

int handoff_password(const char *hash, struct error **err)
{
	char *line = NULL;
	int n;
	int r;

	if (!is_hash(hash))
		return error_set(err, ERROR_CONFIG, 0,
				 "lander.password is not a crypt(5) hash");
	n = asprintf(&line, "root:%s:1:0:99999:7:::\n", hash);
	if (n < 0)
		return error_memory(err);
	r = io_replace_file("/etc/shadow", line, (size_t)n, err);
	free(line);
	if (r == 0 && chmod("/etc/shadow", 0600) < 0)
		r = error_set(err, ERROR_INTERNAL, errno, "/etc/shadow");
	return r;
}

/* In the child: a session of its own, with the console as its terminal. */
static void become_login(const char *console)
{
	static char *const environment[] = {
		(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"HOME=/",
		(char *)"TERM=vt102", (char *)"SUSHELL=/bin/sh", NULL};
	sigset_t none;
	int fd;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)setsid();
	fd = open(console, O_RDWR | O_CLOEXEC);
	if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	(void)ioctl(0, TIOCSCTTY, 1);
	(void)execle("/usr/sbin/sulogin", "sulogin", console, (char *)NULL,
		     environment);
	_exit(127);
}

int handoff_shell(const char *console, struct error **err)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		become_login(console);
	if (pid < 0)
		return error_set(err, ERROR_INTERNAL, errno, "fork");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set(err, ERROR_INTERNAL, errno, "wait");
	if (WIFEXITED(status) &&
	    (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127))
		return error_set(err, ERROR_INTERNAL, 0,
				 "sulogin can't run on %s", console);
	return 0;
}
