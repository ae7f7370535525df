/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UEFI boot entries, through efibootmgr.  It adds one entry, in no boot order,
 * and may set BootNext; the order is the owner's, and nothing is deleted to
 * make room.
 */
#include "boot/firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/process.h"

#define TOOL_S 30 /* a variable is written in milliseconds */

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

static void make_label(const struct firmware_entry *entry, char *buf,
		       size_t room)
{
	const char *name = strrchr(entry->disk, '/');

	(void)snprintf(buf, room, "lander: %s", name ? name + 1 : entry->disk);
}

/* "Boot0007* lander: vda\tHD(2,GPT,<partuuid>,…)/\EFI\…": its four digits. */
static bool find_entry(const char *list, const struct firmware_entry *entry,
		       char ret_number[5])
{
	char partition[64];
	char label[64];

	show_partition(entry->partuuid, partition, sizeof(partition));
	make_label(entry, label, sizeof(label));
	for (const char *line = list; line && *line;) {
		const char *end = strchrnul(line, '\n');
		char *copy = strndup(line, (size_t)(end - line));
		bool found = copy && !strncmp(copy, "Boot", 4) &&
			     strlen(copy) > 10 &&
			     strspn(copy + 4, "0123456789ABCDEF") == 4 &&
			     strstr(copy, label) &&
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

static int make_entry(const struct firmware_entry *entry, struct error **err)
{
	char part[12];
	char label[64];
	const char *argv[] = {"efibootmgr", "--create-only",
			      "--disk",	    entry->disk,
			      "--part",	    part,
			      "--label",    label,
			      "--loader",   entry->loader,
			      NULL};
	struct process process = {.argv = argv, .timeout_s = TOOL_S};

	(void)snprintf(part, sizeof(part), "%u", entry->esp);
	make_label(entry, label, sizeof(label));
	return process_check(&process, ERROR_TARGET, err);
}

/* ret_number: its four digits. */
static int keep_entry(const struct firmware_entry *entry, char ret_number[5],
		      struct error **err)
{
	char *list = NULL;
	int r = list_entries(&list, err);

	if (r == 0 && !find_entry(list, entry, ret_number)) {
		free(list);
		list = NULL;
		r = make_entry(entry, err);
		if (r == 0)
			r = list_entries(&list, err);
		if (r == 0 && !find_entry(list, entry, ret_number))
			r = error_set(err, ERROR_TARGET, 0,
				      "the firmware did not keep the new boot "
				      "entry");
	}
	free(list);
	return r;
}

int firmware_keep_entry(const struct firmware_entry *entry, struct error **err)
{
	char number[5] = "";
	int r = keep_entry(entry, number, err);

	if (r == 0)
		log_info("boot", "Boot%s: %s%s", number, entry->disk,
			 entry->loader);
	return r;
}

int firmware_boot_next(const struct firmware_entry *entry, struct error **err)
{
	char number[5] = "";
	const char *argv[] = {"efibootmgr", "--bootnext", number, NULL};
	struct process process = {.argv = argv, .timeout_s = TOOL_S};
	int r = keep_entry(entry, number, err);

	if (r < 0)
		return r;
	log_info("boot", "BootNext=%s, %s%s", number, entry->disk,
		 entry->loader);
	return process_check(&process, ERROR_TARGET, err);
}
