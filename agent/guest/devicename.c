/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the name that the old machine gave a partition to the volume it meant.
 * Two volumes that a name may mean are none: it never guesses, because a wrong
 * name mounts, or formats as swap, what is somebody's data.
 */
#include "guest/devicename.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/volume.h"
#include "guest/devicename_old.h"
#include "guest/fstab.h"

#define ANY_TYPE "auto"

/* A partition of a disk, or a whole disk with a file system on it. */
static bool is_on_disk(const struct volume *volume)
{
	return volume->kind == VOLUME_PLAIN &&
	       (volume->partuuid || volume->number ||
		strncmp(volume->device, "/dev/mapper/", 12) != 0);
}

struct devicename_order devicename_order_make(const struct volumes *volumes,
					      unsigned int disks)
{
	struct devicename_order order = {.volumes = volumes, .disks = disks};

	for (size_t i = 0; !disks && i < volumes->count; i++)
		if (volumes->volume[i].disk >= order.disks)
			order.disks = volumes->volume[i].disk + 1;
	return order;
}

static struct devicename_disk *find_disk(const struct devicename_order *order,
					 const char *key)
{
	for (size_t i = 0; i < order->count; i++)
		if (!strcmp(order->disk[i].key, key))
			return (struct devicename_disk *)&order->disk[i];
	return NULL;
}

static struct devicename_disk *note(struct devicename_order *order,
				    const struct devicename_old *old)
{
	struct devicename_disk *disk = find_disk(order, old->key);

	if (disk || order->count == DEVICENAME_DISKS)
		return disk;
	disk = &order->disk[order->count++];
	*disk = (struct devicename_disk){
		.family = old->family, .index = old->index, .known = -1};
	(void)snprintf(disk->key, sizeof(disk->key), "%s", old->key);
	return disk;
}

void devicename_note(struct devicename_order *order, const char *name)
{
	struct devicename_old old;

	if (devicename_old_read(name, &old))
		(void)note(order, &old);
}

void devicename_note_fstab(struct devicename_order *order, const char *text,
			   const struct volume *root)
{
	struct fstab_line line;
	size_t at = 0;

	while (fstab_next(text, &at, &line)) {
		char *spec = fstab_field(text, &line, FSTAB_SPEC);
		char *place = fstab_field(text, &line, FSTAB_PLACE);

		if (spec)
			devicename_note(order, spec);
		if (spec && place && root && !strcmp(place, "/"))
			devicename_anchor(order, spec, root);
		free(spec);
		free(place);
	}
}

void devicename_anchor(struct devicename_order *order, const char *name,
		       const struct volume *volume)
{
	struct devicename_old old;
	struct devicename_disk *disk;

	if (!devicename_old_read(name, &old) || old.number != volume->number ||
	    !is_on_disk(volume))
		return;
	/* The entry of another system in the menu names another disk. */
	for (size_t i = 0; i < order->count; i++)
		if (order->disk[i].known == (long)volume->disk &&
		    order->disk[i].family == old.family &&
		    strcmp(order->disk[i].key, old.key) != 0)
			return;
	disk = note(order, &old);
	if (disk)
		disk->known = (long)volume->disk;
}

static bool is_extended(const char *type, size_t length)
{
	return length == 4 &&
	       (!memcmp(type, "ext2", 4) || !memcmp(type, "ext3", 4) ||
		!memcmp(type, "ext4", 4));
}

/* What mount(8) finds by itself with "auto". */
static bool is_mountable(const char *fs)
{
	static const char *const other[] = {
		"swap",	  "swsuspend", "crypto_LUKS",	    "LVM2_member",
		"bcache", "BitLocker", "linux_raid_member", "zfs_member",
		"drbd"};

	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (!strcmp(fs, other[i]))
			return false;
	return true;
}

