/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New volume groups.  They get the names that they had; LVM sees nothing but
 * the devices that it is given, and asks nothing.
 */
#include "disk/lvm_make.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "disk/lvm.h"

int lvm_make_part(const char *device, const char *uuid, struct error **err)
{
	char *const devices[] = {(char *)(uintptr_t)device, NULL};
	const char *words[12] = {"pvcreate", "--yes", "-ff"};
	size_t n = 3;
	int r;

	if (*uuid) {
		words[n++] = "--norestorefile";
		words[n++] = "--uuid";
		words[n++] = uuid;
	}
	words[n] = device;
	r = lvm_command(devices, words, err);
	return r < 0 ? error_wrap(err, "a physical volume on '%s'", device) : 0;
}

int lvm_make_group(char *const *devices, const char *name, struct error **err)
{
	const char *words[40] = {"vgcreate", "--yes", name};
	size_t n = 3;
	int r;

	for (size_t i = 0; devices[i] && n < 39; i++)
		words[n++] = devices[i];
	r = lvm_command(devices, words, err);
	return r < 0 ? error_wrap(err, "volume group '%s'", name) : 0;
}

int lvm_make_volume(char *const *devices, const struct lvm_make_volume *volume,
		    struct error **err)
{
	char extents[32] = "100%FREE";
	const char *const words[] = {
		"lvcreate",  "--yes", "--wipesignatures", "n",
		"--zero",    "n",     "--name",		  volume->name,
		"--extents", extents, volume->group,	  NULL};
	int r;

	if (volume->extents)
		(void)snprintf(extents, sizeof(extents), "%" PRIu64,
			       volume->extents);
	r = lvm_command(devices, words, err);
	return r < 0 ? error_wrap(err, "logical volume '%s/%s'", volume->group,
				  volume->name)
		     : 0;
}
