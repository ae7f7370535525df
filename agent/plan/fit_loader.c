/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A new layout has no boot code, and the conversion, which puts it there, comes
 * after hours of copying: what it will look for is looked for before.  It
 * refuses nothing that the conversion might do.
 */
#include "plan/fit_loader.h"

#include <stdio.h>
#include <string.h>

#include "plan/fit_work.h"

#define BLOCK "lander.mode=block copies the boot code with the disks"

static bool has_system(const struct design *design)
{
	for (size_t i = 0; i < design->mounts; i++)
		if (!strcmp(design->mount[i].place, "/"))
			return true;
	return false;
}

static bool is_esp(const struct design_node *node)
{
	return node->kind == DESIGN_PART &&
	       (!strcasecmp(node->type, FIT_GUID_ESP) ||
		!strcmp(node->type, "0xef"));
}

/* With the source's files in it. */
static bool has_old_esp(const struct design *design)
{
	for (size_t i = 0; i < design->mounts; i++)
		if (*design->mount[i].source_place &&
		    is_esp(&design->node[design->mount[i].node]))
			return true;
	return false;
}

static enum fit_loader by_bios(const struct storage_grub *grub, char *ret_why,
			       size_t room)
{
	if (!grub->program || (!grub->bios && grub->legacy)) {
		(void)snprintf(
			ret_why, room,
			"this machine starts by BIOS, and a new layout "
			"gets its boot code from the source's own "
			"grub-install of GRUB 2: there is %s; install "
			"GRUB 2 on the source (grub-pc, grub2-pc), or " BLOCK,
			grub->legacy ? "GRUB 0.97 only" : "none");
		return FIT_LOADER_MISSING;
	}
	if (grub->bios)
		return FIT_LOADER_SURE;
	(void)snprintf(ret_why, room,
		       "this machine starts by BIOS, and the source's "
		       "grub-install seems to have no files for it (i386-pc): "
		       "see that its package is there (grub-pc-bin, "
		       "grub2-pc-modules), or " BLOCK);
	return FIT_LOADER_DOUBTFUL;
}

enum fit_loader fit_loader(const struct fit_order *order, const struct fit *fit,
			   char *ret_why, size_t room)
{
	const struct storage_grub *grub = &order->storage->grub;

	if (!grub->told || !has_system(&fit->design))
		return FIT_LOADER_SURE;
	if (!order->uefi)
		return by_bios(grub, ret_why, room);
	if (grub->menu || has_old_esp(&fit->design))
		return FIT_LOADER_SURE;
	(void)snprintf(ret_why, room,
		       "this machine starts by UEFI, the EFI System Partition "
		       "would be new, and a loader in it goes on to the menu "
		       "of GRUB 2 (/boot/grub/grub.cfg), which the source has "
		       "not: install GRUB 2 there, or " BLOCK);
	return FIT_LOADER_MISSING;
}
