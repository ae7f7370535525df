/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs one child at a time with a time limit and keeps what it said.  It
 * refuses to let a child inherit our descriptors or our console.
 */
#include "base/process.h"

#include <sys/mman.h>
#include <sys/syscall.h>
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

#define OUTPUT_LIMIT	  ((size_t)64 << 10)
#define DEFAULT_TIMEOUT_S 300
#define KILLED_S	  5 /* for a killed child to be gone */
#define STOP_LOOK_S	  0.25

/* After fork: only async-signal-safe calls.  What dup2() opens here is the
 * child's; gcc takes that for a leak. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-fd-leak"
static void become(const struct process *process, int in, int out)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* We ignore it, and a child would inherit that. */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)setpgid(0, 0);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	if (process->body)
		_exit(process->body(process->context));
	(void)execvp(process->argv[0], (char *const *)process->argv);
	_exit(127);
}
#pragma GCC diagnostic pop

static bool is_stopped(const struct process *process)
{
	return process->stop && atomic_load(process->stop);
}

/* Milliseconds until it is worth looking again. */
static int slice(const struct process *process, double left)
{
	if (process->stop && left > STOP_LOOK_S)
		left = STOP_LOOK_S;
	return left > 0 ? (int)(left * 1000) + 1 : 0;
}

struct output {
	char *text; /* OUTPUT_LIMIT and its end */
	size_t used;
};

/* Of much of it, the end.  What read(2) returned. */
static ssize_t take_output(struct output *output, int fd)
{
	char *at;
	ssize_t n;

	if (output->used == OUTPUT_LIMIT) {
		output->used /= 2;
		memmove(output->text, output->text + output->used,
			output->used);
	}
	at = output->text + output->used;
	n = read(fd, at, OUTPUT_LIMIT - output->used);
	if (n <= 0)
		return n;
	/* It is a text for all who read it. */
	for (char *zero = at;
	     (zero = memchr(zero, 0, (size_t)(at + n - zero)));)
		*zero = '?';
	output->used += (size_t)n;
	output->text[output->used] = '\0';
	return n;
}

/* Collects output until the child closes it, ends, or the time is up.  What it
 * started and left behind may have its output still, and is not waited for. */
static int collect(const struct process *process, struct pollfd wait[2],
		   double deadline, char *text)
{
	struct output output = {.text = text};
	size_t late = 0;

	text[0] = '\0';
	while (late < OUTPUT_LIMIT) {
		double left = deadline - io_seconds();
		ssize_t n;

		if (left <= 0)
			return -ETIMEDOUT;
		if (is_stopped(process))
			return -ECANCELED;
		/* Also a signal of ours: a read would wait without an end. */
		if (poll(wait, 2, slice(process, left)) <= 0)
			continue;
		/* It may have said something between the two looks. */
		if (!wait[0].revents && poll(wait, 1, 0) <= 0)
			return 0;
		n = take_output(&output, wait[0].fd);
		if (n == 0 || (n < 0 && errno != EINTR))
			return 0;
		if (wait[1].revents && n > 0)
			late += (size_t)n;
	}
	return 0;
}

static int open_input(const struct process *process)
{
	const char *input = process->input;
	size_t length = process->input_length;
	int fd;

	if (!input)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (!length)
		length = strlen(input);
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd >= 0 && io_pwrite(fd, input, length, 0) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* A child may close its output and live on, and one inside a hung driver or
 * firmware can't even be killed: no wait is without an end. */
static int wait_for(const struct process *process, pid_t pid, int handle,
		    double deadline)
{
	int status = 0;

	for (;;) {
		struct pollfd ended = {.fd = handle, .events = POLLIN};
		double left = deadline - io_seconds();

		if (handle < 0 || poll(&ended, 1, slice(process, left)) > 0)
			break;
		if (left <= 0 || is_stopped(process))
			return left <= 0 ? -ETIMEDOUT : -ECANCELED;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno > 0 ? -errno : -EIO;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* fork(2) into namespaces of its own. */
static pid_t child(unsigned int namespaces)
{
	if (!namespaces)
		return fork();
	return (pid_t)syscall(SYS_clone, (unsigned long)namespaces | SIGCHLD,
			      NULL, NULL, NULL, NULL);
}

/* Forks the child; its output arrives at *ret_from. */
static int start(const struct process *process, int in, int *ret_from,
		 pid_t *ret_pid)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno > 0 ? -errno : -EIO;
	pid = child(process->namespaces);
	if (pid == 0)
		become(process, in, ends[1]);
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return -EAGAIN;
	}
	*ret_from = ends[0];
	*ret_pid = pid;
	return 0;
}

/* Collects and waits; ends a child that takes too long. */
static int follow(const struct process *process, int from, pid_t pid,
		  char *text, struct error **err)
{
	unsigned int limit_s =
		process->timeout_s ? process->timeout_s : DEFAULT_TIMEOUT_S;
	double deadline = io_seconds() + limit_s;
	int handle = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd wait[2] = {{.fd = from, .events = POLLIN},
				 {.fd = handle, .events = POLLIN}};
	int r = collect(process, wait, deadline, text);

	if (r == 0)
		r = wait_for(process, pid, handle, deadline);
	if (r < 0) {
		(void)kill(-pid, SIGKILL);
		(void)kill(pid, SIGKILL);
		(void)wait_for(&(struct process){0}, pid, handle,
			       io_seconds() + KILLED_S);
	}
	if (handle >= 0)
		(void)close(handle);
	if (r < 0) {
		if (r == -ECANCELED)
			return error_set(err, ERROR_ABORTED, ECANCELED,
					 "'%s' was ended", process->argv[0]);
		return error_set(err, ERROR_INTERNAL, ETIMEDOUT,
				 "'%s' ran longer than %u s", process->argv[0],
				 limit_s);
	}
	log_debug("process", "%s: status %d", process->argv[0], r);
	return r;
}

int process_run(const struct process *process, char **ret_output,
		struct error **err)
{
	char *text = malloc(OUTPUT_LIMIT + 1);
	int from = -1;
	pid_t pid = 0;
	int in;
	int r;

	if (!text)
		return error_memory(err);
	in = open_input(process);
	r = in < 0 ? -EMFILE : start(process, in, &from, &pid);
	if (in >= 0)
		(void)close(in);
	if (r < 0) {
		free(text);
		return error_set(err, ERROR_INTERNAL, -r, "start '%s'",
				 process->argv[0]);
	}
	r = follow(process, from, pid, text, err);
	(void)close(from);
	if (ret_output && (r >= 0 || r == -ETIMEDOUT))
		*ret_output = text;
	else
		free(text);
	return r;
}

int process_check(const struct process *process, int kind, struct error **err)
{
	char *output = NULL;
	char *last;
	int r = process_run(process, &output, err);

	if (r > 0) {
		size_t length = output ? strlen(output) : 0;

		while (length && output[length - 1] == '\n')
			output[--length] = '\0';
		last = length ? strrchr(output, '\n') : NULL;
		last = last ? last + 1 : output;
		(void)error_set(err, (enum error_kind)kind, 0,
				"%s exited with %d: %s", process->argv[0], r,
				last ? last : "");
		r = -EIO;
	}
	free(output);
	return r;
}
