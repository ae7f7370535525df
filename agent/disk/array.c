/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MD arrays.  An array is started read-only and frozen before anything may
 * write to it: a copy is no place to resync or to rebuild, that is for the
 * machine that will run.  It refuses what mdadm would have to be forced to.
 */
#include "disk/array.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/process.h"

#define MEMBERS_MAX 64
#define TIMEOUT_S   120
#define NODES_MAX   512

int array_devices(const char *member, unsigned int *ret_count,
		  struct error **err)
{
	static const char key[] = "MD_DEVICES=";
	const char *argv[] = {"mdadm",	       "--examine", "--export",
			      "--config=none", member,	    NULL};
	const struct process process = {.argv = argv, .timeout_s = TIMEOUT_S};
	char *output = NULL;
	const char *at;
	unsigned long count = 0;
	int r = process_run(&process, &output, err);

	if (r < 0)
		return r;
	at = output ? strstr(output, key) : NULL;
	if (r == 0 && at)
		count = strtoul(at + strlen(key), NULL, 10);
	free(output);
	if (!count || count > INT_MAX)
		return error_set(err, ERROR_CONVERT, 0,
				 "'%s': no MD superblock that mdadm reads",
				 member);
	*ret_count = (unsigned int)count;
	return 0;
}

static void rest_a_little(void)
{
	const struct timespec tenth = {.tv_nsec = 100000000};

	(void)nanosleep(&tenth, NULL);
}

/* The attribute of an array, as in /sys/block/md127/md/degraded. */
static void attribute_path(const char *device, const char *name, char *buf,
			   size_t room)
{
	const char *base = strrchr(device, '/');

	(void)snprintf(buf, room, "/sys/block/%s/md/%s",
		       base ? base + 1 : device, name);
}

/* RAID-0 has no such attribute, and nothing to resync. */
static void freeze(const char *device)
{
	char path[128];
	int fd;

	attribute_path(device, "sync_action", path, sizeof(path));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "frozen", 6) < 0)
		log_warn("disk", "%s: %s", path, strerror(errno));
	(void)close(fd);
}

static bool is_degraded(const char *device)
{
	uint64_t missing = 0;
	char path[128];

	attribute_path(device, "degraded", path, sizeof(path));
	return io_read_number(path, &missing) && missing;
}

/* What mdadm says in the end is why it refused. */
static int run(const char *const *argv, struct error **err)
{
	const struct process process = {.argv = argv, .timeout_s = TIMEOUT_S};
	char *output = NULL;
	int r = process_run(&process, &output, err);

	if (output)
		parse_make_printable(output);
	if (r > 0)
		r = error_set(err, ERROR_CONVERT, 0,
			      "mdadm exited with %d: %.300s", r,
			      output ? output : "");
	free(output);
	return r;
}

/* A name below /dev/md that nobody has; nothing of the copied system ever
 * learns it. */
static int choose_node(char *buf, size_t room, struct error **err)
{
	for (unsigned int i = 0; i < NODES_MAX; i++) {
		(void)snprintf(buf, room, "/dev/md/lander-%u", i);
		if (access(buf, F_OK) < 0)
			return 0;
	}
	return error_set(err, ERROR_TARGET, EMFILE, "a name below /dev/md");
}

static int assemble(char *const *members, const char *node, struct error **err)
{
	const char *argv[MEMBERS_MAX + 8] = {"mdadm",	      "--assemble",
					     "--run",	      "--readonly",
					     "--config=none", node};
	size_t n = 6;

	for (size_t i = 0; members[i]; i++) {
		if (i == MEMBERS_MAX)
			return error_set(err, ERROR_CONVERT, E2BIG,
					 "an array of so many members");
		argv[n++] = members[i];
	}
	return run(argv, err);
}

/* The array that this member is bound to now, started or not: its name in
 * /dev; NULL for none. */
static char *array_of(const char *member)
{
	char real[PATH_MAX];
	char *device = NULL;

	if (!realpath(member, real))
		return NULL;
	for (unsigned int minor = 0; !device && minor < NODES_MAX; minor++) {
		char path[PATH_MAX + 64];

		(void)snprintf(path, sizeof(path),
			       "/sys/class/block/%s/holders/md%u",
			       strrchr(real, '/') + 1, minor);
		if (access(path, F_OK) == 0 &&
		    asprintf(&device, "/dev/md%u", minor) < 0)
			return NULL;
	}
	return device;
}

