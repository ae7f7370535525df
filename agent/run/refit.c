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
#include "boot/firmware.h"
#include "config/config.h"
#include "disk/gap.h"
#include "disk/layout.h"
#include "disk/mount.h"
#include "disk/newesp.h"
#include "disk/origin.h"
#include "disk/stage.h"
#include "disk/volume.h"
#include "guest/efigrub.h"
#include "guest/root.h"
#include "guest/tree.h"
#include "plan/mismatch.h"
#include "run/fitting.h"
#include "run/migrate.h"
#include "run/report.h"

/* Debian's signed shim and GRUB are where its packages put them. */
#define CARRIED "/"

#define ESP_GUID "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"

/* Where GRUB will find the menu: the UUID of a file system and a path in it. */
static int find_menu(const struct volumes *volumes, const struct root *root,
		     char **ret_uuid, char **ret_path, struct error **err)
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
	for (size_t i = 0; r == 0 && !*ret_uuid && i < volumes->count; i++) {
		const struct volume *volume = &volumes->volume[i];

		if (!strcmp(volume->device, origin.device) &&
		    volume->kind == VOLUME_LUKS)
			r = error_set(
				err, ERROR_CONVERT, ENOTSUP,
				"the boot menu is inside of a LUKS container, "
				"which this loader does not open");
		else if (volume->uuid && !strcmp(volume->device, origin.device))
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
static int fill(const struct volumes *volumes, const struct root *root,
		const char *device, char **ret_from, struct error **err)
{
	struct efigrub grub = {.root = root->directory, .carried = CARRIED};
	char *mount = NULL;
	char *uuid = NULL;
	char *path = NULL;
	int r = find_menu(volumes, root, &uuid, &path, err);

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

static struct job_disk *boot_disk(struct migrate *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->disk[i].record.boot && m->disk[i].stage)
			return &m->disk[i];
	return NULL;
}

/* Where it belongs in the new tree; NULL: nowhere.  *ret_full: the source had
 * something in it. */
static const char *place_of(const struct design *design, size_t node,
			    bool *ret_full)
{
	const char *place = NULL;

	*ret_full = false;
	for (size_t i = 0; i < design->mounts; i++)
		if (design->mount[i].node == node) {
			place = design->mount[i].place;
			*ret_full = *design->mount[i].source_place;
		}
	return place;
}

/* Of a new layout: the partition is there, and empty, when the source had none
 * or did not mount it. */
static void take_new(struct migrate *m)
{
	const struct design *design = &m->fitting->fit.design;
	bool full;

	for (size_t i = 0; i < design->count; i++) {
		const struct design_node *node = &design->node[i];

		if (node->kind != DESIGN_PART ||
		    (strcasecmp(node->type, ESP_GUID) != 0 &&
		     strcmp(node->type, "0xef") != 0))
			continue;
		(void)place_of(design, i, &full);
		if (full)
			continue;
		m->fitting->esp = i;
		m->esp.number = node->number;
		(void)snprintf(m->esp.uuid, sizeof(m->esp.uuid), "%.9s",
			       node->fs.uuid);
		return;
	}
}

int refit_disk(struct migrate *m, struct error **err)
{
	struct job_disk *disk = boot_disk(m);
	struct layout layout = {0};
	struct gap gap = {0};
	char why[256];
	int r;

	if (m->fitting && firmware_started_uefi())
		take_new(m);
	if (m->fitting)
		return 0;

	if (!disk || !mismatch_is(&m->plan) ||
	    !config_is(m->config, CONFIG_FIRMWARE, "convert"))
		return 0;
	r = layout_read(disk->stage->device, &layout, err);
	if (r == 0 && layout_esp(&layout))
		r = 1;
	layout_done(&layout);
	if (r != 0)
		return r < 0 ? r : 0;
	if (mismatch_end(&m->plan, &gap, why, sizeof(why)))
		r = newesp_make(disk->stage->device, disk->stage->logical_block,
				&gap, &m->esp, err);
	else if (mismatch_is_certain(&m->plan))
		r = error_set(err, ERROR_CONVERT, ENOSPC, "%s", why);
	else
		report_say(m->report, "firmware=convert: %s; left so", why);
	return r < 0 ? error_wrap(err, "firmware=convert") : 0;
}

static struct job_disk *esp_disk(struct migrate *m)
{
	struct job_disk *disk;

	if (!m->fitting)
		return boot_disk(m);
	/* Its disks are the job's, in their order. */
	disk = &m->disk[m->fitting->fit.design.node[m->fitting->esp].on[0]];
	return disk->stage ? disk : NULL;
}

int refit_root(struct migrate *m, const struct volumes *volumes,
	       const struct root *root, struct error **err)
{
	struct job_disk *disk = esp_disk(m);
	const char *place = NULL;
	char device[96];
	char *from = NULL;
	bool full;
	int r;

	if (!disk || !m->esp.number)
		return 0;
	if (m->fitting)
		place = place_of(&m->fitting->fit.design, m->fitting->esp,
				 &full);
	(void)blockdev_partition(disk->stage->device, m->esp.number, device,
				 sizeof(device));
	r = fill(volumes, root, device, &from, err);
	if (r == 0 && !place)
		r = efigrub_mount_line(root->directory, m->esp.uuid, &place,
				       err);
	if (r == 0)
		report_say(m->report,
			   "%s: partition %u is new, an EFI System Partition "
			   "with a GRUB for UEFI (%s); %s mounts it.%s",
			   disk->target.path, m->esp.number, from, place,
			   m->fitting ? ""
				      : " It starts by BIOS as before, too");
	free(from);
	return r < 0 ? error_wrap(err, "firmware=convert") : 1;
}
