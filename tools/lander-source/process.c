/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programs of this machine, run with nothing of ours but an end of a pipe.
 * Never while a file system is frozen: a program needs them all.
 * Source: fork(2), execve(2), prctl(2), proc(5) on oom_score_adj.
 */
#include "lander-source/process.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "lander-source/file.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"

#define TURN_MS 50

static const char *const environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LC_ALL=C", "HOME=/root", NULL};

bool process_say(const char *path, const char *words)
{
	long fd = system_open(path, O_WRONLY | O_CLOEXEC);
	long n = fd;

	if (fd >= 0) {
		n = system_write((int)fd, words, strlen(words));
		(void)system_close((int)fd);
	}
	return n > 0;
}

/* Without a parent it goes on when we end: it is never cut off, not by its
 * words that nobody reads any more either. */
static void become(const char *const *argv, int output, long parent)
{
	long null = system_open("/dev/null", O_RDWR);

	if (parent)
		(void)system_die_with_parent(SIGKILL);
	if (parent && system_parent() != parent)
		system_exit(127);
	(void)system_block_signals(parent ? 0 : SYSTEM_SIGNAL(SIGPIPE));
	/* What it starts is not ours to protect. */
	(void)process_say("/proc/self/oom_score_adj", "0");
	if (null >= 0)
		(void)system_duplicate((int)null, 0);
	(void)system_duplicate(output, 1);
	(void)system_duplicate(output, 2);
	for (int fd = 3; fd < 1024; fd++)
		(void)system_close(fd);
	(void)system_exec(argv[0], argv, environment);
	system_exit(127);
}

static void listen_to(int fd, struct text *said)
{
	char piece[512];
	long n;

	while ((n = system_read(fd, piece, sizeof(piece))) > 0)
		text_add_bytes(said, piece, (size_t)n);
}

/* Until it ends, 0 seconds: however long that takes; what it started may keep
 * the pipe for longer. */
static int wait_for(long pid, int fd, unsigned int seconds, struct text *said)
{
	uint64_t end = system_milliseconds() + seconds * 1000ULL;
	int status = 0;
	bool late = false;

	while (system_wait(pid, &status, WNOHANG) == 0) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};

		(void)system_poll(&ready, 1, TURN_MS);
		/* Its other end may be closed before its program ends. */
		if (ready.revents & POLLIN)
			listen_to(fd, said);
		else if (ready.revents)
			system_sleep(TURN_MS);
		if (late || !seconds || system_milliseconds() < end)
			continue;
		late = true;
		(void)system_kill(pid, SIGKILL);
	}
	listen_to(fd, said);
	if (late)
		return -ETIMEDOUT;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

static int run(const char *const *argv, unsigned int seconds, struct text *said)
{
	int fd[2] = {-1, -1};
	long parent = seconds ? system_process() : 0;
	long pid;
	int r;

	if (system_pipe(fd, O_CLOEXEC | O_NONBLOCK) < 0)
		return -EMFILE;
	pid = system_fork();
	if (pid == 0)
		become(argv, fd[1], parent);
	(void)system_close(fd[1]);
	r = pid < 0 ? (int)pid : wait_for(pid, fd[0], seconds, said);
	(void)system_close(fd[0]);
	return r;
}

int process_run(const char *const *argv, unsigned int seconds,
		struct text *said)
{
	return run(argv, seconds ? seconds : 1, said);
}

int process_finish(const char *const *argv, struct text *said)
{
	return run(argv, 0, said);
}

uint64_t process_began(uint64_t pid)
{
	char stat[1024];
	char path[64];
	struct text text;
	const char *at = stat;
	uint64_t value = 0;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/proc/");
	text_add_number(&text, pid);
	text_add(&text, "/stat");
	if (file_read(path, stat, sizeof(stat)) < 0)
		return 0;
	/* Its name may hold anything. */
	for (const char *c = stat; *c; c++)
		if (*c == ')')
			at = c + 1;
	if (at[0] != ' ' || at[1] == 'Z' || at[1] == 'X')
		return 0;
	/* The state is the third field, the start the 22nd. */
	for (unsigned int blanks = 0; *at && blanks < 20; at++)
		blanks += *at == ' ';
	return text_number(at, &value) ? value : 0;
}

void process_vanish(char *path)
{
	size_t length = strlen(path);

	(void)system_unlink(path);
	while (length && path[length] != '/')
		length--;
	if (!length)
		return;
	path[length] = '\0';
	(void)system_rmdir(path);
}
