/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_VOLUME_LIST_H
#define LANDER_DISK_VOLUME_LIST_H

#include "disk/volume.h"

/* What libblkid calls them. */
#define VOLUME_LIST_ARRAY "linux_raid_member"
#define VOLUME_LIST_LUKS  "crypto_LUKS"
#define VOLUME_LIST_PV	  "LVM2_member"

/** volume_list_add(volumes, device, like, err): what is on a device goes into
 *  the list; like: its kind, disk and holder. */
int volume_list_add(struct volumes *volumes, const char *device,
		    const struct volume *like, struct error **err);

/** volume_list_note(volumes, kind, name, pv, err): something was made, to be
 *  undone by volume_close().  Takes pv. */
int volume_list_note(struct volumes *volumes, enum volume_kind kind,
		     const char *name, char **pv, struct error **err);

#endif
