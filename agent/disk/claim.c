/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who uses a disk: labels on it, mounts, swap, devices built on it.  Only what
 * the kernel and the disk say; it takes no lock and opens nothing for
 * writing.  The last word is the kernel's, when disk/target opens O_EXCL.
 */
#include "disk/claim.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "disk/layout.h"

/* One block device: the disk or a partition of it. */
struct node {
	char path[PATH_MAX]; /* its directory in /sys */
	char dev[32];	     /* "253:1" */
};

struct nodes {
	struct node *node;
	size_t count;
};

static int say(char **ret_busy, const char *before, const char *what,
	       struct error **err)
{
	if (asprintf(ret_busy, "%s%s", before, what) < 0) {
		*ret_busy = NULL;
		return error_memory(err);
	}
	return 0;
}

/* Adds a directory of /sys when it is a block device. */
static int add_node(struct nodes *nodes, const char *path, struct error **err)
{
	char file[PATH_MAX + 8];
	struct node *grown;
	char *dev;

	(void)snprintf(file, sizeof(file), "%s/dev", path);
	dev = io_read_line(file);
	if (!dev)
		return 0;
	grown = reallocarray(nodes->node, nodes->count + 1, sizeof(*grown));
	if (!grown) {
		free(dev);
		return error_memory(err);
	}
	nodes->node = grown;
	grown += nodes->count++;
	(void)snprintf(grown->path, sizeof(grown->path), "%s", path);
	(void)snprintf(grown->dev, sizeof(grown->dev), "%s", dev);
	free(dev);
	return 0;
}

/* The disk and its partitions: directories in its own that have a "dev" and
 * a name that begins as its own does. */
static int find_nodes(const char *name, struct nodes *nodes, struct error **err)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int r;

	(void)snprintf(path, sizeof(path), "/sys/block/%s", name);
	r = add_node(nodes, path, err);
	if (r < 0)
		return r;
	dir = opendir(path);
	if (!dir)
		return 0;
	while (r == 0 && (entry = readdir(dir))) {
		char part[PATH_MAX + 256];

		if (strncmp(entry->d_name, name, strlen(name)) != 0)
			continue;
		(void)snprintf(part, sizeof(part), "%s/%s", path,
			       entry->d_name);
		r = add_node(nodes, part, err);
	}
	(void)closedir(dir);
	return r;
}

static bool has_device(const struct nodes *nodes, const char *dev)
{
	for (size_t i = 0; i < nodes->count; i++)
		if (strcmp(nodes->node[i].dev, dev) == 0)
			return true;
	return false;
}

