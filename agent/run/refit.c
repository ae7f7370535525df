/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A system for BIOS on a machine that starts by UEFI: a new partition, a
 * loader in it, a line in fstab.  What starts the system by BIOS stays, so the
 * disk then starts both ways.  It knows GRUB's menus only.
 */
#include "run/refit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "disk/gap.h"
#include "disk/layout.h"
#include "disk/mount.h"
#include "disk/newesp.h"
#include "disk/origin.h"
#include "disk/stage.h"
#include "guest/efigrub.h"
#include "guest/root.h"
#include "guest/tree.h"
#include "plan/mismatch.h"
#include "run/migrate.h"
#include "run/report.h"

/* Debian's signed shim and GRUB are where its packages put them. */
#define CARRIED "/"

/* Where GRUB will find the menu: the UUID of a file system and a path in it. */
static int find_menu(const struct root *root, char **ret_uuid, char **ret_path,
		     struct error **err)
{
	const char *menu = efigrub_menu(root->directory);
	struct origin origin = {0};
	char *path = NULL;
	int r;

	if (!menu)
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "the boot menu of %s is none of GRUB 2's "
				 "(/boot/grub/grub.cfg)",
				 root->name);
	r = tree_path(root->directory, menu, &path);
	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r, "'%s'", menu);
	r = origin_find(path, &origin, err);
	free(path);
	for (size_t i = 0; r == 0 && !*ret_uuid && i < root->volumes.count;
	     i++) {
		const struct volume *volume = &root->volumes.volume[i];

		if (volume->uuid && !strcmp(volume->device, origin.device))
			*ret_uuid = strdup(volume->uuid);
	}
	if (r == 0 && !*ret_uuid)
		r = error_set(err, ERROR_CONVERT, ENOENT,
			      "the file system with the boot menu (%s) has no "
			      "UUID",
			      origin.device);
	if (r == 0) {
		*ret_path = origin.path;
		origin.path = NULL;
	}
	origin_done(&origin);
	return r;
}

/* The files, in the new partition while it is mounted aside. */
static int fill(const struct root *root, const char *device, char **ret_from,
		struct error **err)
{
	struct efigrub grub = {.root = root->directory, .carried = CARRIED};
	char *mount = NULL;
	char *uuid = NULL;
	char *path = NULL;
	int r = find_menu(root, &uuid, &path, err);

	if (r == 0)
		r = mount_open(device, "vfat", false, &mount, err);
	if (r == 0) {
		grub.uuid = uuid;
		grub.path = path;
		grub.esp = mount;
		r = efigrub_install(&grub, ret_from, err);
		if (mount_close(mount, r < 0 ? NULL : err) < 0 && r == 0)
			r = -EIO;
	}
	free(uuid);
	free(path);
	return r;
}

/* The partition comes first: mkfs.vfat wants a disk of which nothing is
 * mounted. */
static int refit_disk(struct migrate *m, const struct job_disk *disk,
		      const struct gap *gap, struct error **err)
{
	const char *stage = disk->stage->device;
	struct newesp esp = {0};
	struct root root = {0};
	const char *place = NULL;
	char device[96];
	char *from = NULL;
	int r = newesp_make(stage, disk->stage->logical_block, gap, &esp, err);

	if (r < 0)
		return r;
	(void)snprintf(device, sizeof(device), "%sp%u", stage, esp.number);
	r = root_open(stage, ROOT_CONVERT, &root, err);
	if (r == 1)
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "no Linux root file system is on it");
	if (r < 0)
		return r;
	r = fill(&root, device, &from, err);
	if (r == 0)
		r = efigrub_mount_line(root.directory, esp.uuid, &place, err);
	if (root_close(&root, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	if (r == 0)
		report_say(m->report,
			   "%s: partition %u is new, an EFI System Partition "
			   "with a GRUB for UEFI (%s); %s mounts it. It starts "
			   "by BIOS as before, too",
			   disk->target.path, esp.number, from, place);
	free(from);
	return r;
}

int refit_run(struct migrate *m, struct job_disk *disk, struct error **err)
{
	struct layout layout = {0};
	struct gap gap = {0};
	char why[256];
	int r;

	if (!disk->record.boot || !mismatch_is(&m->plan) ||
	    !config_is(m->config, CONFIG_FIRMWARE, "convert"))
		return 0;
	r = layout_read(disk->stage->device, &layout, err);
	if (r == 0 && layout_esp(&layout))
		r = 1;
	layout_done(&layout);
	if (r != 0)
		return r < 0 ? r : 0;
	if (mismatch_end(&m->plan, &gap, why, sizeof(why)))
		r = refit_disk(m, disk, &gap, err);
	else if (mismatch_is_certain(&m->plan))
		r = error_set(err, ERROR_CONVERT, ENOSPC, "%s", why);
	else
		report_say(m->report, "firmware=convert: %s; left so", why);
	return r < 0 ? error_wrap(err, "firmware=convert") : 0;
}
