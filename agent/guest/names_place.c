/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a system keeps kernel command lines, and which lines of a file are
 * some.  It knows files and their syntax, no device.
 */
#include "guest/names_place.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "guest/tree.h"

#define PLACES_MAX 512

static const struct {
	enum names_place_kind kind;
	const char *path;
} files[] = {
	{NAMES_PLACE_GRUB, "/boot/grub/grub.cfg"},
	{NAMES_PLACE_GRUB, "/boot/grub2/grub.cfg"},
	{NAMES_PLACE_GRUB, "/boot/grub/custom.cfg"},
	{NAMES_PLACE_GRUB, "/boot/grub/menu.lst"},
	{NAMES_PLACE_GRUB, "/boot/grub/grub.conf"},
	{NAMES_PLACE_BLOCK, "/boot/grub/grubenv"},
	{NAMES_PLACE_BLOCK, "/boot/grub2/grubenv"},
	{NAMES_PLACE_SHELL, "/etc/default/grub"},
	{NAMES_PLACE_SHELL, "/etc/sysconfig/bootloader"},
	{NAMES_PLACE_SHELL, "/etc/default/extlinux"},
	{NAMES_PLACE_SHELL, "/etc/update-extlinux.conf"},
	{NAMES_PLACE_PLAIN, "/etc/kernel/cmdline"},
	{NAMES_PLACE_PLAIN, "/etc/dracut.conf"},
	{NAMES_PLACE_PLAIN, "/etc/initramfs-tools/initramfs.conf"},
	{NAMES_PLACE_LINUX, "/boot/extlinux/extlinux.conf"},
	{NAMES_PLACE_LINUX, "/boot/extlinux.conf"},
	{NAMES_PLACE_LINUX, "/boot/syslinux/syslinux.cfg"},
	{NAMES_PLACE_LINUX, "/boot/syslinux.cfg"},
	{NAMES_PLACE_LINUX, "/boot/efi/EFI/syslinux/syslinux.cfg"},
};

/* Directories, and how the names in them end. */
static const struct {
	enum names_place_kind kind;
	const char *directory;
	const char *end;
	const char *below; /* a file in each directory there, or NULL */
} directories[] = {
	{NAMES_PLACE_SHELL, "/etc/default/grub.d", ".cfg", NULL},
	{NAMES_PLACE_PLAIN, "/etc/initramfs-tools/conf.d", "", NULL},
	{NAMES_PLACE_PLAIN, "/etc/dracut.conf.d", ".conf", NULL},
	{NAMES_PLACE_PLAIN, "/etc/cmdline.d", ".conf", NULL},
	{NAMES_PLACE_ENTRY, "/boot/loader/entries", ".conf", NULL},
	{NAMES_PLACE_ENTRY, "/boot/efi/loader/entries", ".conf", NULL},
	{NAMES_PLACE_ENTRY, "/efi/loader/entries", ".conf", NULL},
	{NAMES_PLACE_UNIT, "/etc/systemd/system", ".mount", NULL},
	{NAMES_PLACE_GRUB, "/boot/efi/EFI", "", "grub.cfg"},
	{NAMES_PLACE_GRUB, "/boot/efi/EFI", "", "grub.conf"},
	{NAMES_PLACE_BLOCK, "/boot/efi/EFI", "", "grubenv"},
};

struct list {
	struct names_place *place;
	size_t count;
};

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name);

	return length >= strlen(end) &&
	       !strcmp(name + length - strlen(end), end);
}

/* Takes path. */
static int add(struct list *list, enum names_place_kind kind, char *path)
{
	struct names_place *grown;

	if (!path)
		return -ENOMEM;
	if (list->count == PLACES_MAX) {
		free(path);
		return 0;
	}
	grown = reallocarray(list->place, list->count + 1, sizeof(*grown));
	if (!grown) {
		free(path);
		return -ENOMEM;
	}
	list->place = grown;
	grown[list->count++] = (struct names_place){kind, path};
	return 0;
}

static int add_directory(struct list *list, const char *root, size_t which)
{
	const char *below = directories[which].below;
	char **names = NULL;
	int r = 0;

	if (tree_list(root, directories[which].directory, &names) < 0)
		return 0;
	for (size_t i = 0; r == 0 && names[i]; i++) {
		char *path = NULL;

		/* Not what an edit left beside a file. */
		if (!ends_with(names[i], directories[which].end) ||
		    strstr(names[i], ".lander"))
			continue;
		if (asprintf(&path, "%s/%s%s%s", directories[which].directory,
			     names[i], below ? "/" : "",
			     below ? below : "") < 0)
			path = NULL;
		if (path && !tree_has(root, path))
			free(path);
		else
			r = add(list, directories[which].kind, path);
	}
	tree_free_list(names);
	return r;
}

