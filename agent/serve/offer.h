/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SERVE_OFFER_H
#define LANDER_SERVE_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/blockdev.h"
#include "disk/content.h"

struct error;

/** One disk of this machine. */
struct offer {
	struct blockdev disk;
	struct content content;
	char *left_out; /* why it is not served; NULL: it is */
	uint64_t began; /* sectors read from it when serving began */
};

struct offers {
	struct offer *offer;
	size_t count;
	size_t served;
};

/**
 * offer_disks(wanted, machine, ret, err): wanted is "" for every disk that is
 * not removable, not the live medium and not in use, or names between commas,
 * as blockdev_find() takes them.  In the live system all disks become read-only
 * first, served or not: from there on the kernel refuses every write.  Else
 * wanted names the disks or files, and they are left as they are.
 * Errors: ERROR_CONFIG (no such disk, with those that there are), ERROR_TARGET
 * (unreadable, can't be made read-only).  Source: BLKROSET of linux/fs.h.
 */
int offer_disks(const char *wanted, bool machine, struct offers *ret,
		struct error **err);

/** offer_read(offer): bytes that were read from it since then; 0 for a file. */
uint64_t offer_read(const struct offer *offer);

void offer_done(struct offers *offers);

#endif
