/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INSPECT_VOLUME_H
#define LANDER_GUEST_INSPECT_VOLUME_H

#include <jansson.h>

struct convert;
struct volume;

/** inspect_volume_one(volume): its device, fs, uuid, label, partuuid, and
 *  why it is "locked" (LUKS, an array without enough members); null
 *  for NULL. */
json_t *inspect_volume_one(const struct volume *volume);

/** inspect_volume_list(convert): all of them. */
json_t *inspect_volume_list(const struct convert *convert);

/** inspect_volume_mounts(convert): the lines of /etc/fstab; "resolves" is true
 *  when what it names is on the disks, false when not, null when that can't be
 *  told or it is no disk's; "why" says more. */
json_t *inspect_volume_mounts(const struct convert *convert);

#endif
