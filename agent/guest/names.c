/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All names of disks in a copied system, in order: first what the old machine
 * called its disks is gathered from all files, because only all of them tell
 * how many there were; then each file is written.
 */
#include "guest/names.h"

#include <string.h>

#include "guest/convert.h"
#include "guest/names_fstab.h"
#include "guest/names_kernel.h"
#include "guest/names_known.h"
#include "guest/names_list.h"
#include "guest/names_mdadm.h"
#include "guest/tree.h"

static bool has_initramfs(const char *root)
{
	char **names = NULL;
	bool found = false;

	if (tree_list(root, "/boot", &names) < 0)
		return false;
	for (size_t i = 0; !found && names[i]; i++)
		found = !strncmp(names[i], "initrd", 6) ||
			!strncmp(names[i], "initramfs", 9);
	tree_free_list(names);
	return found;
}

int names_convert(struct convert *convert, struct error **err)
{
	struct names names = {
		.convert = convert,
		.order =
			devicename_order_make(convert->volumes, convert->disks),
		.initramfs = has_initramfs(convert->root),
		.systemd = tree_has(convert->root, "/lib/systemd/systemd") ||
			   tree_has(convert->root, "/usr/lib/systemd/systemd"),
	};
	int r = names_fstab_note(&names, err);

	if (r == 0)
		r = names_kernel_note(&names, err);
	if (r == 0)
		r = names_fstab(&names, err);
	if (r == 0)
		r = names_fstab_crypt(&names, err);
	if (r == 0)
		r = names_kernel(&names, err);
	if (r == 0)
		r = names_list(&names, err);
	if (r == 0)
		r = names_mdadm(&names, err);
	return r;
}
