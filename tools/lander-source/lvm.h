/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_LVM_H
#define LANDER_SOURCE_LVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

/** A physical volume, as LVM's own tools tell it. */
struct lvm_part {
	const char *node;  /* "/dev/vda3" */
	const char *group; /* "" when it is in none */
	uint64_t data;	   /* where its extents begin, bytes */
	uint64_t extent;   /* bytes of one */
	uint64_t free;	   /* extents of the group that are free */
	uint64_t metadata; /* how many places for metadata it has */
};

/** lvm_is_there(): whether this machine has LVM's tools. */
bool lvm_is_there(void);

/** lvm_parts(each, owner, why): every physical volume of this machine.  0, or
 *  a positive errno with words in why. */
int lvm_parts(void (*each)(void *owner, const struct lvm_part *part),
	      void *owner, struct text *why);

/** lvm_take_part(line, ret): one line of that answer, taken apart in place;
 *  false: it is something else that the tools had to say. */
bool lvm_take_part(char *line, struct lvm_part *ret);

/** A snapshot that is to be made. */
struct lvm_snapshot {
	const char *group;
	const char *origin; /* "group/volume" */
	const char *name;
	uint64_t extents;
};

/** lvm_snapshot/remove(…, why): done when it returns.  0, or a positive errno
 *  with what the tool said in why. */
int lvm_snapshot(const struct lvm_snapshot *snapshot, struct text *why);
int lvm_remove(const char *group, const char *name, struct text *why);

/** lvm_split(mapped, group, volume, room): "a--b-root" of device-mapper is the
 *  volume root of the group a-b.  False: it is no volume, or a layer of one
 *  that nobody sees. */
bool lvm_split(const char *mapped, char *group, char *volume, size_t room);

/** lvm_join(group, volume, to): the other way. */
void lvm_join(const char *group, const char *volume, struct text *to);

#endif
