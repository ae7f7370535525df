/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running a program of a copied system.  It is foreign code with our rights: it
 * gets a room that ends with it, a time limit, and is the first to go when
 * memory runs out.  What lander has to put into the system for that time is in
 * one directory, and is removed by this run or by the next.
 */
#include "guest/chroot.h"

#include <ctype.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/process.h"
#include "guest/chroot_room.h"
#include "guest/edit.h"
#include "guest/scrap.h"
#include "guest/tree.h"

#define RESOLV_MAX  ((size_t)64 << 10)
#define MOUNTS_MAX  ((size_t)16 << 20)
#define LAST_LINES  3
#define NAMESPACES  (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS)
#define ENVIRONMENT 32

bool chroot_program(const char *root, const char *name, char path[64])
{
	static const char *const places[] = {
		"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/",
		"/usr/bin/",	    "/sbin/",	       "/bin/"};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		(void)snprintf(path, 64, "%s%s", places[i], name);
		if (tree_has(root, path))
			return true;
	}
	return false;
}

void chroot_sweep(const char *root)
{
	struct error *why = NULL;

	if (scrap_remove_text(root, "/usr/sbin/policy-rc.d", CHROOT_ROOM_POLICY,
			      &why) < 0 ||
	    scrap_remove_text(root, "/etc/resolv.conf", CHROOT_ROOM_RESOLV,
			      &why) < 0 ||
	    scrap_remove(root, CHROOT_SCRATCH, &why) < 0)
		log_warn("guest", "%s", why->msg);
	error_free(why);
}

static int put_file(const struct chroot_job *job, const char *path,
		    const char *text, mode_t mode, struct error **err)
{
	const struct edit_content content = {text, strlen(text), mode, false};
	int r = edit_file(job->root, path, &content, err);

	return r < 0 ? r : 0;
}

/* This machine's name servers, when it has any. */
static int put_names(struct chroot_room *room, struct error **err)
{
	char *text = NULL;
	int r = 0;

	if (!room->job->names ||
	    io_read_file("/etc/resolv.conf", RESOLV_MAX, &text, NULL, NULL) < 0)
		return 0;
	room->names = strstr(text, "nameserver") != NULL;
	if (room->names)
		r = put_file(room->job, CHROOT_SCRATCH "/resolv.conf", text,
			     0644, err);
	free(text);
	return r;
}

static int put_files(struct chroot_room *room, struct error **err)
{
	const struct chroot_job *job = room->job;
	int r = put_file(job, CHROOT_SCRATCH "/policy-rc.d", CHROOT_ROOM_POLICY,
			 0755, err);

	if (r == 0)
		r = put_names(room, err);
	return r;
}

static void set_environment(struct chroot_room *room, char **environment)
{
	static const char path[] =
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin";
	static const char *const always[] = {path,
					     "HOME=/root",
					     "LC_ALL=C",
					     "TERM=dumb",
					     "SHELL=/bin/sh",
					     "DEBIAN_FRONTEND=noninteractive",
					     "SYSTEMD_OFFLINE=1"};
	const char *const *more = room->job->environment;
	size_t count = 0;

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		environment[count++] = (char *)(uintptr_t)always[i];
	for (; more && *more && count < ENVIRONMENT - 1; more++)
		environment[count++] = (char *)(uintptr_t)*more;
	environment[count] = NULL;
	room->environment = environment;
}

static int set_places(struct chroot_room *room)
{
	const char *root = room->job->root;
	char *mounts = NULL;

	if (asprintf(&room->dev, "%s/dev", root) < 0 ||
	    asprintf(&room->proc, "%s/proc", root) < 0 ||
	    asprintf(&room->sys, "%s/sys", root) < 0 ||
	    asprintf(&room->run, "%s/run", root) < 0 ||
	    asprintf(&room->udev, "%s/run/udev", root) < 0 ||
	    asprintf(&room->firmware, "%s/sys/firmware", root) < 0 ||
	    asprintf(&room->efi, "%s/sys/firmware/efi", root) < 0 ||
	    asprintf(&room->efivars, "%s/sys/firmware/efi/efivars", root) < 0)
		return -ENOMEM;
	room->shared = io_read_file("/proc/self/mountinfo", MOUNTS_MAX, &mounts,
				    NULL, NULL) < 0 ||
		       strstr(mounts, " shared:");
	free(mounts);
	return 0;
}

static void free_places(struct chroot_room *room)
{
	free(room->dev);
	free(room->proc);
	free(room->sys);
	free(room->run);
	free(room->udev);
	free(room->firmware);
	free(room->efi);
	free(room->efivars);
}

/* Each line to the log; what a terminal would obey is taken out. */
static void log_output(const char *name, char *output)
{
	for (char *at = output; *at; at++)
		if (*at != '\n' && (iscntrl((unsigned char)*at)))
			*at = *at == '\t' || *at == '\r' ? ' ' : '?';
	for (const char *line = output; *line;) {
		size_t length = strcspn(line, "\n");

		if (length)
			log_info("guest", "%s: %.*s", name, (int)length, line);
		line += length + (line[length] == '\n');
	}
}

/* The last lines as one; output is changed. */
static const char *last_lines(char *output)
{
	size_t length = strlen(output);
	int lines = 0;

	while (length && strchr("\n ", output[length - 1]))
		output[--length] = '\0';
	while (length && lines < LAST_LINES) {
		length--;
		if (output[length] == '\n' && ++lines < LAST_LINES)
			output[length] = '|';
	}
	if (lines == LAST_LINES)
		length++;
	return *output ? output + length : "it said nothing";
}

static int say(const struct chroot_job *job, int status, char *output,
	       struct error **err)
{
	if (status == 0)
		return 0;
	if (status == -ETIMEDOUT) {
		if (err)
			error_clear(err);
		return error_set(err, ERROR_CONVERT, 0,
				 "%s ran longer than %u s; its last words: %s",
				 job->name, job->limit_s, last_lines(output)),
		       -ETIMEDOUT;
	}
	if (status < 0) {
		if (err && *err && (*err)->kind != ERROR_ABORTED)
			(*err)->kind = ERROR_CONVERT;
		return status;
	}
	if (status == 128 + 9)
		return error_set(err, ERROR_CONVERT, 0,
				 "%s was ended by signal 9: this machine's "
				 "memory may be too small for it; its last "
				 "words: %s",
				 job->name, last_lines(output));
	return error_set(err, ERROR_CONVERT, 0, "%s exited with %d: %s",
			 job->name, status, last_lines(output));
}

int chroot_run(const struct chroot_job *job, struct error **err)
{
	struct chroot_room room = {.job = job};
	const char *name[] = {job->name, NULL};
	const struct process process = {.argv = name,
					.timeout_s = job->limit_s,
					.body = chroot_room_live,
					.context = &room,
					.stop = job->stop,
					.namespaces = NAMESPACES};
	char *environment[ENVIRONMENT];
	char *output = NULL;
	int r;

	chroot_sweep(job->root);
	set_environment(&room, environment);
	r = set_places(&room) < 0 ? error_memory(err) : put_files(&room, err);
	if (r == 0) {
		r = process_run(&process, &output, err);
		if (output)
			log_output(job->name, output);
		r = say(job, r, output ? output : (char[]){""}, err);
	}
	chroot_sweep(job->root);
	free_places(&room);
	free(output);
	return r;
}
