/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists that a system keeps of its machine's disks.  They are caches, or they
 * are made again; a list that a multipath root needs is not touched.
 */
#include "guest/names_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/devicename_old.h"
#include "guest/edit.h"
#include "guest/names_known.h"
#include "guest/text.h"
#include "guest/tree.h"

#define LVM_CONF "/etc/lvm/lvm.conf"
#define INSTALL	 "/etc/default/grub_installdevice"

static const struct {
	const char *step;
	const char *path;
	const char *why;
	bool multipath; /* only where no multipath device is mounted */
} lists[] = {
	{"device map", "/boot/grub/device.map",
	 "it names the old disks; GRUB does without", false},
	{"device map", "/boot/grub2/device.map",
	 "it names the old disks; GRUB does without", false},
	{"lvm", "/etc/lvm/devices/system.devices",
	 "it lets LVM use the old disks only", false},
	{"lvm", "/etc/lvm/cache/.cache", "a cache of old names", false},
	{"lvm", "/etc/lvm/.cache", "a cache of old names", false},
	{"blkid", "/etc/blkid.tab", "a cache of old names", false},
	{"blkid", "/etc/blkid.tab.old", "a cache of old names", false},
	{"blkid", "/etc/blkid/blkid.tab", "a cache of old names", false},
	{"blkid", "/etc/blkid/blkid.tab.old", "a cache of old names", false},
	{"blkid", "/run/blkid/blkid.tab", "a cache of old names", false},
	{"blkid", "/run/blkid/blkid.tab.old", "a cache of old names", false},
	{"multipath", "/etc/multipath/wwids",
	 "it names the old disks, and nothing is mounted by multipath", true},
	{"multipath", "/etc/multipath/bindings",
	 "it names the old disks, and nothing is mounted by multipath", true},
};

static bool has_multipath(const struct names *names)
{
	const struct volume *root = names->convert->root_volume;

	for (size_t i = 0; i < names->order.count; i++)
		if (!strncmp(names->order.disk[i].key, "mapper/mpath", 12))
			return true;
	return root && !strncmp(root->device, "/dev/mapper/mpath", 17);
}

/* Any line that is no comment: a fresh multipath/wwids holds nothing else. */
static bool says_something(const char *text)
{
	while (*text) {
		text += strspn(text, " \t\r\n");
		if (*text && *text != '#')
			return true;
		text += strcspn(text, "\n");
	}
	return false;
}

static int put_aside(struct names *names, size_t which, bool multipath,
		     struct error **err)
{
	struct steps *steps = &names->convert->steps;
	const char *path = lists[which].path;
	char *text = NULL;
	bool empty;
	int r = text_read(names->convert, lists[which].step, path, &text, err);

	empty = r > 0 && !says_something(text);
	free(text);
	if (r <= 0 || empty)
		return r < 0 ? r : 0;
	if (lists[which].multipath && multipath) {
		steps_add(steps, STEP_SKIPPED, lists[which].step,
			  "%s: kept, a multipath device is in use", path);
		return 0;
	}
	r = edit_remove(names->convert->root, path, err);
	if (r > 0)
		steps_add(steps, STEP_DONE, lists[which].step,
			  "%s put aside: %s", path, lists[which].why);
	return r < 0 ? r : 0;
}

/* "filter" or "global_filter" and "=" at the start of a line. */
static bool is_filter(const char *line)
{
	line += strspn(line, " \t");
	if (!strncmp(line, "global_", 7))
		line += 7;
	if (strncmp(line, "filter", 6) != 0)
		return false;
	line += 6;
	line += strspn(line, " \t");
	return *line == '=';
}

/* The list lets a disk pass by a name of the old machine, "a|^/dev/sda|", and
 * has a pattern that stops others. */
static bool is_pinned(const char *list, size_t length)
{
	bool passes = false;
	bool stops = false;

	for (size_t i = 0; i + 1 < length; i++) {
		char name[64];
		size_t used;
		const char *at;

		if (list[i] != '"' && list[i] != '\'')
			continue;
		stops = stops || list[i + 1] == 'r';
		if (list[i + 1] != 'a')
			continue;
		at = list + i + 2;
		at += strcspn(at, "/|#\n");
		at += strspn(at, "|#^");
		if (at >= list + length || strncmp(at, "/dev/", 5) != 0)
			continue;
		used = strcspn(at, ".*$|[(\"'+?\\\n");
		if (used >= sizeof(name))
			used = sizeof(name) - 1;
		memcpy(name, at, used);
		name[used] = '\0';
		if (used && name[used - 1] == '/')
			name[used - 1] = '\0';
		passes = passes ||
			 devicename_old_kind(name) == DEVICENAME_OLD_DISK;
	}
	return passes && stops;
}

/* Up to the bracket that ends a list, which may stand in a pattern, too. */
static size_t list_length(const char *list)
{
	char quote = '\0';
	size_t i = 0;

	for (; list[i] && (quote || list[i] != ']'); i++) {
		if (quote && list[i] == quote)
			quote = '\0';
		else if (!quote && (list[i] == '"' || list[i] == '\''))
			quote = list[i];
	}
	return i;
}

static void edit_filters(struct names *names, struct text_edit *edit)
{
	const char *text = edit->old;

	for (size_t at = 0; text[at];) {
		size_t length = strcspn(text + at, "\n");

		if (is_filter(text + at)) {
			size_t list = list_length(text + at);
			bool pinned = is_pinned(text + at, list);

			if (pinned && list < length)
				text_replace(edit, at, 0, "# ");
			else if (pinned)
				steps_add(&names->convert->steps, STEP_FAILED,
					  "lvm",
					  LVM_CONF ": a filter over several "
						   "lines lets only the old "
						   "machine's disks pass");
			length = list > length ? list : length;
		}
		at += length;
		at += text[at] == '\n';
	}
}

static int edit_filter(struct names *names, struct error **err)
{
	char *text = NULL;
	int r = text_read(names->convert, "lvm", LVM_CONF, &text, err);
	struct text_edit edit = {.old = text};

	if (r > 0)
		edit_filters(names, &edit);
	if (edit.changes)
		r = text_finish(&edit) ? text_write(names->convert, "lvm",
						    LVM_CONF, edit.fresh, err)
				       : error_memory(err);
	if (r > 0 && edit.changes)
		steps_add(&names->convert->steps, STEP_DONE, "lvm",
			  LVM_CONF ": a filter that lets only the old "
				   "machine's disks pass is a comment now");
	free(edit.fresh);
	free(text);
	return r < 0 ? r : 0;
}

/* Where SUSE's grub2-install writes to when GRUB is updated: a whole disk has
 * no name that is written on it. */
static int tell_install(struct names *names, struct error **err)
{
	char *text = NULL;
	int r = text_read(names->convert, "boot loader", INSTALL, &text, err);

	if (r > 0 && strstr(text, "/dev/"))
		steps_add(&names->convert->steps, STEP_SKIPPED, "boot loader",
			  INSTALL " names the old machine's disk, for the next "
				  "update of GRUB; set it with yast2 "
				  "bootloader");
	free(text);
	return r < 0 ? r : 0;
}

int names_list(struct names *names, struct error **err)
{
	bool multipath = has_multipath(names);
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(lists) / sizeof(*lists); i++)
		r = put_aside(names, i, multipath, err);
	if (r == 0)
		r = edit_filter(names, err);
	return r < 0 ? r : tell_install(names, err);
}
