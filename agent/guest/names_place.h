/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_PLACE_H
#define LANDER_GUEST_NAMES_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/** How a file holds kernel command lines. */
enum names_place_kind {
	NAMES_PLACE_GRUB,  /* grub.cfg, grub.conf, menu.lst: linux, kernel … */
	NAMES_PLACE_BLOCK, /* grubenv: 1024 bytes with padding */
	NAMES_PLACE_SHELL, /* /etc/default/grub: assignments */
	NAMES_PLACE_PLAIN, /* every line that is no comment */
	NAMES_PLACE_ENTRY, /* BLS: options */
	NAMES_PLACE_LINUX, /* extlinux, syslinux: append */
};

struct names_place {
	enum names_place_kind kind;
	char *path; /* in the copied system */
};

/** names_place_list(root, ret, count, err): those that this system has.
 *  Source: GRUB's manual; the Boot Loader Specification; kernel-install(8);
 *  dracut.conf(5); initramfs.conf(5); syslinux's documentation. */
int names_place_list(const char *root, struct names_place **ret_places,
		     size_t *ret_count, struct error **err);
void names_place_free(struct names_place *places, size_t count);

/** names_place_counts(place, line): this line holds such words. */
bool names_place_counts(const struct names_place *place, const char *line);

/** names_place_initramfs(place, text, at, otherwise): the menu entry that the
 *  line at this place belongs to starts with an initramfs; otherwise for files
 *  that do not say. */
bool names_place_initramfs(const struct names_place *place, const char *text,
			   size_t at, bool otherwise);

#endif
