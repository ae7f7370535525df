/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One disk that would be copied: who uses it, what it belongs to, what stands
 * on it.
 */
#include <errno.h>
#include <string.h>

#include "plan/verdict.h"
#include "plan/verdict_parts.h"
#include "source/survey.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* What FIFREEZE, or a remount of those that it does not know, brings to rest.
 * Source: freeze_fs and sync_fs of Linux, fs/. */
static const char *const freezing[] = {
	"ext2", "ext3", "ext4",	  "xfs",   "btrfs",    "f2fs", "jfs",
	"gfs2", "vfat", "nilfs2", "msdos", "reiserfs", "zfs",
};

/* As libblkid calls what several machines write to, or none of ours may. */
static const char *const shared[] = {
	"gfs",
	"gfs2",
	"ocfs",
	"ocfs2",
	"gpfs",
	"VMFS",
	"VMFS_volume_member",
	"ceph_bluestore",
	"lustre",
};

/* As libblkid calls members of firmware RAIDs, libblkid/src/superblocks. */
static const char *const firmware_raid[] = {
	"isw_raid_member",
	"ddf_raid_member",
	"nvidia_raid_member",
	"via_raid_member",
	"promise_fasttrack_raid_member",
	"jmicron_raid_member",
	"silicon_medley_raid_member",
	"lsi_mega_raid_member",
	"adaptec_raid_member",
	"hpt37x_raid_member",
	"hpt45x_raid_member",
};

/* What RAID controllers call their volumes. */
static const char *const volumes[] = {
	"PERC",	       "MegaRAID", "ServeRAID", "LOGICAL VOLUME",
	"Smart Array", "MR9",	   "Adaptec",	"ARECA",
	"3ware",       "RAID",	   "UCSC-",
};

/* It as it stands in the list, or NULL. */
static const char *find_in(const char *word, const char *const *list,
			   size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(word, list[i]))
			return list[i];
	return NULL;
}

static bool is_in(const char *word, const char *const *list, size_t count)
{
	return find_in(word, list, count);
}

/* The type of something on the disk that is in a list, or NULL. */
static const char *find_fs(const struct facts_disk *disk,
			   const char *const *list, size_t count)
{
	const char *type = find_in(disk->fs, list, count);

	for (size_t i = 0; !type && i < disk->parts; i++)
		type = find_in(disk->part[i].fs, list, count);
	for (size_t i = 0; !type && i < disk->uses; i++)
		type = find_in(disk->use[i].type, list, count);
	return type;
}

static const struct facts_layer *find_layer(const struct facts_disk *disk,
					    const char *kind)
{
	for (size_t i = 0; i < disk->layers; i++)
		if (!strcmp(disk->layer[i].kind, kind))
			return &disk->layer[i];
	return NULL;
}

static bool has_fs(const struct facts_disk *disk, const char *type)
{
	return find_fs(disk, &type, 1);
}

/* --- who uses it ------------------------------------------------------- */

static int judge_use(const struct survey *survey, const struct facts_disk *disk,
		     const struct facts_use *use, struct verdict *verdict)
{
	if (!strcmp(use->what, "unseen"))
		return verdict_add(verdict, REASON_DISK_HELD, disk->name, "%s",
				   use->device);
	if (!strcmp(use->what, "swap"))
		return verdict_add(verdict, REASON_SWAP, disk->name, "%s",
				   use->device);
	if (!survey->quiesce && !survey->in_the_way && use->write &&
	    !is_in(use->type, freezing, COUNT(freezing)))
		return verdict_add(verdict, REASON_FREEZE_UNKNOWN, disk->name,
				   "%s (%s)", use->place, use->type);
	return 0;
}

static bool is_held(const struct facts_disk *disk)
{
	for (size_t i = 0; i < disk->uses; i++)
		if (!strcmp(disk->use[i].what, "unseen"))
			return true;
	return false;
}

static int judge_users(const struct survey *survey,
		       const struct facts_disk *disk, struct verdict *verdict)
{
	bool zfs = has_fs(disk, "zfs_member");
	int r = 0;

	if (zfs && (survey->facts.zfs || is_held(disk)))
		r = verdict_add(verdict, REASON_ZFS, disk->name, NULL);
	for (size_t i = 0; r == 0 && i < disk->uses; i++)
		if (!zfs || strcmp(disk->use[i].what, "unseen"))
			r = judge_use(survey, disk, &disk->use[i], verdict);
	return r;
}

/* --- what it belongs to ------------------------------------------------ */

