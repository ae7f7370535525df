/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_HARDWARE_H
#define LANDER_RUN_HARDWARE_H

#include "guest/convert.h"
#include "network/card.h"

struct error;
struct blockdev;
struct migrate;

/** What a converted system will run on. */
struct hardware {
	char **modalias;	 /* of the targets and the network cards */
	bool scsi;		 /* a target is a SCSI disk */
	struct convert_nic *nic; /* in the order of their places */
	size_t nics;
	char *hypervisor; /* systemd-detect-virt(1); NULL: unknown */
};

/** hardware_read(m, ret, err): the target disks' controllers, the network
 *  cards and the hypervisor of this machine. */
int hardware_read(const struct migrate *m, struct hardware *ret_hardware,
		  struct error **err);

/** hardware_add_disk(disk, hardware, err), hardware_add_machine(hardware, err):
 *  the parts of that: one disk; the cards and the hypervisor. */
int hardware_add_disk(const struct blockdev *disk, struct hardware *hardware,
		      struct error **err);
int hardware_add_machine(struct hardware *hardware, struct error **err);

void hardware_done(struct hardware *hardware);

#endif
