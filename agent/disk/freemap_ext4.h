/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_FREEMAP_EXT4_H
#define LANDER_DISK_FREEMAP_EXT4_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct freemap;

/** freemap_ext4_is(head): whether ext4 begins with these 4096 bytes. */
bool freemap_ext4_is(const uint8_t *head);

/** freemap_ext4_check(map, head, err): freemap_check() of one. */
int freemap_ext4_check(const struct freemap *map, const uint8_t *head,
		       struct error **err);

#endif
