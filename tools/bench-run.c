/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-run COMMAND…: runs it with its words thrown away and prints seconds of
 * wall clock, seconds of processor and KiB of peak memory.  Its exit status is
 * the command's.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct timespec from;
	struct timespec to;
	struct rusage used;
	int status;
	pid_t child;

	if (argc < 2)
		return 2;
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	child = fork();
	if (child == 0) {
		int fd = open("/dev/null", O_WRONLY);

		(void)dup2(fd, 1);
		(void)dup2(fd, 2);
		(void)execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &used) < 0)
		return 126;
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	(void)printf("%.3f %.3f %ld\n",
		     (double)(to.tv_sec - from.tv_sec) +
			     (double)(to.tv_nsec - from.tv_nsec) / 1e9,
		     seconds(used.ru_utime) + seconds(used.ru_stime),
		     used.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
