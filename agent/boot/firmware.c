/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UEFI boot entries, through efibootmgr.  It adds one entry at the end of the
 * boot order and may set BootNext; what the owner had stays where it was.  Only
 * entries that lander itself made are ever deleted, and nothing is to make
 * room.
 */
#include "boot/firmware.h"

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/process.h"

#define TOOL_S 30 /* a variable is written in milliseconds */
#define OWN    "lander: "
#define ONCE   ", once"
#define HEX    "0123456789ABCDEFabcdef"

bool firmware_is_uefi(void)
{
	return access("/sys/firmware/efi/efivars", R_OK | X_OK) == 0;
}

bool firmware_started_uefi(void)
{
	return access("/sys/firmware/efi", F_OK) == 0;
}

/* once: the one that BootNext names. */
static void make_label(const struct firmware_entry *entry, bool once, char *buf,
		       size_t room)
{
	const char *name = strrchr(entry->disk, '/');

	(void)snprintf(buf, room, OWN "%s%s", name ? name + 1 : entry->disk,
		       once ? ONCE : "");
}

/* "Boot0007* lander: vda\tHD(2,GPT,<guid>,…)/\EFI\…": one that lander made. */
static bool is_own(const char *line)
{
	return !strncmp(line, "Boot", 4) && strspn(line + 4, HEX) == 4 &&
	       line[8] && line[9] && !strncmp(line + 10, OWN, sizeof(OWN) - 1);
}

/* Its partition, as in PARTUUID=: a GUID, or the MBR's signature and the
 * partition's number, "1a2b3c4d-02". */
static bool read_partition(const char *line, char *buf, size_t room)
{
	const char *at = strstr(line, "HD(");
	char *end;
	unsigned long number;

	if (!at)
		return false;
	number = strtoul(at + 3, &end, 10);
	if (end == at + 3)
		return false;
	at = end + 5;
	if (!strncmp(end, ",GPT,", 5) && strspn(at, HEX "-"))
		(void)snprintf(buf, room, "%.*s", (int)strspn(at, HEX "-"), at);
	else if (!strncmp(end, ",MBR,", 5) && isxdigit((uint8_t)*at))
		(void)snprintf(buf, room, "%08lx-%02lx", strtoul(at, NULL, 16),
			       number);
	else
		return false;
	for (char *c = buf; *c; c++)
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	return true;
}

/* The partition and the loader are those. */
static bool is_same(const char *line, const struct firmware_entry *entry)
{
	char partition[64];

	return is_own(line) &&
	       read_partition(line, partition, sizeof(partition)) &&
	       !strcasecmp(partition, entry->partuuid) &&
	       strcasestr(line, entry->loader);
}

static bool has_label(const char *line, const struct firmware_entry *entry,
		      bool once)
{
	char label[64];

	make_label(entry, once, label, sizeof(label));
	return !strncmp(line + 10, label, strlen(label)) &&
	       line[10 + strlen(label)] == '\t';
}

static bool is_lasting(const char *line, const struct firmware_entry *entry)
{
	return is_same(line, entry) && has_label(line, entry, false);
}

static bool is_once(const char *line, const struct firmware_entry *entry)
{
	return is_same(line, entry) && has_label(line, entry, true);
}

/* Of a system that is gone: another loader of the same partition, or one whose
 * partition no disk of this machine has. */
static bool is_stale(const char *line, const struct firmware_entry *entry)
{
	char path[128];
	char partition[64];

	if (!is_own(line) || is_same(line, entry) ||
	    !read_partition(line, partition, sizeof(partition)))
		return false;
	(void)snprintf(path, sizeof(path), "/dev/disk/by-partuuid/%s",
		       partition);
	return !strcasecmp(partition, entry->partuuid) ||
	       access(path, F_OK) < 0;
}

/* The first line, from *list on, that is; its four digits.  *list moves on. */
static bool find_entry(const char **list, const struct firmware_entry *entry,
		       bool (*is)(const char *line,
				  const struct firmware_entry *entry),
		       char ret_number[5])
{
	bool found = false;

	while (*list && **list && !found) {
		const char *end = strchrnul(*list, '\n');
		char *copy = strndup(*list, (size_t)(end - *list));

		found = copy && is(copy, entry);
		if (found)
			(void)snprintf(ret_number, 5, "%.4s", copy + 4);
		free(copy);
		*list = *end ? end + 1 : end;
	}
	return found;
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

static int make_entry(const struct firmware_entry *entry, bool once,
		      struct error **err)
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
	make_label(entry, once, label, sizeof(label));
	return process_check(&process, ERROR_TARGET, err);
}

