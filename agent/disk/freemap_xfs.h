/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_FREEMAP_XFS_H
#define LANDER_DISK_FREEMAP_XFS_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct freemap;

/** freemap_xfs_is(head): whether XFS begins with these 4096 bytes. */
bool freemap_xfs_is(const uint8_t *head);

/** freemap_xfs_check(map, head, err): freemap_check() of one. */
int freemap_xfs_check(const struct freemap *map, const uint8_t *head,
		      struct error **err);

#endif
