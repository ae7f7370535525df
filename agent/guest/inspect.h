/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INSPECT_H
#define LANDER_GUEST_INSPECT_H

#include <jansson.h>
#include <stdbool.h>

struct convert;
struct error;

/** A Linux system that is only looked at. */
struct inspect {
	/* root, volumes, root_volume, disks and this machine, as for a
	 * conversion; steps are added to. */
	struct convert *convert;
	const char *name;      /* "Debian GNU/Linux 12 (bookworm)" */
	bool has_disk;	       /* its disk was looked at: platform is known */
	unsigned int platform; /* guest/platform.h */
};

/**
 * inspect_system(inspect, ret, err): everything that conversion would read, as
 * one JSON object: name, root, volumes, mounts, firmware, machine, initramfs,
 * kernels, loaders, entry, network, selinux, leftovers, boot_check.  What is
 * not known is null.  Nothing is written.  Errors: of memory.
 */
int inspect_system(const struct inspect *inspect, json_t **ret_json,
		   struct error **err);

/** inspect_text(text): a JSON text of what a guest wrote: printable ASCII; null
 *  for NULL. */
json_t *inspect_text(const char *text);

#endif
