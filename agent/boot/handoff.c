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
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "boot/lockdown.h"

#define SULOGIN "/usr/sbin/sulogin"
#define LOOK_NS 200000000L

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
		    cmdline, flags) == 0)
		return 0;
	if (lockdown_on())
		return error_set(err, ERROR_CONVERT, errno,
				 "this machine runs under lockdown (Secure "
				 "Boot): kexec starts only a kernel whose "
				 "signature it knows, and takes the copied "
				 "system's for none");
	return error_set(err, ERROR_CONVERT, errno, "load the kernel");
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
static void become_login(const struct handoff_shell *shell)
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
	fd = open(shell->console, O_RDWR | O_CLOEXEC);
	if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	(void)ioctl(0, TIOCSCTTY, 1);
	if (shell->open)
		(void)execle(SULOGIN, "sulogin", "--force", shell->console,
			     (char *)NULL, environment);
	else
		(void)execle(SULOGIN, "sulogin", shell->console, (char *)NULL,
			     environment);
	_exit(127);
}

static bool is_over(const struct handoff_shell *shell, double end)
{
	if (shell->stop && atomic_load(shell->stop))
		return true;
	return shell->seconds > 0 && io_seconds() > end;
}

/* sulogin becomes the shell.  When the leader of a session is gone, the kernel
 * hangs its terminal up: what it had started there goes, too. */
static int wait_shell(struct handoff_shell *shell, pid_t pid,
		      struct error **err)
{
	const struct timespec step = {.tv_nsec = LOOK_NS};
	double end = io_seconds() + shell->seconds;
	int status = 0;
	pid_t r;

	while ((r = waitpid(pid, &status, WNOHANG)) <= 0) {
		if (r < 0 && errno != EINTR)
			return error_set(err, ERROR_INTERNAL, errno, "wait");
		if (!shell->cut && is_over(shell, end)) {
			shell->cut = true;
			(void)kill(pid, SIGKILL);
		}
		(void)nanosleep(&step, NULL);
	}
	if (WIFEXITED(status) &&
	    (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127))
		return error_set(err, ERROR_INTERNAL, 0,
				 "sulogin can't run on %s", shell->console);
	return 0;
}

int handoff_shell(struct handoff_shell *shell, struct error **err)
{
	pid_t pid = fork();

	shell->cut = false;
	if (pid == 0)
		become_login(shell);
	if (pid < 0)
		return error_set(err, ERROR_INTERNAL, errno, "fork");
	return wait_shell(shell, pid, err);
}
