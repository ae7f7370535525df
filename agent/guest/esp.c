/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a copied system has its EFI System Partition, and which directory in
 * it is the system's own.  It looks only, and it matches names as FAT does.
 */
#include "guest/esp.h"

#include <sys/stat.h>
#include <sys/statfs.h>

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "guest/convert.h"
#include "guest/efi_image.h"
#include "guest/fstab.h"
#include "guest/tree.h"

#define FSTAB_LIMIT ((size_t)1 << 20)
#define NAMES_MAX   16
#define PLAIN \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static const char *const places[] = {"/boot/efi", "/efi", "/boot", "/boot/EFI"};

/* Not a /boot that is a file system of its own with a mount point "efi". */
static bool may_be_fat(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type != EXT4_SUPER_MAGIC &&
	       fs.f_type != XFS_SUPER_MAGIC && fs.f_type != BTRFS_SUPER_MAGIC;
}

/* A file system of its own is mounted there, with an EFI directory in it. */
static bool is_mounted(const char *root, const char *place)
{
	char *efi = NULL;
	struct stat top;
	struct stat st;
	bool mounted = false;
	int fd = tree_open(root, place);

	if (fd < 0)
		return false;
	if (stat(root, &top) == 0 && fstat(fd, &st) == 0 &&
	    S_ISDIR(st.st_mode) && st.st_dev != top.st_dev && may_be_fat(fd))
		mounted = esp_path(root, place, "EFI", &efi) == 1;
	(void)close(fd);
	free(efi);
	return mounted;
}

bool esp_find(const struct convert *convert, char **ret_place, bool *ret_listed)
{
	char *text = NULL;
	const char *found = NULL;

	*ret_listed = false;
	if (tree_read(convert->root, "/etc/fstab", FSTAB_LIMIT, &text) < 0)
		text = NULL;
	for (int listed = 1; listed >= 0 && !found; listed--)
		for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
			char *spec = NULL;
			bool has = text && fstab_find(text, places[i], &spec);

			free(spec);
			if (has != (listed == 1) ||
			    !is_mounted(convert->root, places[i]))
				continue;
			found = places[i];
			*ret_listed = has;
			break;
		}
	free(text);
	*ret_place = found ? strdup(found) : NULL;
	return *ret_place != NULL;
}

/* The name in a directory that FAT takes for this one; NULL for none. */
static char *find_name(const char *root, const char *directory,
		       const char *name)
{
	char **names = NULL;
	char *found = NULL;

	if (tree_list(root, directory, &names) < 0)
		return NULL;
	for (size_t i = 0; !found && names[i]; i++)
		if (!strcasecmp(names[i], name))
			found = strdup(names[i]);
	tree_free_list(names);
	return found;
}

int esp_path(const char *root, const char *place, const char *path,
	     char **ret_path)
{
	char *whole = strdup(place);
	bool there = whole != NULL;

	while (whole && *path) {
		size_t length = strcspn(path, "/");
		char *part = strndup(path, length);
		char *name =
			there && part ? find_name(root, whole, part) : NULL;
		char *longer = NULL;

		there = name != NULL;
		if (!part ||
		    asprintf(&longer, "%s/%s", strcmp(whole, "/") ? whole : "",
			     name ? name : part) < 0)
			longer = NULL;
		free(whole);
		free(part);
		free(name);
		whole = longer;
		path += length;
		path += *path == '/';
	}
	if (!whole)
		return -ENOMEM;
	*ret_path = whole;
	return there;
}

static int add_name(char **names, const char *name, size_t length)
{
	size_t count = 0;

	for (; names[count]; count++)
		if (!strncasecmp(names[count], name, length) &&
		    !names[count][length])
			return 0;
	/* It becomes a part of a path. */
	if (!length || count == NAMES_MAX || *name == '.' ||
	    strspn(name, PLAIN) < length)
		return 0;
	names[count] = strndup(name, length);
	return names[count] ? 0 : -ENOMEM;
}

/* Installers do not always call their directory as the system is called. */
static int add_system(char **names, const char *id, size_t length)
{
	int r = 0;

	if (length == 4 && !strncasecmp(id, "rhel", 4))
		r = add_name(names, "redhat", 6);
	else if (length > 8 && !strncasecmp(id, "opensuse", 8))
		r = add_name(names, "opensuse", 8);
	return r < 0 ? r : add_name(names, id, length);
}

/* The words of one assignment, ID_LIKE="rhel fedora". */
static int add_words(char **names, const char *text, const char *key)
{
	size_t length = strlen(key);
	int r = 0;

	while (text && strncmp(text, key, length) != 0) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (!text)
		return 0;
	text += length;
	while (r == 0 && *text && *text != '\n') {
		size_t word = strcspn(text, " \t\"'\r\n");

		r = add_system(names, text, word);
		text += word ? word : 1;
	}
	return r;
}