int names_place_list(const char *root, struct names_place **ret_places,
		     size_t *ret_count, struct error **err)
{
	struct list list = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(files) / sizeof(*files); i++)
		r = add(&list, files[i].kind, strdup(files[i].path));
	for (size_t i = 0;
	     r == 0 && i < sizeof(directories) / sizeof(*directories); i++)
		r = add_directory(&list, root, i);
	if (r < 0) {
		names_place_free(list.place, list.count);
		return error_memory(err);
	}
	*ret_places = list.place;
	*ret_count = list.count;
	return 0;
}

void names_place_free(struct names_place *places, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(places[i].path);
	free(places);
}

/* The line starts with this word, in any case, and goes on behind it. */
static bool begins(const char *line, const char *word)
{
	size_t length = strlen(word);

	return !strncasecmp(line, word, length) &&
	       (isspace((unsigned char)line[length]) ||
		word[length - 1] == '=' || word[length - 1] == '_');
}

static bool begins_any(const char *line, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (begins(line, words[i]))
			return true;
	return false;
}

bool names_place_counts(const struct names_place *place, const char *line)
{
	/* "# kopt=" and its like are data of Debian's old update-grub. */
	static const char *const grub[] = {"linux",	 "linuxefi", "linux16",
					   "kernel",	 "module",   "module2",
					   "set",	 "# kopt=",  "# kopt_",
					   "# xenkopt=", NULL};
	static const char *const syslinux[] = {"append", NULL};
	static const char *const entry[] = {"options", NULL};
	static const char *const unit[] = {"What=", NULL};

	line += strspn(line, " \t");
	switch (place->kind) {
	case NAMES_PLACE_GRUB:
		return begins_any(line, grub);
	case NAMES_PLACE_LINUX:
		return begins_any(line, syslinux);
	case NAMES_PLACE_ENTRY:
		return begins_any(line, entry);
	case NAMES_PLACE_UNIT:
		return begins_any(line, unit);
	case NAMES_PLACE_BLOCK:
	case NAMES_PLACE_SHELL:
	case NAMES_PLACE_PLAIN:
		break;
	}
	return *line != '#';
}

/* Where a menu entry begins, and in GRUB's language, ends. */
static bool is_border(enum names_place_kind kind, const char *line)
{
	static const char *const grub[] = {"menuentry", "title", "submenu",
					   NULL};
	static const char *const syslinux[] = {"label", NULL};

	if (kind == NAMES_PLACE_LINUX)
		return begins_any(line, syslinux);
	return kind == NAMES_PLACE_GRUB &&
	       (*line == '}' || begins_any(line, grub));
}

static bool is_initrd(enum names_place_kind kind, const char *line)
{
	static const char *const words[] = {"initrd", "initrdefi", "initrd16",
					    NULL};
	static const char *const append[] = {"append", NULL};
	static const char *const modules[] = {"module", "module2", NULL};
	size_t length = strcspn(line, "\n");

	/* GRUB and systemd load several files; syslinux takes a word, too, and
	 * what starts Xen takes modules. */
	if (begins_any(line, words))
		return true;
	if (kind == NAMES_PLACE_LINUX && begins_any(line, append))
		return memmem(line, length, "initrd=", 7) != NULL;
	return kind == NAMES_PLACE_GRUB && begins_any(line, modules) &&
	       memmem(line, length, "/initr", 6) != NULL;
}

bool names_place_block(const struct names_place *place, const char *text,
		       size_t at, size_t *ret_end)
{
	bool found = false;
	size_t i = at;

	while (text[i]) {
		const char *line = text + i + strspn(text + i, " \t");

		if (i > at && is_border(place->kind, line))
			break;
		found = found || is_initrd(place->kind, line);
		i += strcspn(text + i, "\n");
		i += text[i] == '\n';
	}
	*ret_end = i;
	return found;
}

bool names_place_tells(const struct names_place *place)
{
	return place->kind == NAMES_PLACE_GRUB ||
	       place->kind == NAMES_PLACE_LINUX ||
	       place->kind == NAMES_PLACE_ENTRY;
}
