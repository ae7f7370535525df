/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The boot code of a BIOS machine, by the copied system's own installer.  It
 * carries no boot code itself, and leaves alone what works.
 */
#include "guest/biosgrub.h"

#include <stdbool.h>

#include "base/error.h"
#include "disk/volume.h"
#include "guest/bootcheck_bios.h"
#include "guest/chroot.h"
#include "guest/convert.h"
#include "guest/steps.h"

#define STEP	"boot loader"
#define LIMIT_S 300

static bool find_program(const char *root, char path[64])
{
	return chroot_program(root, "grub-install", path) ||
	       chroot_program(root, "grub2-install", path);
}

static int install(struct convert *convert, const char *device,
		   struct error **err)
{
	char program[64];
	const char *const argv[] = {program,	 "--target=i386-pc",
				    "--recheck", "--no-floppy",
				    device,	 NULL};
	const struct chroot_job job = {.root = convert->root,
				       .name = "grub-install",
				       .argv = argv,
				       .limit_s = LIMIT_S,
				       .stop = convert->stop};

	if (!find_program(convert->root, program))
		return error_set(err, ERROR_CONVERT, 0,
				 "the copied system has neither grub-install "
				 "nor grub2-install");
	convert_say(convert, "the copied system's grub-install is run");
	convert->ran = true;
	return chroot_run(&job, err);
}

int biosgrub_convert(struct convert *convert, struct error **err)
{
	enum bootcheck_bios bios = BOOTCHECK_BIOS_NOTHING;
	const char *device = convert->boot_disk;
	struct error *why = NULL;
	bool lost;
	int r;

	if (convert->uefi || !device)
		return 0;
	lost = bootcheck_bios_read(convert->root, device, &bios) == 0 &&
	       bios == BOOTCHECK_BIOS_LOST;
	if (!lost && !convert->reinstall)
		return 0;
	r = install(convert, device, &why);
	if (r == 0) {
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "GRUB for BIOS was installed by the copied system's "
			  "own grub-install: %s",
			  lost ? "its core.img was not where the first sector "
				 "looks for it"
			       : "as asked");
		return 0;
	}
	if (convert->reinstall) {
		if (err)
			*err = why;
		else
			error_free(why);
		return error_wrap(err, "loader=reinstall");
	}
	steps_add(&convert->steps, STEP_FAILED, STEP,
		  "GRUB's core.img is not where the first sector looks for it, "
		  "and it can't be installed again: %s",
		  why->msg);
	error_free(why);
	return 0;
}