/* One word of fstab's third field, and what libblkid calls the content. */
static bool fits_word(const char *fs, const char *type, size_t length)
{
	static const struct {
		const char *type;
		const char *fs;
	} other[] = {
		{"msdos", "vfat"},	 {"fat", "vfat"},
		{"ntfs-3g", "ntfs"},	 {"ntfs3", "ntfs"},
		{"fuseblk", "ntfs"},	 {"lowntfs-3g", "ntfs"},
		{"fuse.exfat", "exfat"}, {"swap", "swsuspend"},
	};

	if (strlen(fs) == length && !memcmp(fs, type, length))
		return true;
	if (is_extended(fs, strlen(fs)) && is_extended(type, length))
		return true;
	if (length == strlen(ANY_TYPE) && !memcmp(ANY_TYPE, type, length))
		return is_mountable(fs);
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (strlen(other[i].type) == length &&
		    !memcmp(other[i].type, type, length))
			return !strcmp(other[i].fs, fs);
	return false;
}

bool devicename_fits(const struct volume *volume, const char *type)
{
	if (!volume->fs)
		return false;
	for (const char *at = type; at && *at;) {
		size_t length = strcspn(at, ",");

		if (fits_word(volume->fs, at, length))
			return true;
		at += length;
		at += *at == ',';
	}
	return !type;
}

static const struct volume *find_volume(const struct volumes *volumes,
					unsigned long disk, unsigned int number)
{
	for (size_t i = 0; i < volumes->count; i++) {
		const struct volume *volume = &volumes->volume[i];

		if (volume->disk == disk && volume->number == number &&
		    is_on_disk(volume))
			return volume;
	}
	return NULL;
}

/* The order of the disks is known when all names in use are of one kind and
 * none of them is beyond the job's disks.  An anchor must agree. */
static bool is_ordered(const struct devicename_order *order,
		       const struct devicename_old *old)
{
	for (size_t i = 0; i < order->count; i++) {
		const struct devicename_disk *disk = &order->disk[i];

		if (disk->index < 0)
			continue;
		if (disk->index >= (long)order->disks ||
		    (disk->known >= 0 && disk->known != disk->index) ||
		    (disk->family != old->family && order->disks > 1))
			return false;
	}
	return old->index >= 0 && old->index < (long)order->disks;
}

static void say_unknown(struct devicename *result, const char *why)
{
	result->verdict = DEVICENAME_UNKNOWN;
	(void)snprintf(result->why, sizeof(result->why), "%s", why);
}

/* Which disk is known: its partition must be there, and be what it was. */
static void take_partition(const struct devicename_order *order, long disk,
			   unsigned int number, const char *type,
			   struct devicename *result)
{
	const struct volume *volume =
		find_volume(order->volumes, (unsigned long)disk, number);

	result->verdict = DEVICENAME_UNKNOWN;
	if (!volume && number)
		(void)snprintf(result->why, sizeof(result->why),
			       "disk %ld has no partition %u with a known "
			       "content",
			       disk + 1, number);
	else if (!volume)
		(void)snprintf(result->why, sizeof(result->why),
			       "disk %ld has partitions, no content of its own",
			       disk + 1);
	else if (!devicename_fits(volume, type))
		(void)snprintf(result->why, sizeof(result->why),
			       "partition %u of disk %ld holds %s, not %s",
			       number, disk + 1,
			       volume->fs ? volume->fs : "nothing known",
			       type ? type : "a file system");
	if (*result->why)
		return;
	result->verdict = DEVICENAME_MOVED;
	result->volume = volume;
}

/* A name without an order: the one partition with that number that fits. */
static void take_only(const struct devicename_order *order,
		      const struct devicename_old *old, const char *type,
		      const struct volume *likely, struct devicename *result)
{
	const struct volume *found = NULL;
	size_t fitting = 0;
	size_t stems = 0;

	for (size_t i = 0; i < order->volumes->count; i++) {
		const struct volume *volume = &order->volumes->volume[i];

		if (volume->number != old->number || !is_on_disk(volume) ||
		    !devicename_fits(volume, type))
			continue;
		fitting++;
		if (!found || volume == likely)
			found = volume;
	}
	for (size_t i = 0; i < order->count; i++)
		stems += order->disk[i].index < 0;
	if (!found)
		say_unknown(result, "no disk has such a partition with a "
				    "fitting content");
	else if (found != likely && fitting > 1)
		say_unknown(result, "partitions of several disks fit");
	else if (found != likely && stems > order->disks)
		say_unknown(result, "more disks are named so than were copied");
	if (result->verdict == DEVICENAME_UNKNOWN)
		return;
	result->verdict = DEVICENAME_MOVED;
	result->volume = found;
}

