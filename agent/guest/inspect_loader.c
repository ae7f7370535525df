/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What would start a system: the loaders that are there, the entry they would
 * take, and the whole way as the boot check follows it.
 */
#include "guest/inspect_loader.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/bootcheck.h"
#include "guest/bootcheck_initramfs.h"
#include "guest/convert.h"
#include "guest/efi_image.h"
#include "guest/entry.h"
#include "guest/esp.h"
#include "guest/fallback.h"
#include "guest/inspect.h"
#include "guest/tree.h"

/* What a loader that a BIOS starts leaves in a system. */
static const struct {
	const char *path;
	const char *kind;
} bios[] = {
	{"/boot/grub/i386-pc/core.img", "GRUB"},
	{"/boot/grub2/i386-pc/core.img", "GRUB"},
	{"/boot/grub/i386-pc/boot.img", "GRUB"},
	{"/boot/grub2/i386-pc/boot.img", "GRUB"},
	{"/boot/grub/stage2", "GRUB Legacy"},
	{"/boot/extlinux/ldlinux.sys", "EXTLINUX"},
	{"/boot/syslinux/ldlinux.sys", "SYSLINUX"},
	{"/etc/lilo.conf", "LILO"},
};

static const char *const esp_places[] = {"/boot/efi", "/efi", "/boot"};

static void add(json_t *list, const char *firmware, const char *kind,
		const char *path, const struct efi_image *image)
{
	const char *version = image && *image->version ? image->version : NULL;
	const char *vendor = image && *image->vendor ? image->vendor : NULL;

	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strcmp(json_string_value(json_object_get(
				    json_array_get(list, i), "path")),
			    path))
			return;
	(void)json_array_append_new(
		list,
		json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "firmware",
			  firmware, "kind", kind, "path", inspect_text(path),
			  "vendor", inspect_text(vendor), "version",
			  inspect_text(version), "signed",
			  image ? json_boolean(image->is_signed)
				: json_null()));
}

static void add_program(const struct convert *convert, json_t *list,
			const char *path)
{
	struct efi_image image = {0};

	if (path && efi_image_read(convert->root, path, &image) == 0 &&
	    image.kind != EFI_NONE)
		add(list, "uefi", efi_image_name(image.kind), path, &image);
}

static void add_esp(const struct convert *convert, json_t *list,
		    const char *place)
{
	static const char *const programs[] = {
		"EFI/BOOT/BOOTX64.EFI", "EFI/systemd/systemd-bootx64.efi",
		"EFI/Microsoft/Boot/bootmgfw.efi"};
	struct esp_vendor vendor = {0};

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		char *path = NULL;

		if (esp_path(convert->root, place, programs[i], &path) == 1)
			add_program(convert, list, path);
		free(path);
	}
	if (esp_find_vendor(convert->root, place, &vendor) == 1) {
		add_program(convert, list, vendor.shim);
		add_program(convert, list, vendor.grub);
	}
	esp_done_vendor(&vendor);
}

json_t *inspect_loader_list(const struct convert *convert)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(esp_places) / sizeof(*esp_places); i++) {
		char *efi = NULL;

		if (esp_path(convert->root, esp_places[i], "EFI", &efi) == 1)
			add_esp(convert, list, esp_places[i]);
		free(efi);
	}
	for (size_t i = 0; i < sizeof(bios) / sizeof(*bios); i++)
		if (tree_has(convert->root, bios[i].path))
			add(list, "bios", bios[i].kind, bios[i].path, NULL);
	return list;
}

json_t *inspect_loader_entry(const struct convert *convert)
{
	struct entry entry = {.kernel_fd = -1, .initrd_fd = -1};
	enum efi_kind loader = EFI_GRUB;
	struct efi_image image = {0};
	struct error *why = NULL;
	char *path = NULL;
	json_t *json;

	if (convert->uefi && fallback_check(convert, &path, &image) == 1 &&
	    image.kind != EFI_OTHER)
		loader = image.kind;
	free(path);
	if (entry_read(convert, loader, &entry, &why) == 0)
		json = json_pack("{s:o, s:o, s:o, s:b}", "menu",
				 inspect_text(entry.where), "kernel",
				 inspect_text(entry.kernel), "cmdline",
				 inspect_text(entry.cmdline), "initramfs",
				 entry.initrd_fd >= 0 || entry.kernel_fd < 0);
	else
		json = json_pack("{s:o}", "problem",
				 inspect_text(why ? why->msg : NULL));
	error_free(why);
	entry_done(&entry);
	return json;
}

json_t *inspect_loader_check(struct convert *convert)
{
	static const char *const word[] = {"good", "unsure", "bad"};
	enum bootcheck_verdict verdict = BOOTCHECK_UNSURE;
	json_t *list = json_array();
	struct error *why = NULL;

	steps_free(&convert->steps);
	(void)bootcheck_run(convert, bootcheck_initramfs_look, &verdict, &why);
	error_free(why);
	for (size_t i = 0; i < convert->steps.count; i++)
		(void)json_array_append_new(
			list,
			json_pack("{s:s, s:o}", "is",
				  word[convert->steps.step[i].outcome], "text",
				  inspect_text(convert->steps.step[i].text)));
	steps_free(&convert->steps);
	return json_pack("{s:s, s:o}", "verdict", bootcheck_word(verdict),
			 "stations", list);
}
