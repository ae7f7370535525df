/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs OpenSSH's server as a child that ends with us, and listens to what it
 * says.  It refuses to start one that nobody could log in to.
 */
#include "serve/daemon.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "serve/clients.h"
#include "serve/daemon_files.h"

#define SSHD	 "/usr/sbin/sshd"
#define SEPARATE "/run/sshd" /* where its first half is shut in */
#define START_S	 30.0
#define LINE	 1024

struct daemon {
	struct daemon_files files;
	bool reading; /* its sessions are lander-source */
	pid_t pid;    /* 0: it has ended */
	int status;
	int fd; /* its stderr */
	char said[LINE];
	size_t length;
	char last[LINE]; /* the last line, for the error of its end */
};

/* In the child.  It goes when lander goes, whatever way that is. */
static void become(const struct daemon *daemon, int out)
{
	const char *const argv[] = {
		SSHD, "-D", "-e", "-f", daemon->files.config, NULL};
	static char *const environment[] = {
		(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(out, 2) < 0)
		_exit(126);
	(void)execve(SSHD, (char *const *)argv, environment);
	_exit(127);
}

static int start(struct daemon *daemon, struct error **err)
{
	int ends[2];

	if (mkdir(SEPARATE, 0755) < 0 && errno != EEXIST)
		return error_set(err, ERROR_INTERNAL, errno, SEPARATE);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_set(err, ERROR_INTERNAL, errno, "pipe");
	daemon->fd = ends[0];
	daemon->pid = fork();
	if (daemon->pid == 0)
		become(daemon, ends[1]);
	(void)close(ends[1]);
	if (daemon->pid < 0) {
		daemon->pid = 0;
		return error_set(err, ERROR_INTERNAL, errno, "fork");
	}
	return 0;
}

/* Until it has a socket. */
static int wait_listening(struct daemon *daemon, struct error **err)
{
	double end = io_seconds() + START_S;
	char line[LINE];

	while (io_seconds() < end) {
		struct pollfd fd = {.fd = daemon->fd, .events = POLLIN};

		(void)poll(&fd, 1, 200);
		while (daemon_line(daemon, line, sizeof(line)))
			if (!strncmp(line, "Server listening on ", 20))
				return 0;
		if (daemon_ended(daemon, err))
			return -EIO;
	}
	return error_set(err, ERROR_INTERNAL, ETIMEDOUT,
			 SSHD " does not begin to listen");
}

int daemon_start(const struct daemon_order *order, struct daemon **ret,
		 struct error **err)
{
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	int r;

	if (!daemon)
		return error_memory(err);
	daemon->fd = -1;
	daemon->reading = !order->shell;
	if (!order->readers || (!order->shell && !order->disk[0]))
		r = error_set(err, ERROR_INTERNAL, EINVAL,
			      "a server without a reader or a disk");
	else
		r = daemon_files_make(order, &daemon->files, err);
	if (r == 0)
		r = start(daemon, err);
	if (r == 0)
		r = wait_listening(daemon, err);
	if (r < 0)
		daemon_stop(daemon);
	else
		*ret = daemon;
	return r;
}

const char *daemon_program(const struct daemon *daemon)
{
	return daemon->files.program;
}

int daemon_fd(const struct daemon *daemon)
{
	return daemon->fd;
}

/* A line that is longer than any of its own is given in pieces. */
static size_t find_end(const struct daemon *daemon)
{
	const char *end = memchr(daemon->said, '\n', daemon->length);

	if (end)
		return (size_t)(end - daemon->said) + 1;
	return daemon->length == sizeof(daemon->said) ? daemon->length : 0;
}

bool daemon_line(struct daemon *daemon, char *buf, size_t room)
{
	size_t end = find_end(daemon);

	if (!end) {
		ssize_t n = read(daemon->fd, daemon->said + daemon->length,
				 sizeof(daemon->said) - daemon->length);

		if (n > 0)
			daemon->length += (size_t)n;
		end = find_end(daemon);
	}
	if (!end)
		return false;
	(void)snprintf(buf, room, "%.*s", (int)end, daemon->said);
	buf[strcspn(buf, "\r\n")] = '\0';
	parse_make_printable(buf);
	(void)snprintf(daemon->last, sizeof(daemon->last), "%s", buf);
	memmove(daemon->said, daemon->said + end, daemon->length - end);
	daemon->length -= end;
	return true;
}

bool daemon_ended(struct daemon *daemon, struct error **err)
{
	if (daemon->pid && waitpid(daemon->pid, &daemon->status, WNOHANG) == 0)
		return false;
	daemon->pid = 0;
	if (WIFEXITED(daemon->status) && WEXITSTATUS(daemon->status) == 127)
		(void)error_set(err, ERROR_INTERNAL, 0, SSHD " can't be run");
	else
		(void)error_set(err,
				strstr(daemon->last, "Cannot bind")
					? ERROR_CONFIG
					: ERROR_INTERNAL,
				0, SSHD " ended: %s", daemon->last);
	return true;
}

void daemon_stop(struct daemon *daemon)
{
	if (!daemon)
		return;
	if (daemon->pid) {
		/* First the one that takes new ones. */
		(void)kill(daemon->pid, SIGKILL);
		while (waitpid(daemon->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (daemon->reading && *daemon->files.program)
		clients_end(daemon->files.program);
	if (daemon->fd >= 0)
		(void)close(daemon->fd);
	daemon_files_remove(&daemon->files);
	free(daemon);
}
