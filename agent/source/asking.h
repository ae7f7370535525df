/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_ASKING_H
#define LANDER_SOURCE_ASKING_H

#include <stdint.h>

struct description;
struct error;
struct remote;

#define ASKING_DISK 0U /* the disk's number at the other end */

/** asking_disk(remote, disk, type, ret, err): WIRE_OPEN by its name, or
 *  WIRE_CHECK: what it is now. */
int asking_disk(struct remote *remote, const char *disk, uint8_t type,
		struct description *ret, struct error **err);

/** asking_sync(remote, err): all file systems there are written out. */
int asking_sync(struct remote *remote, struct error **err);

/** asking_view(remote, key, err): from now on it is read as it was when that
 *  view was made, and never as it is. */
int asking_view(struct remote *remote, uint64_t key, struct error **err);

#endif
