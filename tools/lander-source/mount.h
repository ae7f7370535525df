/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_MOUNT_H
#define LANDER_SOURCE_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

/** One line of a mount table. */
struct mount {
	const char *process; /* whose table it is: "self" or a number */
	uint64_t id;
	const char *number; /* of the file system's device, "8:1" */
	const char *root;   /* of the file system, that is seen there */
	const char *place;
	const char *options; /* of this mount */
	const char *type;
	const char *node;  /* what was mounted */
	const char *super; /* options of the file system */
};

/** mount_each(each, owner): every mount of this process's namespace, then those
 *  of every other one there is. */
void mount_each(void (*each)(void *owner, const struct mount *mount),
		void *owner);

/** mount_has(options, word): whether it is among them, "rw,noatime". */
bool mount_has(const char *options, const char *word);

/** mount_find(path, ret): the number of the file system that this path of ours
 *  is on, as in mount tables; false when it can't be told. */
bool mount_find(const char *path, char ret[24]);

/** mount_id(fd): the id of the mount that it was opened through; 0 where the
 *  kernel does not tell (before 3.15). */
uint64_t mount_id(int fd);

#endif
