/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NEWLAYOUT_KIND_H
#define LANDER_GUEST_NEWLAYOUT_KIND_H

#include <stdbool.h>

/** newlayout_kind_mounts(type, fs): a line of fstab with this type mounts such
 *  a file system: "auto", a list with it, ext4 for ext2 and ext3. */
bool newlayout_kind_mounts(const char *type, const char *fs);

/** newlayout_kind_shares(type, fs): both are of the ext family: options of the
 *  one are the other's, too. */
bool newlayout_kind_shares(const char *type, const char *fs);

/** newlayout_kind_options(options): those that mean the same to every file
 *  system, or are not for the file system; "defaults" when none is left.  To
 *  free(); NULL: no memory.  Source: mount(8), systemd.mount(5). */
char *newlayout_kind_options(const char *options);

/**
 * newlayout_kind_subvolume(options, name): without the number of a btrfs
 * subvolume, which is another one in a new file system; the name (or "", when
 * it is not known) comes in its place where none stood.  To free(); NULL: no
 * memory.  What names none by number, or the top (5), stays as it is.
 */
char *newlayout_kind_subvolume(const char *options, const char *name);

/** newlayout_kind_tail(place, fs): options and both numbers of a new line. */
const char *newlayout_kind_tail(const char *place, const char *fs);

/** newlayout_kind_escape(value): a field as fstab(5) has it, "a\040b"; to
 *  free(); NULL: no memory. */
char *newlayout_kind_escape(const char *value);

#endif
