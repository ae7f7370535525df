/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_FSTAB_H
#define LANDER_GUEST_FSTAB_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct volume;

/* fstab(5); crypttab(5) has lines of the same make. */
enum fstab_column {
	FSTAB_SPEC,
	FSTAB_PLACE,
	FSTAB_TYPE,
	FSTAB_OPTIONS,
	FSTAB_DUMP,
	FSTAB_PASS,
	FSTAB_FIELDS
};

/** One entry, as places in the whole text. */
struct fstab_line {
	size_t fields; /* at most FSTAB_FIELDS */
	size_t at[FSTAB_FIELDS];
	size_t length[FSTAB_FIELDS];
};

/** fstab_next(text, at, ret): the next entry from *at on, which moves behind
 *  it.  Comments and empty lines are passed over.  False at the end. */
bool fstab_next(const char *text, size_t *at, struct fstab_line *ret_line);

/** fstab_field(text, line, column): a field with its \040 resolved; empty when
 *  the line has none.  To free(); NULL: no memory. */
char *fstab_field(const char *text, const struct fstab_line *line,
		  enum fstab_column column);

/** The first fields of one entry; empty where the line has none. */
struct fstab_entry {
	const struct fstab_line *line;
	char *spec;
	char *place;
	char *type;
	char *options;
};

/** fstab_read_entry(text, line, ret): to fstab_free_entry(), also when there
 *  was no memory: false. */
bool fstab_read_entry(const char *text, const struct fstab_line *line,
		      struct fstab_entry *ret);
void fstab_free_entry(struct fstab_entry *entry);

typedef int fstab_act(void *owner, const struct fstab_entry *entry,
		      struct error **err);

/** fstab_each(text, act, owner, err): act on every entry that has a place (of
 *  crypttab: a device), in order, until it returns what is not 0; returns that.
 *  Errors: act's, ENOMEM. */
int fstab_each(const char *text, fstab_act *act, void *owner,
	       struct error **err);

/** fstab_has(options, name): "nofail", or "subvol" of "subvol=@". */
bool fstab_has(const char *options, const char *name);

/**
 * fstab_find(text, place, ret_spec): the first field of the line whose second
 * is place ("/boot"), as in "UUID=…" or "/dev/mapper/vg-var"; to free().
 * False when there is none, or when it is not a file system of its own
 * (bind, noauto, a btrfs subvolume).  Source: fstab(5).
 */
bool fstab_find(const char *text, const char *place, char **ret_spec);

/** fstab_mount(text, place, ret_spec, ret_options): as fstab_find(), subvolumes
 *  of btrfs too; both to free(). */
bool fstab_mount(const char *text, const char *place, char **ret_spec,
		 char **ret_options);

/** fstab_value(options, name): "@" of "subvol=@", to free(); NULL: none. */
char *fstab_value(const char *options, const char *name);

/** fstab_names(spec, volume): that field means this volume.  UUID=, LABEL=,
 *  PARTUUID=, /dev/disk/by-uuid, by-label and by-partuuid, and LVM's
 *  /dev/mapper/VG-LV and /dev/VG/LV, and the aliases that guest/alias found;
 *  never a name such as /dev/sda1, which is
 *  another disk on each machine. */
bool fstab_names(const char *spec, const struct volume *volume);

#endif
