/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Directories, one at a time: the agent says which.  A path is walked part by
 * part below the root that was opened, and no link on it is followed.
 * Source: getdents(2).
 */
#include "lander-source/tree_list.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "lander-source/order.h"
#include "lander-source/reply.h"
#include "lander-source/system_tree.h"
#include "lander-source/tree_file.h"
#include "lander-source/tree_glob.h"
#include "lander-source/tree_out.h"
#include "lander-source/tree_root.h"
#include "source/wire_tree.h"

#define OPEN_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME)

/* As the kernel writes it, getdents64(2). */
struct name {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

static bool is_itself(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* A copy of a path's next part; what follows it, or NULL: it is none. */
static const char *next_part(const char *at, char part[WIRE_NAME_MAX + 1])
{
	size_t length = 0;

	while (at[length] && at[length] != '/')
		length++;
	if (!length || length > WIRE_NAME_MAX)
		return NULL;
	memcpy(part, at, length);
	part[length] = '\0';
	if (is_itself(part))
		return NULL;
	at += length;
	return *at && !at[1] ? NULL : at + (*at == '/');
}

static long open_path(const struct tree_root *root, const char *path)
{
	long fd = system_open_at(root->fd, ".", OPEN_FLAGS);
	char part[WIRE_NAME_MAX + 1];

	while (fd >= 0 && *path) {
		long next;

		path = next_part(path, part);
		next = path ? system_open_at((int)fd, part, OPEN_FLAGS)
			    : -EINVAL;
		(void)system_close((int)fd);
		fd = next;
	}
	return fd;
}

/* By its name alone: a look at a broken file may harm its file system. */
static bool is_left(const struct order *order, const char *name)
{
	size_t at = strlen(order->units) + 1;

	while (order->kind & WIRE_TREE_LEAVE && at < order->units_length) {
		const char *pattern = order->units + at;

		at += strlen(pattern) + 1;
		if (tree_glob_match(pattern, name))
			return true;
	}
	return false;
}

static bool tell(const struct tree_way *way, const struct order *order,
		 const struct name *one)
{
	if (is_itself(one->name))
		return true;
	if (is_left(order, one->name))
		return way->quiet || tree_file_left(one->name);
	return tree_file_tell(way, one->name, one->type);
}

static bool list(const struct tree_way *way, const struct order *order)
{
	static uint64_t buf[8192];
	long n;

	while ((n = system_list(way->directory, buf, sizeof(buf))) > 0) {
		const char *at = (const char *)buf;
		const char *end = at + n;

		while (at < end) {
			const struct name *one = (const void *)at;

			if (!tell(way, order, one))
				return false;
			at += one->length;
		}
	}
	return n < 0 ? tree_out_problem((int)-n, "", 0) : true;
}

static bool has_slash(const char *name)
{
	while (*name && *name != '/')
		name++;
	return *name;
}

static bool is_name(const char *name)
{
	return *name && strlen(name) <= WIRE_NAME_MAX && !is_itself(name) &&
	       !has_slash(name);
}

/* Those that the request names behind its path. */
static bool tell_names(const struct tree_way *way, const struct order *order)
{
	size_t at = strlen(order->units) + 1;

	while (at < order->units_length) {
		const char *name = order->units + at;

		at += strlen(name) + 1;
		if (is_name(name) && !tree_file_tell(way, name, DT_UNKNOWN))
			return false;
	}
	return true;
}

/* A directory that did not change, and whose names the agent has. */
static bool is_quiet(const struct tree_way *way)
{
	struct stat about = {0};

	return way->flags & WIRE_TREE_CHANGED &&
	       system_fstat(way->directory, &about) == 0 &&
	       (about.st_ctim.tv_sec < way->since ||
		(about.st_ctim.tv_sec == way->since &&
		 (uint64_t)about.st_ctim.tv_nsec < way->since_ns));
}

bool tree_list_answer(const struct order *order)
{
	const struct tree_root *root = tree_root_find(order->disk);
	struct tree_way way = {.root = root,
			       .flags = order->kind,
			       .since = (int64_t)order->offset,
			       .since_ns = (uint32_t)order->length};
	long fd = -EBADF;
	bool there;

	if (order->header.type == WIRE_ROOT)
		return tree_root_answer(order);
	if (root)
		fd = open_path(root, order->units);
	if (fd >= 0 && system_go_to((int)fd) < 0) {
		(void)system_close((int)fd);
		fd = -EACCES;
	}
	if (fd < 0)
		return reply_error(order->header.tag, (int)-fd,
				   "the directory");
	if (order->header.type == WIRE_DELTA) {
		way.flags = WIRE_TREE_CONTENT;
		way.delta = order;
	}
	way.directory = (int)fd;
	tree_out_begin(order);
	if (order->header.type != WIRE_LIST) {
		way.named = true;
		there = tell_names(&way, order);
	} else {
		way.quiet = is_quiet(&way);
		there = tree_file_self(&way) && list(&way, order);
	}
	/* Nobody is kept from unmounting it. */
	(void)system_go_to_path("/");
	(void)system_close((int)fd);
	return there && tree_out_end();
}
