/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory of the kernel's tracing.  It is used where it is mounted; where
 * it is not, a child mounts it in a mount namespace of its own, opens it and is
 * gone, and the mount with it when the directory is closed.  Of what is in
 * there only the instances of lander-source are touched: their names hold the
 * process and when it began, so that those of the dead can be told.
 * Sources: Documentation/trace/ftrace of the kernel, mount_namespaces(7),
 * proc_pid_stat(5).
 */
#include "lander-source/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "lander-source/file.h"
#include "lander-source/process.h"
#include "lander-source/system_trace.h"
#include "lander-source/text.h"

#define PREFIX "lander-"
#define ERRNO_BASE \
	128 /* of the child's exit status; below it is a descriptor */

const char *tracefs_path(char ret[TRACEFS_PATH], ...)
{
	struct text text;
	va_list more;

	text_begin(&text, ret, TRACEFS_PATH);
	va_start(more, ret);
	for (const char *part = va_arg(more, const char *); part;
	     part = va_arg(more, const char *))
		text_add(&text, part);
	va_end(more);
	if (text.full)
		ret[0] = '\0';
	return ret;
}

int tracefs_write(const char *path, const char *words)
{
	long fd = system_open(path, O_WRONLY | O_CLOEXEC);
	long n;

	if (fd < 0)
		return (int)fd;
	n = system_write((int)fd, words, strlen(words));
	(void)system_close((int)fd);
	return n < 0 ? (int)n : 0;
}

/* --- finding it -------------------------------------------------------- */

/* The place of the first mount of this type, into a path; mountinfo's words:
 * the fifth is the place, the type stands behind " - ". */
static bool find_mount(const char *type, char ret[TRACEFS_PATH])
{
	static char table[1 << 18];
	char key[TRACEFS_PATH];

	(void)file_read("/proc/self/mountinfo", table, sizeof(table));
	(void)tracefs_path(key, " - ", type, " ", NULL);
	for (char *line = table; *line;) {
		char *end = line;
		char *at = line;
		size_t length = 0;

		while (*end && *end != '\n')
			end++;
		if (*end)
			*end++ = '\0';
		for (unsigned int word = 1; *at && word < 5; at++)
			word += *at == ' ';
		while (at[length] && at[length] != ' ')
			length++;
		if (text_find(line, key) && length && length < 128) {
			memcpy(ret, at, length);
			ret[length] = '\0';
			return true;
		}
		line = end;
	}
	return false;
}

static long open_directory(const char *path)
{
	return system_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* In a child that shares our descriptors and not our mounts. */
static long mount_and_open(const char *type, const char *place,
			   const char *inside)
{
	long fd;
	long r = system_unshare(CLONE_NEWNS);

	if (r < 0)
		return r;
	/* Where "/" is no mount of its own this fails, and what follows is
	 * seen by others until it is taken away again below. */
	(void)system_mount("none", "/", MS_REC | MS_PRIVATE);
	r = system_mount(type, place, 0);
	if (r < 0)
		return r;
	fd = open_directory(inside);
	(void)system_unmount(place, MNT_DETACH);
	return fd;
}

static long open_privately(const char *type, const char *place,
			   const char *inside)
{
	int status = 0;
	long pid = system_fork_sharing(CLONE_FILES);

	if (pid < 0)
		return pid;
	if (!pid) {
		long fd = mount_and_open(type, place, inside);

		system_exit((int)(fd < 0 ? ERRNO_BASE - fd : fd));
	}
	while (system_wait(pid, &status, 0) == -EINTR)
		;
	if (status & 0x7f)
		return -EIO;
	status = status >> 8 & 0xff;
	return status < ERRNO_BASE ? status : ERRNO_BASE - status;
}

static long open_somewhere(void)
{
	char path[TRACEFS_PATH];
	char inside[TRACEFS_PATH];
	long fd;

	if (find_mount("tracefs", path))
		return open_directory(path);
	fd = open_privately("tracefs", "/sys/kernel/tracing",
			    "/sys/kernel/tracing");
	if (fd != -ENODEV && fd != -ENOENT)
		return fd;
	/* Before Linux 4.1 it was a part of debugfs. */
	if (find_mount("debugfs", path))
		return open_directory(
			tracefs_path(inside, path, "/tracing", NULL));
	return open_privately("debugfs", "/sys/kernel/debug",
			      "/sys/kernel/debug/tracing");
}

static int refuse(struct text *why, long code)
{
	char line[128];

	(void)file_read_line(line, sizeof(line),
			     "/sys/kernel/security/lockdown", NULL);
	if (text_find(line, "[confidentiality]"))
		text_add(why, "the kernel is locked down for confidentiality, "
			      "and that forbids tracing");
	else if (code == -ENODEV || code == -ENOENT)
		text_add(why, "the kernel is built without tracing, or it is "
			      "kept from this container");
	else if (code == -EPERM || code == -EACCES)
		text_add(why, "tracing needs root of the whole machine, with "
			      "CAP_SYS_ADMIN");
	else
		text_add(why, "the kernel's tracing can't be reached");
	return (int)-code;
}

int tracefs_open(struct tracefs *tracefs, struct text *why)
{
	char path[TRACEFS_PATH];
	struct text root;
	long fd = open_somewhere();
	long r;

	if (fd < 0)
		return refuse(why, fd);
	tracefs->fd = (int)fd;
	text_begin(&root, tracefs->root, sizeof(tracefs->root));
	text_add(&root, "/proc/self/fd/");
	text_add_number(&root, (uint64_t)fd);
	/* A lockdown lets the directory be opened and nothing in it. */
	r = system_open(tracefs_path(path, tracefs->root, "/trace_clock", NULL),
			O_RDONLY | O_CLOEXEC);
	if (r >= 0) {
		(void)system_close((int)r);
		return 0;
	}
	(void)system_close(tracefs->fd);
	return refuse(why, r);
}

/* --- instances of the dead --------------------------------------------- */

void tracefs_name(struct text *text, unsigned int number)
{
	uint64_t pid = (uint64_t)system_process();

	text_add(text, PREFIX);
	text_add_number(text, pid);
	text_add(text, "-");
	text_add_number(text, process_began(pid));
	text_add(text, "-");
	text_add_number(text, number);
}

static int sweep_one(void *owner, const char *name)
{
	const struct tracefs *tracefs = owner;
	char path[TRACEFS_PATH];
	const char *at;
	uint64_t pid;
	uint64_t start;
	uint64_t number;

	if (!text_begins(name, PREFIX))
		return 0;
	at = text_number(name + sizeof(PREFIX) - 1, &pid);
	at = at && *at == '-' ? text_number(at + 1, &start) : NULL;
	at = at && *at == '-' ? text_number(at + 1, &number) : NULL;
	if (!at || *at || (start && process_began(pid) == start))
		return 0;
	/* One that lives in another PID namespace holds its buffers open, and
	 * the kernel removes nothing that is open. */
	(void)system_rmdir(
		tracefs_path(path, tracefs->root, "/instances/", name, NULL));
	return 0;
}

void tracefs_sweep(const struct tracefs *tracefs)
{
	char path[TRACEFS_PATH];

	(void)file_list(tracefs_path(path, tracefs->root, "/instances", NULL),
			sweep_one, (void *)(uintptr_t)tracefs);
}
