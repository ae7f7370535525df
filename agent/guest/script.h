/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_SCRIPT_H
#define LANDER_GUEST_SCRIPT_H

struct convert;
struct error;

enum script_when {
	SCRIPT_POST,	  /* in the converted system, before the commit */
	SCRIPT_FIRSTBOOT, /* once, when it first runs on its own */
};

/** A script of the job. */
struct script {
	enum script_when when;
	const char *interpreter; /* a path in the copied system */
	const char *text;
	const char *origin; /* "lander.ks:12" */
};

/**
 * script_convert(convert, err): those for the first boot are put in place
 * (guest/firstboot.h), then those of %post run, in their order, by
 * chroot_run() with host names and at most 1800 s each, in the environment
 *   LANDER_ROOT=/  LANDER_JOB=UUID  LANDER_DISKS="/dev/vda /dev/vdb" (targets)
 *   LANDER_FIRMWARE=uefi|bios  LANDER_SCRIPT=origin
 * A line in convert->steps for each.  Errors: ERROR_CONVERT, the first %post
 * that does not end with 0, an interpreter that the system lacks, those of
 * firstboot_set(): the job stops before its commit, and the next start runs
 * them all again.
 */
int script_convert(struct convert *convert, struct error **err);

#endif
