/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_STORAGE_BTRFS_H
#define LANDER_SOURCE_STORAGE_BTRFS_H

struct text;

/** storage_btrfs_tell(to, place): the subvolumes of the btrfs that is mounted
 *  there, `"subvolumes":[…],"default":256,`; nothing when it does not tell. */
void storage_btrfs_tell(struct text *to, const char *place);

#endif
