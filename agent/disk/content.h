/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_CONTENT_H
#define LANDER_DISK_CONTENT_H

#include <stdbool.h>

#include "disk/record.h"

struct blockdev;
struct error;

enum content_kind {
	CONTENT_BLANK,	 /* no signature, first and last MiB zero */
	CONTENT_RECORD,	 /* a valid job record in sector 0 */
	CONTENT_DAMAGED, /* a job record with a wrong checksum */
	CONTENT_SYSTEM,	 /* partition table or whole-disk signature */
	CONTENT_DATA,	 /* nothing known, but not zero */
};

/** What a disk holds, found without writing to it. */
struct content {
	enum content_kind kind;
	char *text; /* for people: "GPT with 3 partitions (vfat, ext4)" */
	struct record record; /* CONTENT_RECORD and, as far as read, DAMAGED */
};

/**
 * content_read(disk, ret, err): look at sector 0, libblkid's partition tables
 * and signatures, the first and the last MiB.  An unreadable sector 0 or MiB
 * is ERROR_TARGET with the offset, never "blank".
 */
int content_read(const struct blockdev *disk, struct content *ret_content,
		 struct error **err);
void content_done(struct content *content);

#endif
