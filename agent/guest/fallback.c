/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader that any firmware starts without having been told.  It copies
 * programs of the system itself, the one that makes the difference last, and
 * leaves alone what works or what it does not know.
 */
#include "guest/fallback.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/efi_image.h"
#include "guest/esp.h"
#include "guest/fallback_config.h"
#include "guest/fallback_set.h"
#include "guest/steps.h"
#include "guest/unified.h"

#define STEP "boot loader"
#define BOOT "EFI/BOOT/BOOTX64.EFI"

/* What is in the partition, and what is to be. */
struct fallback {
	struct convert *convert;
	const char *root;
	char *place;	      /* of the partition in the tree */
	char *directory;      /* its EFI/BOOT */
	char *path;	      /* and the BOOTX64.EFI in it */
	struct efi_image now; /* what that is */
	struct esp_vendor vendor;
	struct efi_image shim; /* the vendor's */
	struct efi_image grub;
	struct fallback_set set;
	const char *from; /* for people: where the new loader is from */
};

static int read_partition(struct fallback *f)
{
	int r = esp_path(f->root, f->place, "EFI/BOOT", &f->directory);

	if (r >= 0)
		r = esp_path(f->root, f->place, BOOT, &f->path);
	if (r == 1 && efi_image_read(f->root, f->path, &f->now) == -EIO)
		r = -EIO;
	if (r >= 0)
		r = esp_find_vendor(f->root, f->place, &f->vendor);
	if (r >= 0 && f->vendor.shim)
		(void)efi_image_read(f->root, f->vendor.shim, &f->shim);
	if (r >= 0 && f->vendor.grub)
		(void)efi_image_read(f->root, f->vendor.grub, &f->grub);
	return r < 0 ? r : 0;
}

/* A path in EFI/BOOT as it is spelled there; NULL without memory. */
static char *in_boot(const struct fallback *f, const char *name)
{
	char *path = NULL;

	return esp_path(f->root, f->directory, name, &path) < 0 ? NULL : path;
}

static bool is_in_boot(const struct fallback *f, const char *name)
{
	char *path = NULL;
	bool there = name && esp_path(f->root, f->directory, name, &path) == 1;

	free(path);
	return there;
}

/* A shim that was started as BOOTX64.EFI hands over to fbx64.efi when that is
 * there, and that needs a list; else to its second program. */
static bool is_complete(const struct fallback *f)
{
	struct efi_image second = {0};
	char *path;

	if (f->now.kind != EFI_SHIM)
		return f->now.kind != EFI_NONE;
	if (is_in_boot(f, f->now.fallback))
		return f->vendor.list && f->vendor.shim;
	path = in_boot(f, f->now.loads);
	if (path)
		(void)efi_image_read(f->root, path, &second);
	free(path);
	return second.kind != EFI_NONE;
}

/* The second program in EFI/BOOT is an old one of the vendor's. */
static bool is_second_older(const struct fallback *f)
{
	struct efi_image second = {0};
	char *path = f->now.loads ? in_boot(f, f->now.loads) : NULL;

	if (path)
		(void)efi_image_read(f->root, path, &second);
	free(path);
	return efi_image_is_older(&second, &f->grub);
}

static int add_config(struct fallback *f)
{
	char *text = NULL;
	int r = fallback_config_read(f->convert, f->place, f->vendor.directory,
				     &text);

	if (r <= 0)
		return r;
	return fallback_set_text(&f->set, text, in_boot(f, "grub.cfg"));
}

/* shim, what it loads, and the manager of its keys where there is one. */
static int plan_shim(struct fallback *f)
{
	char *manager = NULL;
	char *second = NULL;
	int r = esp_path(f->root, f->vendor.directory, f->shim.loads, &second);

	if (r == 1)
		r = fallback_set_copy(&f->set, f->root, second,
				      in_boot(f, f->shim.loads));
	else if (r == 0)
		r = -ENOENT;
	free(second);
	if (r == 0 && esp_path(f->root, f->vendor.directory, f->shim.manager,
			       &manager) == 1)
		r = fallback_set_copy(&f->set, f->root, manager,
				      in_boot(f, f->shim.manager));
	free(manager);
	if (r == 0)
		r = add_config(f);
	if (r == 0)
		r = fallback_set_copy(&f->set, f->root, f->vendor.shim,
				      strdup(f->path));
	f->from = f->vendor.shim;
	return r;
}

static int plan_grub(struct fallback *f)
{
	int r = add_config(f);

	if (r == 0)
		r = fallback_set_copy(&f->set, f->root, f->vendor.grub,
				      strdup(f->path));
	f->from = f->vendor.grub;
	return r;
}

static int plan_single(struct fallback *f, const char *from)
{
	return fallback_set_copy(&f->set, f->root, from, strdup(f->path));
}

/* One that starts a shim's second program is not left behind without it. */
static int put_aside(struct fallback *f, struct error **err)
{
	char *path;
	int r;

	if (f->vendor.list || !is_in_boot(f, f->shim.fallback))
		return 0;
	path = in_boot(f, f->shim.fallback);
	r = path ? edit_remove(f->root, path, err) : error_memory(err);
	if (r == 1)
		steps_add(&f->convert->steps, STEP_DONE, STEP,
			  "%s put aside: it would look for a list of loaders "
			  "and there is none",
			  path);
	free(path);
	return r;
}