static void resolve_old(const struct devicename_order *order,
			const struct devicename_old *old, const char *type,
			const struct volume *likely, struct devicename *result)
{
	const struct devicename_disk *disk = find_disk(order, old->key);

	if (disk && disk->known >= 0)
		take_partition(order, disk->known, old->number, type, result);
	else if (old->index < 0)
		take_only(order, old, type, likely, result);
	else if (is_ordered(order, old))
		take_partition(order, old->index, old->number, type, result);
	else
		say_unknown(result, "which of the old machine's disks that was "
				    "can't be told from the names in use");
}

/* A name that a crypttab or a kernel line gave to an opened container, and
 * that nobody found there. */
static bool may_be_mapping(const struct volumes *volumes, const char *name)
{
	if (strncmp(name, "/dev/mapper/", 12) != 0)
		return false;
	for (size_t i = 0; i < volumes->count; i++)
		if (volumes->volume[i].kind == VOLUME_LUKS)
			return true;
	return false;
}

/* What may be inside is not known: LUKS that is not open, arrays and groups
 * that are not complete here, and what this system has no tool for. */
static bool has_closed(const struct volumes *volumes)
{
	static const char *const closed[] = {"crypto_LUKS", "linux_raid_member",
					     "LVM2_member", "bcache",
					     "zfs_member",  "BitLocker"};

	for (size_t i = 0; i < volumes->count; i++)
		for (size_t c = 0; c < sizeof(closed) / sizeof(*closed); c++)
			if (volumes->volume[i].fs &&
			    !volumes->volume[i].opened &&
			    !strcmp(volumes->volume[i].fs, closed[c]))
				return true;
	return false;
}

struct devicename devicename_resolve(const struct devicename_order *order,
				     const char *name, const char *type,
				     const struct volume *likely)
{
	struct devicename result = {.verdict = DEVICENAME_NONE};
	struct devicename_old old;

	for (size_t i = 0; i < order->volumes->count; i++) {
		if (!fstab_names(name, &order->volumes->volume[i]))
			continue;
		result.verdict = DEVICENAME_STABLE;
		result.volume = &order->volumes->volume[i];
		return result;
	}
	switch (devicename_old_kind(name)) {
	case DEVICENAME_OLD_NONE:
		break;
	case DEVICENAME_OLD_OPAQUE:
		result.verdict = DEVICENAME_STABLE;
		break;
	case DEVICENAME_OLD_TAG:
		result.verdict = DEVICENAME_STABLE;
		if (!has_closed(order->volumes) &&
		    !may_be_mapping(order->volumes, name))
			say_unknown(&result, "nothing on the copied disks has "
					     "that name");
		break;
	case DEVICENAME_OLD_DISK:
		if (devicename_old_read(name, &old))
			resolve_old(order, &old, type, likely, &result);
		break;
	case DEVICENAME_OLD_DRIVE:
		say_unknown(&result, "a drive that this machine may not have");
		break;
	}
	return result;
}

static bool is_alone(const struct volumes *volumes, const char *uuid,
		     const struct volume *volume)
{
	for (size_t i = 0; i < volumes->count; i++)
		if (&volumes->volume[i] != volume && volumes->volume[i].uuid &&
		    !strcasecmp(volumes->volume[i].uuid, uuid))
			return false;
	return true;
}

char *devicename_write(const struct volumes *volumes,
		       const struct volume *volume, enum devicename_form form)
{
	bool uuid = form != DEVICENAME_PARTUUID && volume->uuid &&
		    *volume->uuid && is_alone(volumes, volume->uuid, volume);
	const char *value = uuid ? volume->uuid : volume->partuuid;
	char *text = NULL;

	if (!value || !*value || strpbrk(value, " \t\n\"'\\$"))
		return NULL;
	if (asprintf(&text, "%s%s%s",
		     form == DEVICENAME_PATH ? "/dev/disk/by-" : "",
		     uuid ? form == DEVICENAME_PATH ? "uuid/" : "UUID="
		     : form == DEVICENAME_PATH ? "partuuid/"
					       : "PARTUUID=",
		     value) < 0)
		return NULL;
	return text;
}