/* efibootmgr takes it out of the order, too. */
static void delete_stale(const char *list, const struct firmware_entry *entry)
{
	char number[5] = "";
	const char *argv[] = {"efibootmgr", "--quiet",		"--bootnum",
			      number,	    "--delete-bootnum", NULL};
	struct process process = {.argv = argv, .timeout_s = TOOL_S};
	struct error *why = NULL;

	while (find_entry(&list, entry, is_stale, number)) {
		if (process_check(&process, ERROR_TARGET, &why) < 0)
			log_warn("boot", "Boot%s stays: %s", number, why->msg);
		else
			log_info("boot", "Boot%s was of an earlier copy: gone",
				 number);
		error_clear(&why);
	}
}

/* Behind all that the owner has. */
static int put_in_order(const char *list, const char number[5],
			struct error **err)
{
	static const char key[] = "BootOrder: ";
	const char *at = list;
	char *order = NULL;
	const char *argv[] = {"efibootmgr", "--bootorder", NULL, NULL};
	struct process process = {.argv = argv, .timeout_s = TOOL_S};
	size_t length = 0;
	int r;

	while (at && strncmp(at, key, strlen(key)) != 0) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (at) {
		at += strlen(key);
		length = strspn(at, HEX ",");
		for (size_t i = 0; i + 4 <= length; i += 5)
			if (!strncasecmp(at + i, number, 4))
				return 0;
	}
	if (length > INT_MAX ||
	    asprintf(&order, "%.*s%s%s", (int)length, at ? at : "",
		     length ? "," : "", number) < 0)
		return error_memory(err);
	argv[2] = order;
	r = process_check(&process, ERROR_TARGET, err);
	free(order);
	return r;
}

/* An order that can't be written does not keep BootNext from being. */
static void try_order(const char number[5])
{
	struct error *why = NULL;
	char *list = NULL;
	int r = list_entries(&list, &why);

	if (r == 0)
		r = put_in_order(list, number, &why);
	if (r < 0)
		log_warn("boot", "the boot order is left as it was: %s",
			 why->msg);
	error_free(why);
	free(list);
}

/* Makes it when it is not there.  ret_number: its four digits.  Returns 1 when
 * it was made. */
static int have_entry(const struct firmware_entry *entry, bool once,
		      char ret_number[5], struct error **err)
{
	bool (*is)(const char *, const struct firmware_entry *) =
		once ? is_once : is_lasting;
	char *list = NULL;
	const char *at;
	int r = list_entries(&list, err);

	if (r < 0)
		return r;
	at = list;
	if (!find_entry(&at, entry, is, ret_number)) {
		free(list);
		list = NULL;
		r = make_entry(entry, once, err);
		if (r == 0)
			r = list_entries(&list, err);
		at = list;
		if (r == 0 && !find_entry(&at, entry, is, ret_number))
			r = error_set(err, ERROR_TARGET, 0,
				      "the firmware did not keep the new boot "
				      "entry");
		if (r == 0)
			r = 1;
	}
	free(list);
	return r;
}

int firmware_keep_entry(const struct firmware_entry *entry, struct error **err)
{
	char number[5] = "";
	char *list = NULL;
	int r = list_entries(&list, err);

	if (r < 0)
		return r;
	delete_stale(list, entry);
	free(list);
	r = have_entry(entry, false, number, err);
	/* An owner who took it out of the order is not overruled. */
	if (r == 1)
		try_order(number);
	if (r >= 0)
		log_info("boot", "Boot%s: %s%s", number, entry->disk,
			 entry->loader);
	return r < 0 ? r : 0;
}

int firmware_boot_next(const struct firmware_entry *entry, struct error **err)
{
	char number[5] = "";
	const char *argv[] = {"efibootmgr", "--bootnext", number, NULL};
	struct process process = {.argv = argv, .timeout_s = TOOL_S};
	struct error *why = NULL;
	int r;

	/* The one start matters more than all later ones. */
	if (firmware_keep_entry(entry, &why) < 0)
		log_warn("boot", "no lasting boot entry: %s", why->msg);
	error_free(why);
	r = have_entry(entry, true, number, err);
	if (r < 0)
		return r;
	log_info("boot", "BootNext=%s, %s%s", number, entry->disk,
		 entry->loader);
	return process_check(&process, ERROR_TARGET, err);
}