static int write_set(struct fallback *f, const char *why, struct error **err)
{
	int r = fallback_set_write(&f->set, f->root, f->place, err);

	if (r >= 0 && f->from == f->vendor.shim && f->from) {
		int aside = put_aside(f, err);

		r = aside < 0 ? aside : r + aside;
	}
	if (r > 0)
		steps_add(&f->convert->steps, STEP_DONE, STEP, "%s: %s, now %s",
			  f->path, why, f->from);
	else if (r == 0)
		steps_add(&f->convert->steps, STEP_SKIPPED, STEP,
			  "%s is %s already", f->path, f->from);
	return r;
}

/* Makes one from whatever the system has. */
static int make(struct fallback *f, const char *why, struct error **err)
{
	char *kernel = unified_find(f->root, f->place);
	char *systemd = unified_menu(f->root, f->place, kernel);
	int r = -ENOENT;

	if (f->vendor.shim)
		r = plan_shim(f);
	if (r == -ENOENT && f->vendor.grub) {
		fallback_set_done(&f->set);
		r = plan_grub(f);
	}
	if (r == -ENOENT && (systemd || kernel)) {
		f->from = systemd ? systemd : kernel;
		r = plan_single(f, f->from);
	}
	if (r < 0)
		r = error_set(err, ERROR_CONVERT, -r,
			      "%s: %s, and nothing in %s could be it", f->path,
			      why, f->place);
	else
		r = write_set(f, why, err);
	if (r >= 0 && f->from == kernel)
		steps_add(&f->convert->steps, STEP_DONE, STEP,
			  "%s will not follow updates of the kernel: the "
			  "system has no systemd-boot that could",
			  f->path);
	free(kernel);
	free(systemd);
	return r;
}

static int leave(struct fallback *f, const char *why)
{
	steps_add(&f->convert->steps, STEP_SKIPPED, STEP, "%s: %s%s%s, %s",
		  f->path, efi_image_name(f->now.kind),
		  *f->now.version ? " " : "", f->now.version, why);
	return 0;
}

/* What works is brought up to the vendor's own, and no further. */
static int refresh(struct fallback *f, struct error **err)
{
	static const char why[] = "older than the vendor's own";
	struct efi_image image = {0};
	char *systemd;
	int r;

	if (f->now.kind == EFI_SHIM &&
	    (efi_image_is_older(&f->now, &f->shim) || is_second_older(f))) {
		r = plan_shim(f);
		if (r == 0)
			return write_set(f, why, err);
		return leave(f, "older than the vendor's, which is incomplete");
	}
	if (f->now.kind == EFI_GRUB && efi_image_is_older(&f->now, &f->grub)) {
		r = plan_grub(f);
		return r < 0 ? error_set(err, ERROR_CONVERT, -r, "%s", f->path)
			     : write_set(f, why, err);
	}
	systemd = f->now.kind == EFI_SYSTEMD_BOOT
			  ? unified_menu(f->root, f->place, NULL)
			  : NULL;
	if (systemd && efi_image_read(f->root, systemd, &image) == 0 &&
	    efi_image_is_older(&f->now, &image)) {
		f->from = systemd;
		r = plan_single(f, systemd);
		r = r < 0 ? error_set(err, ERROR_CONVERT, -r, "%s", f->path)
			  : write_set(f, why, err);
	} else {
		r = leave(f, "left as it is");
	}
	free(systemd);
	return r;
}

static int repair(struct fallback *f, struct error **err)
{
	int r = read_partition(f);

	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r, "read '%s'", f->place);
	if (f->vendor.others)
		steps_add(&f->convert->steps, STEP_SKIPPED, STEP,
			  "%u more loader directories beside %s, left alone",
			  f->vendor.others, f->vendor.directory);
	if (f->now.kind == EFI_NONE)
		return make(f, "was missing", err);
	if (!is_complete(f))
		return make(f, "was a shim without what it loads", err);
	return refresh(f, err);
}

static void close_fallback(struct fallback *f)
{
	fallback_set_done(&f->set);
	esp_done_vendor(&f->vendor);
	free(f->directory);
	free(f->path);
	free(f->place);
}

int fallback_convert(struct convert *convert, struct error **err)
{
	struct fallback f = {.convert = convert, .root = convert->root};
	struct error *why = NULL;
	bool listed = false;
	int r;

	if (!convert->uefi)
		return 0;
	if (!esp_find(convert, &f.place, &listed)) {
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "no EFI System Partition is mounted in the copied "
			  "system");
		return 0;
	}
	if (!listed)
		steps_add(&convert->steps, STEP_SKIPPED, STEP,
			  "/etc/fstab does not mount the EFI System Partition "
			  "at %s; left so",
			  f.place);
	r = repair(&f, &why);
	close_fallback(&f);
	if (r >= 0)
		return 0;
	if (r == -EIO || r == -ENOMEM) {
		if (err)
			*err = why;
		else
			error_free(why);
		return r;
	}
	steps_add(&convert->steps, STEP_FAILED, STEP, "%s", why->msg);
	error_free(why);
	return 0;
}

int fallback_check(const struct convert *convert, char **ret_path,
		   struct efi_image *ret_image)
{
	struct fallback f = {.root = convert->root};
	bool listed = false;
	int r = 0;

	if (!esp_find(convert, &f.place, &listed))
		return 0;
	r = read_partition(&f);
	if (r == 0 && is_complete(&f)) {
		*ret_image = f.now;
		*ret_path = f.path;
		f.path = NULL;
		r = 1;
	}
	close_fallback(&f);
	return r;
}
