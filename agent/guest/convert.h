/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_CONVERT_H
#define LANDER_GUEST_CONVERT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "guest/bootcheck.h"
#include "guest/steps.h"

struct error;
struct newlayout;
struct script;
struct volume;
struct volumes;

/** A network card of this machine. */
struct convert_nic {
	char mac[18];	 /* "52:54:00:12:34:56", lower case */
	char driver[32]; /* "virtio_net" */
};

/** One copied system, mounted, and the machine that it is to run on.  Steps of
 *  the conversion take it, change the tree below root and add to steps. */
struct convert {
	const char *root; /* its root directory, with /boot, /usr, /var and the
			   * EFI system partition mounted where it has them */
	/* All file systems, swap areas and the like on the job's disks. */
	const struct volumes *volumes;
	bool uefi; /* how this machine was started */
	/* Of the disk's controllers and the network cards, from the device up
	 * to its bus, as in /sys/…/modalias; NULL at the end. */
	char **modalias;
	bool scsi; /* a target disk is a SCSI disk: sd_mod is needed, too */
	const struct convert_nic *nic;
	size_t nics;
	bool rebuild;	/* the guest's own tool makes each initramfs anew */
	bool reinstall; /* GRUB for BIOS is installed anew by the guest's own */
	/* The staged disk that firmware starts; NULL when the caller does not
	 * say. */
	const char *boot_disk;
	/* mode=file: what is on the disks is another layout than the source's;
	 * or NULL. */
	const struct newlayout *layout;
	/* What this machine is: "kvm", "vmware", "microsoft", "xen", "oracle",
	 * "parallels", "none", as systemd-detect-virt(1) says it; NULL when
	 * nobody knows. */
	const char *hypervisor;
	/* The one of volumes that root is on, and how many disks the job has;
	 * NULL and 0 when the caller does not say. */
	const struct volume *root_volume;
	unsigned int disks;
	/* From the job: which NIC an interface is, "ens192=52:54:00:12:34:56",
	 * NULL at the end; NULL when it says nothing. */
	const char *const *nic_map;
	/* What the first interface gets: NULL or "keep", "dhcp", or
	 * "static:ADDRESS/PREFIX,GATEWAY[,DNS...]". */
	const char *network;
	enum bootcheck_verdict boots; /* by convert_run(): what came of it */
	/* Scripts of the job; its UUID and its target disks, as scripts see
	 * them
	 * ("/dev/vda /dev/vdb"), or NULL. */
	const struct script *script;
	size_t scripts;
	const char *job;
	const char *targets;
	bool ran; /* a program of the copied system ran in it */
	/* Becomes true: what runs of the copied system is ended; or NULL. */
	const _Atomic bool *stop;
	/* Hears, before it begins, of what takes minutes; or NULL. */
	void (*say)(void *owner, const char *text);
	void *owner; /* of say */
	struct steps steps;
};

/** convert_say(convert, format, …): one line to convert->say. */
void convert_say(const struct convert *convert, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** convert_run(convert, err): all parts of a conversion, in their order.  Each
 *  leaves its lines in convert->steps, also those before an error.  Errors:
 *  ERROR_CONVERT: the machine would certainly not start, or its disk failed. */
int convert_run(struct convert *convert, struct error **err);

#endif
