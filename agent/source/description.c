/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk as its machine describes it, and whether a later description is of the
 * same disk in the same state.  What can't be told counts as written to.
 */
#include "source/description.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/parse.h"

int description_take(const char *name, const uint8_t *bytes, size_t length,
		     struct description *ret, struct error **err)
{
	size_t words = length - WIRE_OPENED_BYTES;

	*ret->writers = '\0';
	if (length < WIRE_OPENED_BYTES || !wire_get_disk(bytes, &ret->disk))
		return error_set(err, ERROR_SOURCE, 0,
				 "%s is not described as a disk", name);
	if (!(ret->disk.flags & WIRE_DISK_WRITERS))
		return 0;
	if (words >= sizeof(ret->writers))
		words = sizeof(ret->writers) - 1;
	(void)snprintf(ret->writers, sizeof(ret->writers), "%.*s", (int)words,
		       (const char *)bytes + WIRE_OPENED_BYTES);
	parse_make_printable(ret->writers);
	if (!*ret->writers)
		(void)snprintf(ret->writers, sizeof(ret->writers),
			       "somebody may write to it");
	return 0;
}

/* A file is not bound to one start of its machine. */
uint64_t description_state(const struct wire_disk *disk)
{
	uint64_t seed = disk->stamp;

	if (disk->flags & WIRE_DISK_BLOCK)
		return XXH3_64bits_withSeed(disk->boot, sizeof(disk->boot),
					    seed) |
		       1;
	return XXH3_64bits(&seed, sizeof(seed)) | 1;
}

int description_same(const char *name, const struct description *then,
		     const struct description *now, struct error **err)
{
	const struct wire_disk *a = &then->disk;
	const struct wire_disk *b = &now->disk;

	if (a->size != b->size)
		return error_set(err, ERROR_SOURCE, ESTALE,
				 "%s had %llu bytes and now has %llu", name,
				 (unsigned long long)a->size,
				 (unsigned long long)b->size);
	if (a->block != b->block ||
	    (a->flags ^ b->flags) & ~(WIRE_DISK_WRITERS | WIRE_DISK_READ_ONLY))
		return error_set(err, ERROR_SOURCE, ESTALE,
				 "%s is another kind of disk now", name);
	return 0;
}

int description_untouched(const char *name, const struct description *then,
			  const struct description *now, struct error **err)
{
	const struct wire_disk *a = &then->disk;
	const struct wire_disk *b = &now->disk;
	int r = description_same(name, then, now, err);

	if (r < 0)
		return r;
	if (memcmp(a->boot, b->boot, sizeof(a->boot)) &&
	    a->flags & WIRE_DISK_BLOCK)
		return error_set(err, ERROR_SOURCE, ESTALE,
				 "the machine of %s was started again while it "
				 "was copied: who wrote to the disk meanwhile "
				 "can't be told",
				 name);
	if (a->stamp != b->stamp)
		return error_set(err, ERROR_SOURCE, ESTALE,
				 "%s was written to while it was copied", name);
	if (*now->writers && !*then->writers)
		return error_set(err, ERROR_SOURCE, EBUSY, "%s: %s", name,
				 now->writers);
	return 0;
}
