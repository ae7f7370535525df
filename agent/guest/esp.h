/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_ESP_H
#define LANDER_GUEST_ESP_H

#include <stdbool.h>

struct convert;

/**
 * esp_find(convert, ret, ret_listed): where in the tree the EFI System
 * Partition is mounted, "/boot/efi"; to free().  The guest's fstab says where,
 * and a file system of its own must be there; without a line /boot/efi, /efi
 * and /boot are tried, which is where systemd-gpt-auto-generator(8) mounts it.
 * ret_listed: fstab has it.  Returns false when there is none.
 */
bool esp_find(const struct convert *convert, char **ret_place,
	      bool *ret_listed);

/**
 * esp_path(root, place, path, ret): path ("EFI/BOOT/BOOTX64.EFI") below place
 * as it is spelled on the disk: FAT knows no case, and what is new gets the
 * case it has here.  To free().  Returns 1 when it is there, 0 when not, or
 * -ENOMEM.
 */
int esp_path(const char *root, const char *place, const char *path,
	     char **ret_path);

/** An operating system's own directory in the ESP: paths in the tree, NULL
 *  where there is no such program.  Only what x86-64 firmware starts counts. */
struct esp_vendor {
	char *directory;     /* "/boot/efi/EFI/debian" */
	char *shim;	     /* shimx64.efi, shim.efi */
	char *grub;	     /* grubx64.efi, grub.efi */
	char *list;	     /* BOOTX64.CSV, boot.csv: what fbx64.efi reads */
	unsigned int others; /* more such directories, of other systems */
};

/**
 * esp_find_vendor(root, place, ret): the directory of the system that is in
 * root: the one that is called as its os-release says (ID, then ID_LIKE; Red
 * Hat's is "redhat", all of openSUSE's "opensuse"), else the first with a
 * shim, else the first with a GRUB.  Returns 1, 0 when there is none, or
 * -ENOMEM.  Source: os-release(5).
 */
int esp_find_vendor(const char *root, const char *place,
		    struct esp_vendor *ret_vendor);
void esp_done_vendor(struct esp_vendor *vendor);

/** esp_names(root, ret): those names in their order, NULL at the end, for
 *  loader_find(); to tree_free_list().  Returns 0 or -ENOMEM. */
int esp_names(const char *root, char ***ret_names);

#endif
