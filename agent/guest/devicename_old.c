/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words that Linux has for disks and partitions, taken apart.  It knows
 * texts only, no disk of any machine, and refuses what has one letter too many.
 */
#include "guest/devicename_old.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 9999

static const char *const lettered[] = {"sd", "hd", "vd", "xvd", "ubd", "dasd"};
#define LETTERED (int)(sizeof(lettered) / sizeof(*lettered))

/* Names with numbers: what stands before the disk's, after it, and before the
 * partition's.  sysfs writes "!" where /dev has "/". */
static const struct {
	const char *before;
	const char *after;
	const char *part;
} numbered[] = {
	{"nvme", "n1", "p"},
	{"mmcblk", "", "p"},
	{"cciss/c0d", "", "p"},
	{"ida/c0d", "", "p"},
	{"rd/c0d", "", "p"},
	{"pmem", "", "p"},
};
#define NUMBERED (int)(sizeof(numbered) / sizeof(*numbered))

/* A decimal number without a sign or leading blank; moves *at past it. */
static bool read_number(const char **at, unsigned long *ret)
{
	char *end = NULL;

	if (!isdigit((unsigned char)**at))
		return false;
	*ret = strtoul(*at, &end, 10);
	*at = end;
	return *ret <= NUMBER_MAX;
}

static void set_key(struct devicename_old *old, const char *name,
		    const char *end)
{
	(void)snprintf(old->key, sizeof(old->key), "%.*s", (int)(end - name),
		       name);
}

/* The rest of the name is a partition's number, or nothing. */
static bool read_part(const char *at, const char *before,
		      struct devicename_old *old)
{
	unsigned long number = 0;

	if (*at) {
		if (strncmp(at, before, strlen(before)) != 0)
			return false;
		at += strlen(before);
		if (!read_number(&at, &number) || *at || !number)
			return false;
	}
	old->number = (unsigned int)number;
	return true;
}

/* "sdab": 27, as the kernel's sd_format_disk_name() counts. */
static bool read_lettered(const char *name, int family,
			  struct devicename_old *old)
{
	const char *at = name + strlen(lettered[family]);
	const char *first = at;
	long index = -1;

	if (strncmp(name, lettered[family], strlen(lettered[family])) != 0)
		return false;
	for (; *at >= 'a' && *at <= 'z' && at - first < 3; at++)
		index = (index + 1) * 26 + (*at - 'a');
	if (at == first)
		return false;
	old->family = family;
	old->index = index;
	set_key(old, name, at);
	return read_part(at, "", old);
}

static bool read_numbered(const char *name, int row, struct devicename_old *old)
{
	const char *at = name + strlen(numbered[row].before);
	const char *after = numbered[row].after;
	unsigned long index = 0;

	if (strncmp(name, numbered[row].before, strlen(numbered[row].before)) !=
		    0 ||
	    !read_number(&at, &index) ||
	    strncmp(at, after, strlen(after)) != 0)
		return false;
	at += strlen(after);
	old->family = LETTERED + row;
	old->index = (long)index;
	set_key(old, name, at);
	return read_part(at, numbered[row].part, old);
}

/* "…-part2" at the end of a name by hardware. */
static bool read_hardware(const char *name, struct devicename_old *old)
{
	const char *part = strstr(name, "-part");

	for (const char *next = part; next; next = strstr(next + 1, "-part"))
		part = next;
	if (!part)
		part = name + strlen(name);
	if ((size_t)(part - name) >= sizeof(old->key) || part == name)
		return false;
	old->family = -1;
	old->index = -1;
	set_key(old, name, part);
	return read_part(part, "-part", old);
}

/* Multipath's own names: "mpatha", "mpatha2", "mpathap2", "mpatha-part2". */
static bool read_multipath(const char *name, struct devicename_old *old)
{
	static const char word[] = "mapper/mpath";
	const char *at = name + strlen(word);

	if (strncmp(name, word, strlen(word)) != 0)
		return false;
	if (!islower((unsigned char)*at))
		return false;
	/* One letter for the disk when "p" and a number follow it. */
	while (islower((unsigned char)*at) &&
	       !(*at == 'p' && isdigit((unsigned char)at[1])))
		at++;
	old->family = -1;
	old->index = -1;
	set_key(old, name, at);
	return read_part(at, "-part", old) || read_part(at, "p", old) ||
	       read_part(at, "", old);
}

/* Links of by-id that are written on the disk, not on its label. */
static bool is_content_id(const char *name)
{
	static const char *const head[] = {"dm-name-", "dm-uuid-", "md-",
					   "lvm-pv-uuid-", "raid-"};

	for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++)
		if (!strncmp(name, head[i], strlen(head[i])))
			return true;
	return false;
}

bool devicename_old_read(const char *name, struct devicename_old *ret_old)
{
	struct devicename_old old = {.index = -1};
	bool found = false;

	if (!strncmp(name, "/dev/disk/", 10)) {
		name += 10;
		found = (!strncmp(name, "by-id/", 6) ||
			 !strncmp(name, "by-path/", 8) ||
			 !strncmp(name, "by-diskseq/", 11)) &&
			!(!strncmp(name, "by-id/", 6) &&
			  is_content_id(name + 6)) &&
			read_hardware(name, &old);
	} else if (!strncmp(name, "/dev/", 5)) {
		name += 5;
		for (int i = 0; !found && i < LETTERED; i++)
			found = read_lettered(name, i, &old);
		for (int i = 0; !found && i < NUMBERED; i++)
			found = read_numbered(name, i, &old);
		found = found || read_multipath(name, &old);
	}
	if (found)
		*ret_old = old;
	return found;
}

static bool begins(const char *name, const char *const *heads)
{
	for (size_t i = 0; heads[i]; i++)
		if (!strncmp(name, heads[i], strlen(heads[i])))
			return true;
	return false;
}

enum devicename_old_kind devicename_old_kind(const char *name)
{
	static const char *const tags[] = {
		"UUID=",	     "LABEL=",		    "PARTUUID=",
		"/dev/disk/by-uuid/", "/dev/disk/by-label/",
		"/dev/disk/by-partuuid/", NULL};
	static const char *const drives[] = {"/dev/sr",	   "/dev/scd",
					     "/dev/cdrom", "/dev/cdrw",
					     "/dev/dvd",   "/dev/fd",
					     "/dev/floppy", NULL};
	static const char *const opaque[] = {"/dev/", "PARTLABEL=", "ID=",
					     NULL};
	struct devicename_old old;

	if (devicename_old_read(name, &old))
		return DEVICENAME_OLD_DISK;
	if (begins(name, tags))
		return DEVICENAME_OLD_TAG;
	if (begins(name, drives))
		return DEVICENAME_OLD_DRIVE;
	return begins(name, opaque) ? DEVICENAME_OLD_OPAQUE
				    : DEVICENAME_OLD_NONE;
}