int esp_names(const char *root, char ***ret_names)
{
	char **names = calloc(NAMES_MAX + 1, sizeof(*names));
	char *text = NULL;
	int r = names ? 0 : -ENOMEM;

	if (tree_read(root, "/etc/os-release", FSTAB_LIMIT, &text) < 0 &&
	    tree_read(root, "/usr/lib/os-release", FSTAB_LIMIT, &text) < 0)
		text = NULL;
	if (r == 0 && text)
		r = add_words(names, text, "ID=");
	if (r == 0 && text)
		r = add_words(names, text, "ID_LIKE=");
	free(text);
	if (r < 0)
		tree_free_list(names);
	else
		*ret_names = names;
	return r;
}

/* A program of this kind under one of these names. */
static char *find_program(const char *root, const char *directory,
			  const char *const *names, enum efi_kind kind)
{
	for (; *names; names++) {
		struct efi_image image = {0};
		char *path = NULL;

		if (esp_path(root, directory, *names, &path) == 1 &&
		    efi_image_read(root, path, &image) == 0 &&
		    image.kind == kind)
			return path;
		free(path);
	}
	return NULL;
}

static int read_vendor(const char *root, const char *directory,
		       struct esp_vendor *vendor)
{
	static const char *const shim[] = {"shimx64.efi", "shim.efi", NULL};
	static const char *const grub[] = {"grubx64.efi", "grub.efi", NULL};
	static const char *const list[] = {"BOOTX64.CSV", "BOOT.CSV", NULL};

	vendor->directory = strdup(directory);
	if (!vendor->directory)
		return -ENOMEM;
	vendor->shim = find_program(root, directory, shim, EFI_SHIM);
	vendor->grub = find_program(root, directory, grub, EFI_GRUB);
	for (size_t i = 0; list[i] && !vendor->list; i++)
		if (esp_path(root, directory, list[i], &vendor->list) != 1) {
			free(vendor->list);
			vendor->list = NULL;
		}
	return vendor->shim || vendor->grub;
}

/* Smaller is better. */
static unsigned int judge(const struct esp_vendor *vendor, char *const *names)
{
	const char *name = strrchr(vendor->directory, '/') + 1;
	unsigned int rank = 0;

	for (; names[rank]; rank++)
		if (!strcasecmp(names[rank], name))
			return rank;
	return vendor->shim ? NAMES_MAX : NAMES_MAX + 1;
}

static bool is_vendor(const char *name)
{
	static const char *const other[] = {"BOOT", "Microsoft", "Linux",
					    "systemd", "tools"};

	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (!strcasecmp(name, other[i]))
			return false;
	return true;
}

static int choose(const char *root, const char *efi, char *const *systems,
		  struct esp_vendor *best)
{
	unsigned int best_rank = 0;
	char **names = NULL;
	int r = 0;

	if (tree_list(root, efi, &names) < 0)
		return 0;
	for (size_t i = 0; r >= 0 && names[i]; i++) {
		struct esp_vendor vendor = {0};
		char *directory = NULL;
		unsigned int rank;

		if (!is_vendor(names[i]))
			continue;
		if (asprintf(&directory, "%s/%s", efi, names[i]) < 0) {
			r = -ENOMEM;
			break;
		}
		r = read_vendor(root, directory, &vendor);
		free(directory);
		rank = r == 1 ? judge(&vendor, systems) : 0;
		if (r == 1 && (!best->directory || rank < best_rank)) {
			struct esp_vendor worse = *best;

			vendor.others = worse.others + !!worse.directory;
			*best = vendor;
			vendor = worse;
			best_rank = rank;
		} else if (r == 1) {
			best->others++;
		}
		esp_done_vendor(&vendor);
	}
	tree_free_list(names);
	return r < 0 ? r : best->directory != NULL;
}

int esp_find_vendor(const char *root, const char *place,
		    struct esp_vendor *ret_vendor)
{
	struct esp_vendor best = {0};
	char **systems = NULL;
	char *efi = NULL;
	int r = esp_names(root, &systems);

	if (r == 0)
		r = esp_path(root, place, "EFI", &efi);
	if (r == 1)
		r = choose(root, efi, systems, &best);
	tree_free_list(systems);
	free(efi);
	if (r == 1)
		*ret_vendor = best;
	else
		esp_done_vendor(&best);
	return r;
}

void esp_done_vendor(struct esp_vendor *vendor)
{
	free(vendor->directory);
	free(vendor->shim);
	free(vendor->grub);
	free(vendor->list);
	*vendor = (struct esp_vendor){0};
}
