/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_CHROOT_H
#define LANDER_GUEST_CHROOT_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;

/** Where a program that runs in a copied system finds what is there only for
 *  the time of it, and may put its own temporary files; the guest's path. */
#define CHROOT_SCRATCH "/var/tmp/.lander"
/** The text of chroot_job's file: in memory, because it may hold secrets. */
#define CHROOT_FILE "/run/.lander-file"

/** A program of a copied system. */
struct chroot_job {
	const char *root;
	const char *name;		/* for the log and the errors */
	const char *const *argv;	/* argv[0] is a path in root */
	const char *const *environment; /* "NAME=VALUE", beside PATH, HOME,
					 * LC_ALL, TERM; NULL: no more */
	const char *file;		/* text to be in CHROOT_FILE, or NULL */
	unsigned int limit_s;
	bool uefi;		  /* it sees this machine's EFI variables */
	bool names;		  /* it can look up host names */
	const _Atomic bool *stop; /* when it becomes true it is ended; NULL */
};

/**
 * chroot_run(job, err): runs it and waits.  It sees the copied system as its
 * root, this machine's /dev, and a /proc, /sys (not writable) and an empty /run
 * of its own; /sys/firmware/efi only where the guest is to start by UEFI.  All
 * of these are mounted in a namespace that ends with it, by whatever it ends,
 * and so do all processes it started.  What is on the disk for the time of it,
 * CHROOT_SCRATCH and two files where they are missing, is removed at its end,
 * and after a power cut by chroot_sweep().
 * While it runs, policy-rc.d of the guest forbids that its packages start
 * services, and with names its resolv.conf is this machine's, whether that is
 * a file, a link or immutable.
 * What it prints goes to the log.  Should memory run out, it is the first to
 * be ended.
 * Errors: ERROR_CONVERT "NAME exited with 3: its last lines"; ETIMEDOUT; the
 * step that could not be set up; ERROR_ABORTED.  Sources: mount_namespaces(7),
 * pid_namespaces(7), invoke-rc.d(8), prctl(2).
 */
int chroot_run(const struct chroot_job *job, struct error **err);

/** chroot_program(root, name, path): a program of the guest in its usual
 *  directories: 1 and its path there, or 0. */
bool chroot_program(const char *root, const char *name, char path[64]);

/** chroot_sweep(root): removes what a run that was cut off left in the tree.
 *  What can't be removed is logged.  Every conversion begins with it. */
void chroot_sweep(const char *root);

#endif
