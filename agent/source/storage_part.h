/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_STORAGE_PART_H
#define LANDER_SOURCE_STORAGE_PART_H

/* For storage.c and its parts. */

#include <jansson.h>

#include "source/storage.h"

/** storage_part_number(json, key): below 2^54, else 0. */
uint64_t storage_part_number(const json_t *json, const char *key);

/** storage_part_bytes(json, key, ret_length): of a text of hexadecimal digits,
 *  a zero byte follows; NULL when it is none, or there is no memory. */
uint8_t *storage_part_bytes(const json_t *json, const char *key,
			    size_t *ret_length);

/** storage_part_head(json, device, size): its first bytes: the superblock in
 *  it, the table on it.  Errors: of memory. */
int storage_part_head(const json_t *json, struct storage_device *device,
		      struct error **err);

/** storage_part_subvolumes(json, device, err): of a mounted btrfs, once. */
int storage_part_subvolumes(const json_t *json, struct storage_device *device,
			    struct error **err);

/** storage_part_grub(json, ret): what its paths say. */
void storage_part_grub(const json_t *json, struct storage_grub *ret);

#endif