static const struct facts_disk *find_twin(const struct facts *facts,
					  const struct facts_disk *disk)
{
	for (size_t i = 0; *disk->wwn && i < facts->disks; i++)
		if (&facts->disk[i] != disk &&
		    !strcmp(facts->disk[i].wwn, disk->wwn))
			return &facts->disk[i];
	return NULL;
}

static bool is_raid_volume(const struct facts_disk *disk)
{
	for (size_t i = 0; i < COUNT(volumes); i++)
		if (strstr(disk->model, volumes[i]) ||
		    strstr(disk->vendor, volumes[i]))
			return true;
	return false;
}

static int judge_origin(const struct survey *survey,
			const struct facts_disk *disk, struct verdict *verdict)
{
	static const char *const san[] = {"iscsi", "fc", "fcoe"};
	const struct facts_disk *twin = find_twin(&survey->facts, disk);
	const struct facts_layer *path = find_layer(disk, "multipath");
	const char *cluster = find_fs(disk, shared, COUNT(shared));
	int r = 0;

	if (cluster)
		r = verdict_add(verdict, REASON_SHARED_DISK, disk->name, "%s",
				cluster);
	if (r == 0 && (twin || path))
		r = verdict_add(verdict, REASON_MULTIPATH, disk->name,
				path ? "%s stands on it"
				     : "it is the same as %s",
				path ? path->label : twin->name);
	if (r == 0 && is_in(disk->bus, san, COUNT(san)))
		r = verdict_add(verdict, REASON_SAN_DISK, disk->name, "%s",
				disk->bus);
	if (r == 0 && is_raid_volume(disk))
		r = verdict_add(verdict, REASON_RAID_VOLUME, disk->name,
				"%s %s", disk->vendor, disk->model);
	if (r == 0 && disk->block && disk->block != 512)
		r = verdict_add(verdict, REASON_SECTOR_SIZE, disk->name,
				"%llu bytes", (unsigned long long)disk->block);
	if (r == 0 && disk->read_only)
		r = verdict_add(verdict, REASON_READ_ONLY, disk->name, NULL);
	return r;
}

/* --- what stands on it ------------------------------------------------- */

static int judge_layers(const struct facts_disk *disk, struct verdict *verdict)
{
	static const struct {
		const char *kind; /* of a layer */
		const char *fs;	  /* of a partition, or NULL */
		enum reason reason;
	} row[] = {
		{"dmraid", NULL, REASON_FIRMWARE_RAID},
		{"bcache", "bcache", REASON_BCACHE},
		{"drbd", "drbd", REASON_DRBD},
		{"crypt", "crypto_LUKS", REASON_LUKS},
		{"lvm", "LVM2_member", REASON_LVM},
		{"md", "linux_raid_member", REASON_MD},
	};
	const char *raid = find_fs(disk, firmware_raid, COUNT(firmware_raid));
	int r = 0;

	if (raid)
		r = verdict_add(verdict, REASON_FIRMWARE_RAID, disk->name, "%s",
				raid);
	for (size_t i = 0; r == 0 && i < COUNT(row); i++) {
		const struct facts_layer *layer = find_layer(disk, row[i].kind);

		if (layer)
			r = verdict_add(verdict, row[i].reason, disk->name,
					"%s", layer->label);
		else if (row[i].fs && has_fs(disk, row[i].fs))
			r = verdict_add(verdict, row[i].reason, disk->name,
					NULL);
	}
	return r;
}

static int judge_opening(const struct survey_disk *disk,
			 struct verdict *verdict)
{
	enum reason reason = REASON_DISK_CLOSED;

	if (disk->open)
		return 0;
	if (disk->code == ENOENT || disk->code == ENXIO)
		reason = REASON_DISK_MISSING;

	return verdict_add(verdict, reason, disk->name, "%s",
			   disk->why ? disk->why : strerror(disk->code));
}

int verdict_disk(const struct survey *survey, const struct survey_disk *disk,
		 struct verdict *verdict)
{
	int r = judge_opening(disk, verdict);

	if (r == 0 && disk->open && survey->step == SURVEY_MEASURED &&
	    disk->about && !disk->watched)
		r = verdict_add(verdict, REASON_WRITES_UNKNOWN, disk->name,
				NULL);
	if (r == 0 && disk->writers)
		r = verdict_add(verdict, REASON_DISK_IN_USE, disk->name, "%s",
				disk->writers);
	if (r < 0 || !disk->about)
		return r;
	r = judge_users(survey, disk->about, verdict);
	if (r == 0)
		r = judge_origin(survey, disk->about, verdict);
	if (r == 0)
		r = judge_layers(disk->about, verdict);
	return r;
}
