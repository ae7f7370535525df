/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A Linux system in one object, by the readers that conversion uses.  Texts of
 * the guest come out as printable ASCII, because they go to consoles, and to
 * programs that stop at a broken character.
 */
#include "guest/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/inspect_kernel.h"
#include "guest/inspect_loader.h"
#include "guest/inspect_network.h"
#include "guest/inspect_volume.h"
#include "guest/leftovers.h"
#include "guest/modalias.h"
#include "guest/platform.h"
#include "guest/tree.h"

#define SELINUX_LIMIT ((size_t)64 << 10)

/* What makes an initramfs in this system, in the order in which conversion
 * would take it. */
static const struct {
	const char *program;
	const char *tool;
} tools[] = {
	{"update-initramfs", "initramfs-tools"},
	{"dracut", "dracut"},
	{"mkinitcpio", "mkinitcpio"},
	{"mkinitrd", "mkinitrd"},
	{"make-initrd", "make-initrd"},
	{"mkinitfs", "mkinitfs"},
};

json_t *inspect_text(const char *text)
{
	char *copy = text ? strdup(text) : NULL;
	json_t *json;

	if (!copy)
		return json_null();
	for (char *at = copy; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	json = json_string(copy);
	free(copy);
	return json;
}

static bool has_program(const char *root, const char *program)
{
	static const char *const places[] = {"/usr/sbin/", "/usr/bin/",
					     "/sbin/", "/bin/"};
	bool found = false;

	for (size_t i = 0; !found && i < sizeof(places) / sizeof(*places);
	     i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "%s%s", places[i], program);
		found = tree_has(root, path);
	}
	return found;
}

static json_t *find_tool(const char *root)
{
	const char *tool = NULL;

	for (size_t i = 0; !tool && i < sizeof(tools) / sizeof(*tools); i++)
		if (has_program(root, tools[i].program))
			tool = tools[i].tool;
	return json_pack("{s:o}", "tool", inspect_text(tool));
}

/* SELINUX= of its configuration; "none" where it has no policy. */
static json_t *read_selinux(const char *root)
{
	static const char key[] = "SELINUX=";
	char *text = NULL;
	const char *at;
	json_t *json;

	if (tree_read(root, "/etc/selinux/config", SELINUX_LIMIT, &text) < 0)
		return json_string("none");
	at = text;
	while (at && strncmp(at, key, strlen(key)) != 0) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (at) {
		at += strlen(key);
		text[(size_t)(at - text) + strcspn(at, " \t\r\n")] = '\0';
	}
	json = at ? inspect_text(at) : json_string("none");
	free(text);
	return json;
}

static json_t *list_leftovers(const struct convert *convert)
{
	json_t *list = json_array();
	struct leftovers_tool tool;
	size_t at = 0;

	while (leftovers_next(convert->root, &at, &tool))
		(void)json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:b}", "name", tool.name, "of",
				  tool.own, "foreign",
				  convert->hypervisor &&
					  strcmp(tool.own,
						 convert->hypervisor) != 0));
	return list;
}

static const char *firmware_word(bool bios, bool uefi)
{
	return bios && uefi ? "both" : bios ? "bios" : uefi ? "uefi" : "none";
}

/* By the disk; by the loaders in the tree where there is no disk to look at. */
static json_t *find_firmware(const struct inspect *inspect,
			     const json_t *loaders)
{
	bool bios = inspect->platform & PLATFORM_BIOS;
	bool uefi = inspect->platform & PLATFORM_UEFI;

	for (size_t i = 0; !inspect->has_disk && i < json_array_size(loaders);
	     i++) {
		const char *word = json_string_value(json_object_get(
			json_array_get(loaders, i), "firmware"));

		bios |= word && !strcmp(word, "bios");
		uefi |= word && !strcmp(word, "uefi");
	}
	if (!bios && !uefi &&
	    (!inspect->has_disk || inspect->platform & PLATFORM_UNSURE))
		return json_null();
	return json_string(firmware_word(bios, uefi));
}

static json_t *describe_machine(const struct convert *convert)
{
	json_t *drivers = json_array();
	json_t *cards = json_array();
	char **modalias = convert->modalias;

	for (; modalias && *modalias; modalias++)
		if (modalias_for_disk(*modalias)) {
			const char *usual = modalias_usual_driver(*modalias);

			(void)json_array_append_new(
				drivers,
				inspect_text(usual ? usual : *modalias));
		}
	if (convert->scsi)
		(void)json_array_append_new(drivers, json_string("sd_mod"));
	for (size_t i = 0; i < convert->nics; i++)
		(void)json_array_append_new(
			cards,
			json_pack("{s:o, s:o}", "mac",
				  inspect_text(convert->nic[i].mac), "driver",
				  inspect_text(convert->nic[i].driver)));
	return json_pack("{s:s, s:o, s:o, s:o}", "firmware",
			 firmware_word(!convert->uefi, convert->uefi),
			 "hypervisor", inspect_text(convert->hypervisor),
			 "disk_drivers", drivers, "network_cards", cards);
}

int inspect_system(const struct inspect *inspect, json_t **ret_json,
		   struct error **err)
{
	struct convert *convert = inspect->convert;
	json_t *loaders = inspect_loader_list(convert);
	json_t *firmware = find_firmware(inspect, loaders);
	const struct {
		const char *key;
		json_t *value;
	} part[] = {
		{"name", inspect_text(inspect->name)},
		{"root", inspect_volume_one(convert->root_volume)},
		{"firmware", firmware},
		{"machine", describe_machine(convert)},
		{"initramfs", find_tool(convert->root)},
		{"selinux", read_selinux(convert->root)},
		{"volumes", inspect_volume_list(convert)},
		{"mounts", inspect_volume_mounts(convert)},
		{"kernels", inspect_kernel_list(convert)},
		{"loaders", loaders},
		{"entry", inspect_loader_entry(convert)},
		{"network", inspect_network(convert->root)},
		{"leftovers", list_leftovers(convert)},
		/* root= and fstab mean nothing without the disks. */
		{"boot_check", convert->volumes ? inspect_loader_check(convert)
						: json_null()},
	};
	json_t *json = json_object();
	int r = 0;

	/* A part that is missing was too much for the memory. */
	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
		if (json_object_set_new(json, part[i].key, part[i].value) < 0)
			r = -1;
	if (r < 0) {
		json_decref(json);
		return error_memory(err);
	}
	*ret_json = json;
	return 0;
}
