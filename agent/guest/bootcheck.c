/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Would it boot?  It follows the chain on the disk and tells each station.  It
 * refuses nothing and changes nothing: the verdict is for its caller.
 */
#include "guest/bootcheck.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disk/volume.h"
#include "guest/bootcheck_bios.h"
#include "guest/bootcheck_names.h"
#include "guest/bootcheck_vendor.h"
#include "guest/convert.h"
#include "guest/efi_image.h"
#include "guest/entry.h"
#include "guest/esp.h"
#include "guest/fallback.h"
#include "guest/steps.h"
#include "guest/tree.h"

#define FSTAB_LIMIT ((size_t)1 << 20)
#define LINES_MAX   32	/* of fstab, in the report */
#define SHOWN	    200 /* of a path that is too long */

/* The machine on its way. */
struct check {
	struct convert *convert;
	bootcheck_initramfs *look;
	enum bootcheck_verdict verdict;
	enum efi_kind loader; /* EFI_NONE: not known */
	bool has_grub;	      /* and it is the one that starts */
	bool has_entry;
	struct entry entry;
	char *no_disk; /* why it does not reach its disk, for certain */
};

static void tell(struct check *check, enum bootcheck_verdict verdict,
		 const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void tell(struct check *check, enum bootcheck_verdict verdict,
		 const char *fmt, ...)
{
	static const enum step_outcome outcome[] = {STEP_DONE, STEP_SKIPPED,
						    STEP_FAILED};
	char *text = NULL;
	va_list ap;

	if (verdict > check->verdict)
		check->verdict = verdict;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	steps_add(&check->convert->steps, outcome[verdict], BOOTCHECK_STEP,
		  "%s", text ? text : "");
	free(text);
}

/* What the disk or the memory did is no matter of the guest. */
static bool is_ours(int r)
{
	return r == -ENOMEM || r == -EIO;
}

/* Only an entry in the firmware starts it: ours, written at the hand-over. */
static int check_vendor(struct check *check, const char *instead)
{
	struct esp_vendor vendor = {0};
	char *place = NULL;
	bool listed;
	int r = 0;

	if (esp_find(check->convert, &place, &listed))
		r = esp_find_vendor(check->convert->root, place, &vendor);
	if (r == 1) {
		check->loader = EFI_GRUB;
		tell(check, BOOTCHECK_UNSURE,
		     "only a boot entry of the firmware starts %s: %s",
		     vendor.shim ? vendor.shim : vendor.grub, instead);
	} else if (r == 0 && check->loader == EFI_OTHER) {
		tell(check, BOOTCHECK_UNSURE, "%s", instead);
	} else if (r == 0) {
		tell(check, BOOTCHECK_FAILS,
		     "this machine starts by UEFI, and %s", instead);
	}
	esp_done_vendor(&vendor);
	free(place);
	return r < 0 ? r : 0;
}

/* The menu is found by a small one first. */
static int check_vendor_config(struct check *check)
{
	char *text = NULL;
	int r = bootcheck_vendor_read(check->convert, &text);

	if (r == 1)
		tell(check, BOOTCHECK_UNSURE, "%s", text);
	free(text);
	return r < 0 ? r : 0;
}

static int check_uefi(struct check *check)
{
	struct efi_image image = {0};
	char *path = NULL;
	int r = fallback_check(check->convert, &path, &image);

	if (r < 0)
		return r;
	check->loader = image.kind;
	if (r == 0)
		return check_vendor(check, "no BOOTX64.EFI that has what it "
					   "loads is in an EFI System "
					   "Partition of the system");
	if (image.kind == EFI_OTHER)
		r = check_vendor(check, "BOOTX64.EFI is a program that lander "
					"does not know");
	else
		tell(check, BOOTCHECK_BOOTS, "%s: %s%s%s", path,
		     efi_image_name(image.kind), *image.version ? " " : "",
		     image.version);
	check->has_grub = image.kind == EFI_SHIM || image.kind == EFI_GRUB;
	if (r >= 0 && check->has_grub && image.is_signed)
		r = check_vendor_config(check);
	free(path);
	return r < 0 ? r : 0;
}

static int check_bios(struct check *check)
{
	const struct volumes *volumes = check->convert->volumes;
	const char *device = volumes ? volumes->device : NULL;
	enum bootcheck_bios bios = BOOTCHECK_BIOS_NOTHING;
	int r = device ? bootcheck_bios_read(check->convert->root, device,
					     &bios)
		       : -ENODEV;

	check->loader = EFI_GRUB;
	check->has_grub = r == 0 && bios == BOOTCHECK_BIOS_GRUB;
	if (is_ours(r))
		return r;
	if (r < 0)
		tell(check, BOOTCHECK_UNSURE, "boot code: not looked at");
	else if (bios == BOOTCHECK_BIOS_GRUB)
		tell(check, BOOTCHECK_BOOTS, "boot code: GRUB");
	else if (bios == BOOTCHECK_BIOS_OTHER)
		tell(check, BOOTCHECK_UNSURE,
		     "boot code: another loader, whose configuration lander "
		     "does not read");
	else if (bios == BOOTCHECK_BIOS_LOST)
		tell(check, BOOTCHECK_FAILS,
		     "boot code: GRUB's core.img is not at the sector that "
		     "the first one names");
	else if (check->convert->disks > 1)
		tell(check, BOOTCHECK_UNSURE,
		     "boot code: none on the disk of the system; another disk "
		     "of the job may have it");
	else
		tell(check, BOOTCHECK_FAILS,
		     "this machine starts by BIOS, and no boot code is in the "
		     "first sector");
	return 0;
}

static int check_loader(struct check *check)
{
	return check->convert->uefi ? check_uefi(check) : check_bios(check);
}

static int check_entry(struct check *check)
{
	struct error *why = NULL;
	int r;

	if (check->loader == EFI_NONE)
		return 0;
	r = entry_read(check->convert, check->loader, &check->entry, &why);
	check->has_entry = r == 0;
	if (r < 0 && !is_ours(r))
		/* A GRUB that is not what starts may well have no menu;
		 * systemd-boot passes over entries without a kernel. */
		tell(check,
		     r == -ENOENT && check->has_grub ? BOOTCHECK_FAILS
						     : BOOTCHECK_UNSURE,
		     "menu: %s", why->msg);
	else if (r == 0)
		tell(check, BOOTCHECK_BOOTS, "%s starts %.*s%s",
		     check->entry.where, SHOWN, check->entry.kernel,
		     check->entry.initrd_fd >= 0 ? " with an initramfs" : "");
	error_free(why);
	return is_ours(r) ? r : 0;
}

/* A kernel of a distribution has its drivers in the initramfs. */
static int check_initramfs(struct check *check)
{
	char *text = NULL;
	int r;

	if (!check->has_entry)
		return 0;
	if (check->entry.initrd_fd < 0 && check->entry.kernel_fd >= 0) {
		tell(check, BOOTCHECK_UNSURE,
		     "initramfs: %.*s has none; all drivers must be built in",
		     SHOWN, check->entry.kernel);
		return 0;
	}
	if (!check->look)
		return 0;
	r = check->look(check->convert, &check->entry, &text);
	if (r == 0)
		tell(check, BOOTCHECK_BOOTS, "initramfs: %s",
		     text ? text : "it has this machine's drivers");
	else if (r > 0)
		tell(check, BOOTCHECK_FAILS, "initramfs: %s",
		     text ? text : "a driver is missing");
	else if (!is_ours(r))
		tell(check, BOOTCHECK_UNSURE, "initramfs: can't be judged: %s",
		     text ? text : strerror(-r));
	if (r == BOOTCHECK_NO_DISK && check->entry.is_default) {
		check->no_disk = text;
		text = NULL;
	}
	free(text);
	return is_ours(r) ? r : 0;
}

static int check_root(struct check *check)
{
	enum bootcheck_verdict verdict = BOOTCHECK_BOOTS;
	char *text = NULL;
	int r;

	if (!check->has_entry)
		return 0;
	r = bootcheck_names_root(check->convert, check->entry.cmdline, &verdict,
				 &text);
	if (r == 0)
		tell(check, verdict, "%s", text);
	free(text);
	return r;
}

static int check_fstab(struct check *check)
{
	char *fstab = NULL;
	size_t at = 0;
	int r = tree_read(check->convert->root, "/etc/fstab", FSTAB_LIMIT,
			  &fstab);

	if (r < 0)
		return is_ours(r) ? r : 0;
	r = 1;
	for (int lines = 0; r == 1 && lines < LINES_MAX; lines++) {
		enum bootcheck_verdict verdict = BOOTCHECK_BOOTS;
		char *text = NULL;

		r = bootcheck_names_fstab(check->convert, fstab, &at, &verdict,
					  &text);
		if (r == 1)
			tell(check, verdict, "%s", text);
		free(text);
	}
	free(fstab);
	return r < 0 ? r : 0;
}

int bootcheck_run(struct convert *convert, bootcheck_initramfs *initramfs,
		  enum bootcheck_verdict *ret_verdict, struct error **err)
{
	static int (*const stations[])(struct check *check) = {
		check_loader, check_entry, check_initramfs, check_root,
		check_fstab};
	struct check check = {.convert = convert,
			      .look = initramfs,
			      .entry = {.kernel_fd = -1, .initrd_fd = -1}};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(stations) / sizeof(*stations);
	     i++)
		r = stations[i](&check);
	entry_done(&check.entry);
	if (r < 0)
		r = error_set(err, ERROR_CONVERT, -r, "boot check");
	else if (check.no_disk)
		r = (error_set(err, ERROR_CONVERT, 0, "%s", check.no_disk),
		     -ENODEV);
	free(check.no_disk);
	*ret_verdict = check.verdict;
	return r;
}

const char *bootcheck_word(enum bootcheck_verdict verdict)
{
	static const char *const word[] = {"would boot", "may boot",
					   "would not boot"};

	return word[verdict];
}
