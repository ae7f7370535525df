/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Starting the machine's own disk.  It changes nothing on that disk, and it
 * does not try for ever: what was tried is kept by the firmware, and counts
 * until the disk's system has run.
 */
#include "run/bootdisk.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "boot/attempt.h"
#include "boot/firmware.h"
#include "boot/handoff.h"
#include "boot/loader.h"
#include "disk/layout.h"
#include "disk/mount.h"
#include "disk/volume.h"
#include "guest/esp.h"
#include "guest/grub.h"
#include "guest/root.h"
#include "guest/tree.h"
#include "run/report.h"

enum { TRIED_NOTHING, TRIED_FIRMWARE, TRIED_KEXEC };

void bootdisk_reboot(struct report *report)
{
	struct error *error = NULL;

	(void)handoff_reboot(&error);
	report_error(report, "reboot", error);
}

/* What the directory of this disk's system may be called; NULL for no Linux. */
static char **find_vendors(const char *disk)
{
	struct root root = {0};
	char **names = NULL;

	if (root_look_disk(disk, &root, NULL) != 0)
		return NULL;
	if (esp_names(root.directory, &names) < 0)
		names = NULL;
	(void)root_close(&root, NULL);
	return names;
}

static int find_loader(const char *disk, const char *esp, char **ret_loader,
		       struct error **err)
{
	char **vendors = find_vendors(disk);
	char *directory = NULL;
	int r = mount_open(esp, "vfat", true, &directory, err);

	if (r == 0) {
		*ret_loader = loader_find(directory, vendors);
		(void)mount_close(directory, NULL);
		if (!*ret_loader)
			r = error_set(err, ERROR_CONVERT, 0,
				      "no loader that this firmware could "
				      "start is in %s",
				      esp);
	}
	tree_free_list(vendors);
	return r;
}

/* set: firmware_keep_entry() or firmware_boot_next(). */
static int set_entry(const char *disk,
		     int (*set)(const struct firmware_entry *entry,
				struct error **err),
		     struct error **err)
{
	struct firmware_entry entry = {.disk = disk};
	const struct layout_part *esp;
	struct layout layout = {0};
	char *loader = NULL;
	char *path = NULL;
	int r = layout_read(disk, &layout, err);

	if (r < 0)
		return r;
	esp = layout_esp(&layout);
	if (!esp || !esp->uuid) {
		r = error_set(err, ERROR_CONVERT, 0,
			      "%s has no EFI System Partition and this machine "
			      "starts by UEFI",
			      disk);
		goto out;
	}
	path = layout_part_path(disk, esp->number);
	r = path ? 0 : error_memory(err);
	if (r == 0)
		r = find_loader(disk, path, &loader, err);
	entry.esp = esp->number;
	entry.partuuid = esp->uuid;
	entry.loader = loader;
	if (r == 0)
		r = set(&entry, err);
out:
	free(path);
	free(loader);
	layout_done(&layout);
	return r;
}

void bootdisk_keep(struct report *report, const char *path)
{
	struct error *error = NULL;

	if (!firmware_is_uefi() || !*path)
		return;
	if (set_entry(path, firmware_keep_entry, &error) == 0) {
		report_say(report, "a boot entry for %s is in the firmware",
			   path);
		return;
	}
	report_error(report, "boot entry", error);
	report_say(report,
		   "%s is left to what the firmware starts by itself, "
		   "\\EFI\\BOOT\\BOOTX64.EFI",
		   path);
}

static int load_kexec(struct report *report, const char *disk,
		      struct error **err)
{
	struct grub_entry entry = {.kernel = -1, .initrd = -1};
	struct root root = {0};
	int r = root_look_disk(disk, &root, err);

	if (r == 1)
		return error_set(err, ERROR_CONVERT, 0,
				 "no Linux system is on %s", disk);
	if (r < 0)
		return r;
	r = grub_read(root.directory, &entry, err);
	if (r == 0) {
		report_say(report, "kexec: %s %s", entry.path, entry.cmdline);
		r = handoff_kexec_load(entry.kernel, entry.initrd,
				       entry.cmdline, err);
	}
	grub_done(&entry);
	if (root_close(&root, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	return r;
}

void bootdisk_kexec(struct report *report, const char *path)
{
	struct error *error = NULL;

	if (load_kexec(report, path, &error) == 0)
		(void)handoff_kexec(&error);
	report_error(report, "kexec", error);
}

/* Zeroes when there is no Linux root: such a disk has no receipt either, so
 * nobody comes back to it. */
static void read_mark(const char *disk, uint8_t ret_mark[16])
{
	struct root root = {0};

	memset(ret_mark, 0, 16);
	if (root_look_disk(disk, &root, NULL) != 0)
		return;
	memcpy(ret_mark, root.mark, sizeof(root.mark));
	(void)root_close(&root, NULL);
}

/* False when the firmware does not keep it: then nothing bounds a loop of
 * reboots but not to begin one. */
static bool keep(struct report *report, const struct attempt *attempt)
{
	struct error *error = NULL;

	if (attempt_write(attempt_directory, attempt, &error) == 0)
		return true;
	report_error(report, "hand-over", error);
	return false;
}

static void start_by_firmware(struct report *report,
			      const struct bootdisk *disk,
			      struct attempt *attempt)
{
	struct error *error = NULL;

	attempt->count = TRIED_FIRMWARE;
	if (!keep(report, attempt) && disk->arrived)
		return;
	if (set_entry(disk->path, firmware_boot_next, &error) < 0) {
		report_error(report, "boot entry", error);
		return;
	}
	report_say(report, "rebooting into %s", disk->path);
	bootdisk_reboot(report);
}

static void start_uefi(struct report *report, const struct bootdisk *disk)
{
	struct attempt attempt = {0};
	unsigned int tried = TRIED_NOTHING;

	(void)snprintf(attempt.job, sizeof(attempt.job), "%s", disk->job);
	read_mark(disk->path, attempt.mark);
	if (disk->arrived)
		attempt_read(attempt_directory, attempt.job, attempt.mark,
			     &tried);
	if (tried == TRIED_NOTHING)
		start_by_firmware(report, disk, &attempt);
	else
		report_say(report,
			   "%s was tried before, and its system has not run "
			   "since",
			   disk->path);
	if (tried <= TRIED_FIRMWARE) {
		attempt.count = TRIED_KEXEC;
		(void)keep(report, &attempt);
		bootdisk_kexec(report, disk->path);
	}
}

void bootdisk_start(struct report *report, const struct bootdisk *disk)
{
	if (firmware_is_uefi())
		start_uefi(report, disk);
	else if (disk->arrived)
		/* The boot menu did not get it to start, or was told not to
		 * try: another reboot would end here again. */
		bootdisk_kexec(report, disk->path);
	if (!disk->arrived) {
		report_say(report, "rebooting into %s", disk->path);
		bootdisk_reboot(report);
	}
	report_say(report,
		   "%s is finished, but this machine does not start from it: "
		   "its loader and its kernel were tried, and nothing on it "
		   "was changed",
		   disk->path);
	report_say(report, "try: take this medium out, or put the disk first "
			   "in the boot order, and start again");
}
