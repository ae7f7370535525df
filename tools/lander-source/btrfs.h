/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_BTRFS_H
#define LANDER_SOURCE_BTRFS_H

struct device;
struct devices;

/** btrfs_find(all, node): the first of these devices that a btrfs which is
 *  mounted from this node's device consists of; NULL when it is none.  The
 *  other ones are marked as used. */
struct device *btrfs_find(struct devices *all, const char *node);

#endif
