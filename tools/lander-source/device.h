/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_DEVICE_H
#define LANDER_SOURCE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mount;
struct stat;
struct text;

#define DEVICES_MAX 256U

/** A block device by the kernel's name and number. */
struct device {
	char name[64];	 /* the node in /dev */
	char label[64];	 /* what people call it: a volume by its name */
	char number[24]; /* "8:1" */
	bool leaf;	 /* no partitions, and nothing stands on it */
	bool used;	 /* somebody who is known uses it */
	size_t whole; /* the index of what it is a partition of, or its own */
};

/** A disk, its partitions and all that stands on them, the disk first. */
struct devices {
	struct device device[DEVICES_MAX];
	size_t count;
	bool full; /* there are more */
};

/** device_number(st, ret): "8:1" of a block device's node. */
void device_number(const struct stat *st, char ret[24]);

/** device_name(number, ret, room): "sda" of the disk of this number. */
void device_name(const char *number, char *ret, size_t room);

/** device_collect(number, ret): everything that a write to could change the
 *  disk of this number. */
void device_collect(const char *number, struct devices *ret);

/** device_extend(number, ret): the same, beside what is there already. */
void device_extend(const char *number, struct devices *ret);

/** device_find(all, number), device_find_node(all, path) and
 *  device_find_mount(all, mount): the one of this number, of this node, or
 *  that this is mounted from; NULL when it is none of them. */
struct device *device_find(struct devices *all, const char *number);
struct device *device_find_node(struct devices *all, const char *path);
struct device *device_find_mount(struct devices *all,
				 const struct mount *mount);

/** device_is_unseen(all, device): somebody holds it who is not known, once
 *  all known ones are marked as used. */
bool device_is_unseen(const struct devices *all, const struct device *device);

/** device_users(devices, json, to): who uses them, as entries of a JSON
 *  list or, when json is false, in words; how many of them may write. */
unsigned int device_users(struct devices *devices, bool json, struct text *to);

#endif