int array_start(char *const *members, bool read_only, char **ret_device,
		struct error **err)
{
	char *device = NULL;
	char node[64];
	int r = choose_node(node, sizeof(node), err);

	if (r == 0)
		r = assemble(members, node, err);
	if (r < 0) {
		/* Too few of them: bound together, and not running. */
		device = array_of(members[0]);
		if (device)
			(void)array_stop(device, io_seconds() + 5, NULL);
		free(device);
		return r;
	}
	device = realpath(node, NULL);
	if (!device)
		return error_set(err, ERROR_TARGET, errno, "'%s'", node);
	freeze(device);
	if (!read_only) {
		const char *argv[] = {"mdadm", "--readwrite", device, NULL};

		r = run(argv, err);
	}
	if (r < 0) {
		(void)array_stop(device, io_seconds() + 5, NULL);
		free(device);
		return r;
	}
	*ret_device = device;
	return is_degraded(device) ? 1 : 0;
}

int array_stop(const char *device, double deadline, struct error **err)
{
	const char *argv[] = {"mdadm", "--stop", "--config=none", device, NULL};

	for (;;) {
		struct error *why = NULL;
		int r = run(argv, &why);

		if (r < 0 && io_seconds() < deadline) {
			error_free(why);
			rest_a_little();
			continue;
		}
		if (r < 0 && err)
			*err = why;
		else
			error_free(why);
		return r < 0 ? error_wrap(err, "stop '%s'", device) : 0;
	}
}

/* Words of mdadm that were made here. */
struct words {
	char devices[40];
	char level[40];
	char metadata[40];
	char uuid[80];
	char host[160];
	char name[160];
};

/* "web01:0" is the name that web01 gave it; mdadm takes the two apart.  How
 * many words there are. */
static size_t make_words(const struct array_make *make, size_t count,
			 struct words *words, const char **argv)
{
	const char *colon = strchr(make->name, ':');
	size_t n = 0;

	(void)snprintf(words->devices, sizeof(words->devices),
		       "--raid-devices=%zu", count);
	(void)snprintf(words->level, sizeof(words->level), "--level=%s",
		       make->level);
	(void)snprintf(words->metadata, sizeof(words->metadata),
		       "--metadata=%s", make->metadata);
	(void)snprintf(words->uuid, sizeof(words->uuid), "--uuid=%s",
		       make->uuid);
	(void)snprintf(words->name, sizeof(words->name), "--name=%s",
		       colon ? colon + 1 : make->name);
	(void)snprintf(words->host, sizeof(words->host), "--homehost=%.*s",
		       colon ? (int)(colon - make->name) : 6,
		       colon ? make->name : "<none>");
	argv[n++] = words->devices;
	argv[n++] = words->level;
	argv[n++] = words->metadata;
	argv[n++] = words->host;
	if (*make->uuid)
		argv[n++] = words->uuid;
	/* The old superblock has no room for one. */
	if (*make->name && strcmp(make->metadata, "0.90") != 0)
		argv[n++] = words->name;
	return n;
}

int array_create(char *const *members, const struct array_make *make,
		 char **ret_device, struct error **err)
{
	const char *argv[MEMBERS_MAX + 16] = {"mdadm", "--create", "--run",
					      "--config=none"};
	struct words words;
	char node[64];
	size_t n = 4;
	size_t count = 0;
	int r = choose_node(node, sizeof(node), err);

	if (r < 0)
		return r;
	while (members[count])
		count++;
	if (!count || count > MEMBERS_MAX)
		return error_set(err, ERROR_TARGET, EINVAL,
				 "an array of %zu members", count);
	n += make_words(make, count, &words, argv + n);
	argv[n++] = node;
	for (size_t i = 0; i < count; i++)
		argv[n++] = members[i];
	r = run(argv, err);
	/* Its resync has begun; one that runs is not frozen without waiting
	 * for it.  Started again, it never begins. */
	if (r == 0)
		r = array_stop(node, io_seconds() + 10, err);
	if (r == 0)
		r = array_start(members, false, ret_device, err);
	return r < 0 ? error_wrap(err, "make an array") : 0;
}
