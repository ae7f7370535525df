/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UEFI boot entries, through efibootmgr.  It adds one entry outside the boot
 * order and sets BootNext; the order itself is the owner's and is left alone.
 */
#include "boot/firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/process.h"

#define TOOL_S 30 /* a variable is written in milliseconds */

struct entry {
	const char *label;
	const char *partuuid;
	const char *loader;
};

bool firmware_is_uefi(void)
{
	return access("/sys/firmware/efi/efivars", R_OK | X_OK) == 0;
}

bool firmware_started_uefi(void)
{
	return access("/sys/firmware/efi", F_OK) == 0;
}

/* How efibootmgr shows a partition: the GUID, or the MBR's signature that is
 * the first half of a PARTUUID like "1a2b3c4d-02". */
static void show_partition(const char *partuuid, char *buf, size_t room)
{
	if (strlen(partuuid) == 11 && partuuid[8] == '-')
		(void)snprintf(buf, room, "MBR,0x%lx",
			       strtoul(partuuid, NULL, 16));
	else
		(void)snprintf(buf, room, "GPT,%s", partuuid);
}

/* "Boot0007* lander: vda\tHD(2,GPT,<partuuid>,…)/\EFI\…": its four digits. */
static bool find_entry(const char *list, const struct entry *entry,
		       char ret_number[5])
{
	char partition[64];

	show_partition(entry->partuuid, partition, sizeof(partition));
	for (const char *line = list; line && *line;) {
		const char *end = strchrnul(line, '\n');
		char *copy = strndup(line, (size_t)(end - line));
		bool found = copy && !strncmp(copy, "Boot", 4) &&
			     strlen(copy) > 10 &&
			     strspn(copy + 4, "0123456789ABCDEF") == 4 &&
			     strstr(copy, entry->label) &&
			     strcasestr(copy, partition) &&
			     strcasestr(copy, entry->loader);

		if (found)
			(void)snprintf(ret_number, 5, "%.4s", copy + 4);
		free(copy);
		if (found)
			return true;
		line = *end ? end + 1 : end;
	}
	return false;
}

static int list_entries(char **ret_text, struct error **err)
{
	static const char *const argv[] = {"efibootmgr", "-v", NULL};
	struct process process = {.argv = argv, .timeout_s = TOOL_S};
	int r = process_run(&process, ret_text, err);

	if (r > 0) {
		r = error_set(err, ERROR_TARGET, 0,
			      "efibootmgr can't read the boot entries: %s",
			      *ret_text ? *ret_text : "");
		free(*ret_text);
		*ret_text = NULL;
	}
	return r;
}

static int make_entry(const char *disk, unsigned int esp, const char *label,
		      const char *loader, struct error **err)
{
	char part[12];
	const char *argv[] = {
		"efibootmgr", "--create-only", "--disk", disk,	     "--part",
		part,	      "--label",       label,	 "--loader", loader,
		NULL};
	struct process process = {.argv = argv, .timeout_s = TOOL_S};

	(void)snprintf(part, sizeof(part), "%u", esp);
	return process_check(&process, ERROR_TARGET, err);
}

int firmware_boot_next(const char *disk, unsigned int esp, const char *partuuid,
		       const char *loader, struct error **err)
{
	const char *argv[] = {"efibootmgr", "--bootnext", NULL, NULL};
	struct process process = {.argv = argv, .timeout_s = TOOL_S};
	const char *name = strrchr(disk, '/');
	char *list = NULL;
	char number[5] = "";
	char label[64];
	struct entry entry = {label, partuuid, loader};
	int r;

	(void)snprintf(label, sizeof(label), "lander: %s",
		       name ? name + 1 : disk);
	r = list_entries(&list, err);
	if (r < 0)
		return r;
	if (!find_entry(list, &entry, number)) {
		free(list);
		list = NULL;
		r = make_entry(disk, esp, label, loader, err);
		if (r == 0)
			r = list_entries(&list, err);
		if (r == 0 && !find_entry(list, &entry, number))
			r = error_set(err, ERROR_TARGET, 0,
				      "the firmware did not keep the new boot "
				      "entry");
	}
	free(list);
	if (r < 0)
		return r;
	argv[2] = number;
	log_info("boot", "BootNext=%s, %s%s", number, disk, loader);
	return process_check(&process, ERROR_TARGET, err);
}