static bool has_path(const struct nodes *nodes, const char *path)
{
	char dev[32];
	struct stat st;

	if (*path != '/' || stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	(void)snprintf(dev, sizeof(dev), "%u:%u", major(st.st_rdev),
		       minor(st.st_rdev));
	return has_device(nodes, dev);
}

/* "id parent major:minor root mountpoint options … - type source options";
 * btrfs has a device number of its own, so the source is looked at too. */
static bool line_mounts(const struct nodes *nodes, char *line, char **ret_at)
{
	char *source = strstr(line, " - ");
	char *field[5] = {NULL};
	char *rest = NULL;

	if (source) {
		*source = '\0';
		source = strchr(source + 3, ' ');
	}
	for (size_t i = 0; i < 5; i++)
		field[i] = strtok_r(i ? NULL : line, " ", &rest);
	if (!field[4])
		return false;
	if (source) {
		source++;
		source[strcspn(source, " ")] = '\0';
	}
	*ret_at = field[4];
	return has_device(nodes, field[2]) ||
	       (source && has_path(nodes, source));
}

static int find_mount(const struct nodes *nodes, char **ret_busy,
		      struct error **err)
{
	char *text = NULL;
	char *rest = NULL;
	int r = io_read_file("/proc/self/mountinfo", 16 << 20, &text, NULL,
			     err);

	if (r < 0)
		return r;
	for (char *line = strtok_r(text, "\n", &rest); line && !*ret_busy;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *at = NULL;

		if (!line_mounts(nodes, line, &at))
			continue;
		r = say(ret_busy, "mounted at ", at, err);
		if (r < 0)
			break;
	}
	free(text);
	return r;
}

static int find_swap(const struct nodes *nodes, char **ret_busy,
		     struct error **err)
{
	char *text = NULL;
	char *rest = NULL;
	int r = 0;

	/* Not there on a kernel without swap. */
	if (io_read_file("/proc/swaps", 1 << 20, &text, NULL, NULL) < 0)
		return 0;
	for (char *line = strtok_r(text, "\n", &rest); line && !*ret_busy;
	     line = strtok_r(NULL, "\n", &rest)) {
		line[strcspn(line, " \t")] = '\0';
		if (!has_path(nodes, line))
			continue;
		r = say(ret_busy, "swap on ", line, err);
		if (r < 0)
			break;
	}
	free(text);
	return r;
}

static int find_holder(const struct nodes *nodes, char **ret_busy,
		       struct error **err)
{
	int r = 0;

	for (size_t i = 0; i < nodes->count && !*ret_busy && r == 0; i++) {
		char path[PATH_MAX + 16];
		struct dirent *entry;
		DIR *dir;

		(void)snprintf(path, sizeof(path), "%s/holders",
			       nodes->node[i].path);
		dir = opendir(path);
		while (dir && !*ret_busy && r == 0 && (entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				r = say(ret_busy, "held by ", entry->d_name,
					err);
		if (dir)
			(void)closedir(dir);
	}
	return r;
}

static const char *label_meaning(const char *label)
{
	if (label && strcmp(label, CLAIM_LIVE_LABEL) == 0)
		return "the live medium";
	if (label && strcmp(label, CLAIM_CONFIG_LABEL) == 0)
		return "the configuration volume";
	return NULL;
}

static int find_label(const char *name, char **ret_busy, struct error **err)
{
	struct layout layout = {0};
	struct error *unread = NULL;
	const char *meaning;
	char path[PATH_MAX];
	int r = 0;

	(void)snprintf(path, sizeof(path), "/dev/%s", name);
	if (layout_read(path, &layout, &unread) < 0) {
		/* Whoever wants to use the disk will be told. */
		log_debug("disk", "%s", unread->msg);
		error_free(unread);
		return 0;
	}
	meaning = label_meaning(layout.fs_label);
	for (size_t i = 0; i < layout.count && !meaning; i++)
		meaning = label_meaning(layout.part[i].fs_label);
	if (meaning)
		r = say(ret_busy, "", meaning, err);
	layout_done(&layout);
	return r;
}

static int find_use(const struct nodes *nodes, char **ret_busy,
		    struct error **err)
{
	int r = find_mount(nodes, ret_busy, err);

	if (r == 0 && !*ret_busy)
		r = find_swap(nodes, ret_busy, err);
	if (r == 0 && !*ret_busy)
		r = find_holder(nodes, ret_busy, err);
	return r;
}

static bool opens_node(const struct nodes *nodes, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		char link[600];

		(void)snprintf(link, sizeof(link), "%s/%s", path,
			       entry->d_name);
		found = has_path(nodes, link);
	}
	if (dir)
		(void)closedir(dir);
	return found;
}

int claim_find(const char *name, char **ret_busy, struct error **err)
{
	struct nodes nodes = {0};
	char *busy = NULL;
	int r = find_nodes(name, &nodes, err);

	if (r == 0)
		r = find_label(name, &busy, err);
	if (r == 0 && !busy)
		r = find_use(&nodes, &busy, err);
	free(nodes.node);
	if (r < 0)
		free(busy);
	else
		*ret_busy = busy;
	return r;
}

/* A process that has one of these nodes open, by its descriptors. */
static int find_process(const struct nodes *nodes, char **ret_busy,
			struct error **err)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	while (proc && r == 0 && !*ret_busy && (entry = readdir(proc))) {
		char path[300];
		char name[300];
		char *comm;

		(void)snprintf(path, sizeof(path), "/proc/%s/fd",
			       entry->d_name);
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    !opens_node(nodes, path))
			continue;
		(void)snprintf(name, sizeof(name), "/proc/%s/comm",
			       entry->d_name);
		comm = io_read_line(name);
		if (asprintf(ret_busy, "open in process %s (%s)", entry->d_name,
			     comm ? comm : "?") < 0) {
			*ret_busy = NULL;
			r = error_memory(err);
		}
		free(comm);
	}
	if (proc)
		(void)closedir(proc);
	return r;
}

int claim_user(const char *path, char **ret_busy, struct error **err)
{
	const char *name = strrchr(path, '/');
	struct nodes nodes = {0};
	char *busy = NULL;
	int r = find_nodes(name ? name + 1 : path, &nodes, err);

	if (r == 0)
		r = find_use(&nodes, &busy, err);
	if (r == 0 && !busy)
		r = find_process(&nodes, &busy, err);
	free(nodes.node);
	if (r < 0)
		free(busy);
	else
		*ret_busy = busy;
	return r;
}

/* The loop device that has this file, "loop3"; NULL when none has. */
static char *find_loop(const struct stat *file)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *entry;
	char *found = NULL;

	while (dir && !found && (entry = readdir(dir))) {
		char path[300];
		struct stat st;
		char *backing;

		if (strncmp(entry->d_name, "loop", 4) != 0)
			continue;
		(void)snprintf(path, sizeof(path),
			       "/sys/block/%s/loop/backing_file",
			       entry->d_name);
		backing = io_read_line(path);
		if (backing && stat(backing, &st) == 0 &&
		    st.st_dev == file->st_dev && st.st_ino == file->st_ino)
			found = strdup(entry->d_name);
		free(backing);
	}
	if (dir)
		(void)closedir(dir);
	return found;
}

int claim_file(const char *path, char **ret_busy, struct error **err)
{
	struct stat st;
	char *loop;
	int r;

	if (stat(path, &st) < 0)
		return error_set(err, ERROR_TARGET, errno, "'%s'", path);
	loop = find_loop(&st);
	if (!loop)
		return 0;
	r = say(ret_busy, "held by ", loop, err);
	free(loop);
	return r;
}
