/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GRUB for UEFI beside a system whose GRUB is for BIOS.  It adds files to a new
 * partition and a line to fstab; the system's own menu and its boot code for
 * BIOS stay as they are, so that both start the same menu.
 */
#include "guest/efigrub.h"

#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "guest/edit.h"
#include "guest/efibls.h"
#include "guest/esp.h"
#include "guest/fallback_config.h"
#include "guest/fallback_set.h"
#include "guest/fstab.h"
#include "guest/grub_bls.h"
#include "guest/label.h"
#include "guest/tree.h"

#define TEXT_LIMIT  ((size_t)4 << 20)
#define IMAGE_LIMIT ((size_t)16 << 20)

/* One GRUB that could start the system. */
struct choice {
	const char *tree;
	const char *shim; /* NULL: the GRUB is started directly */
	const char *grub;
	const char *manager; /* of the shim's keys; NULL: not there */
	const char *grub_as; /* names in the partition */
	const char *shim_as;
	char *vendor; /* its directory's name in the partition */
	bool bls;     /* its menu is to be made of /boot/loader/entries */
};

/* As the packages of Debian and Ubuntu install them. */
static const char grub_signed[] =
	"/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed";
static const char manager_signed[] = "/usr/lib/shim/mmx64.efi.signed";
static const char *const shim_signed[] = {
	"/usr/lib/shim/shimx64.efi.signed.latest",
	"/usr/lib/shim/shimx64.efi.signed",
	"/usr/lib/shim/shimx64.efi.dualsigned"};

const char *efigrub_menu(const char *root)
{
	if (tree_has(root, "/boot/grub/grub.cfg"))
		return "/boot/grub";
	return tree_has(root, "/boot/grub2/grub.cfg") ? "/boot/grub2" : NULL;
}

static bool holds(const char *data, size_t length, const char *text,
		  size_t text_length)
{
	return memmem(data, length, text, text_length) != NULL;
}

/* The menu is made by a command of Red Hat's GRUB. */
static bool needs_bls(const char *root)
{
	const char *menu = efigrub_menu(root);
	char *path = NULL;
	char *text = NULL;
	bool needs = false;

	if (!menu || asprintf(&path, "%s/grub.cfg", menu) < 0)
		return false;
	if (tree_read(root, path, TEXT_LIMIT, &text) == 0)
		needs = grub_bls_first(text, NULL);
	free(text);
	free(path);
	return needs;
}

/* The one of these directories that is built into the program. */
static char *find_prefix(const char *data, size_t length, char *const *names)
{
	static const char *const known[] = {"debian", "ubuntu", NULL};
	const char *const *list[] = {(const char *const *)names, known};

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; list[l] && list[l][i]; i++) {
			char prefix[64];
			int n = snprintf(prefix, sizeof(prefix), "/EFI/%s",
					 list[l][i]);

			if (n > 0 && (size_t)n < sizeof(prefix) &&
			    holds(data, length, prefix, (size_t)n + 1))
				return strdup(list[l][i]);
		}
	return NULL;
}

/* 1 when this GRUB can read the menu; its directory is known then. */
static int judge(struct choice *choice, char *const *names, bool bls)
{
	char *data = NULL;
	size_t length = 0;
	int r = tree_load(choice->tree, choice->grub, IMAGE_LIMIT, &data,
			  &length);

	if (r == -ENOMEM || r == -EIO)
		return r;
	if (r < 0)
		return 0;
	if (bls && !holds(data, length, "blscfg", 6)) {
		free(data);
		return 0;
	}
	if (!choice->vendor)
		choice->vendor = find_prefix(data, length, names);
	free(data);
	return choice->vendor != NULL;
}

/* The packages' own files in a tree. */
static int from_packages(const char *tree, char *const *names, bool bls,
			 struct choice *ret_choice)
{
	struct choice choice = {.tree = tree,
				.grub = grub_signed,
				.grub_as = "grubx64.efi",
				.shim_as = "shimx64.efi"};

	for (size_t i = 0; i < 3 && !choice.shim; i++)
		if (tree_has(tree, shim_signed[i]))
			choice.shim = shim_signed[i];
	if (!choice.shim || !tree_has(tree, choice.grub))
		return 0;
	if (tree_has(tree, manager_signed))
		choice.manager = manager_signed;
	*ret_choice = choice;
	return judge(ret_choice, names, bls);
}

static int from_directory(const char *root, const struct esp_vendor *vendor,
			  char *const *names, bool bls,
			  struct choice *ret_choice)
{
	*ret_choice = (struct choice){
		.tree = root, .shim = vendor->shim, .grub = vendor->grub};
	if (!vendor->grub)
		return 0;
	/* A shim loads its GRUB by the name that is built into it. */
	ret_choice->grub_as = strrchr(vendor->grub, '/') + 1;
	if (vendor->shim)
		ret_choice->shim_as = strrchr(vendor->shim, '/') + 1;
	ret_choice->vendor = strdup(strrchr(vendor->directory, '/') + 1);
	return ret_choice->vendor ? judge(ret_choice, names, bls) : -ENOMEM;
}

static int choose(const struct efigrub *efigrub,
		  const struct esp_vendor *vendor, struct choice *choice,
		  const char **ret_from)
{
	bool bls = needs_bls(efigrub->root);
	char **names = NULL;
	int r = esp_names(efigrub->root, &names);

	if (r < 0)
		return r;
	*ret_from = vendor->directory;
	r = from_directory(efigrub->root, vendor, names, bls, choice);
	if (r == 0) {
		free(choice->vendor);
		*choice = (struct choice){0};
		*ret_from = "the system's own packages";
		r = from_packages(efigrub->root, names, bls, choice);
	}
	if (r == 0) {
		free(choice->vendor);
		*choice = (struct choice){0};
		*ret_from = "lander's own copy of Debian's";
		r = from_packages(efigrub->carried, names, false, choice);
		choice->bls = bls;
	}
	tree_free_list(names);
	if (r == 0)
		return -ENOENT;
	return r < 0 ? r : 0;
}

static char *inside(const struct choice *choice, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "/EFI/%s/%s", choice->vendor, name) < 0)
		return NULL;
	return path;
}

static int add_menu(const struct efigrub *efigrub, const struct choice *choice,
		    struct fallback_set *set)
{
	char *text = NULL;

	if (!fallback_config_is_plain(efigrub->uuid, "-") ||
	    !fallback_config_is_plain(efigrub->path, "/@._-"))
		return -EINVAL;
	if (asprintf(&text,
		     "# Goes on to the menu of this system, which was made for "
		     "BIOS.\n"
		     "function linux16 { linux \"$@\"; }\n"
		     "function initrd16 { initrd \"$@\"; }\n"
		     "search --no-floppy --fs-uuid --set=root %s\n"
		     "set prefix=($root)%s\n"
		     "%s",
		     efigrub->uuid, efigrub->path,
		     choice->bls ? EFIBLS_MARK
				 : "configfile $prefix/grub.cfg\n") < 0)
		return -ENOMEM;
	return fallback_set_text(set, text, inside(choice, "grub.cfg"));
}

static int write_files(const struct efigrub *efigrub,
		       const struct choice *choice, struct error **err)
{
	struct fallback_set set = {0};
	int r = 0;

	if (choice->manager)
		r = fallback_set_copy(&set, choice->tree, choice->manager,
				      inside(choice, "mmx64.efi"));
	if (r == 0)
		r = fallback_set_copy(&set, choice->tree, choice->grub,
				      inside(choice, choice->grub_as));
	if (r == 0)
		r = add_menu(efigrub, choice, &set);
	if (r == 0 && choice->shim)
		r = fallback_set_copy(&set, choice->tree, choice->shim,
				      inside(choice, choice->shim_as));
	if (r < 0)
		r = error_set(err, ERROR_CONVERT, -r,
			      "the files of a GRUB for UEFI");
	else
		r = fallback_set_write(&set, efigrub->esp, "/", err);
	fallback_set_done(&set);
	return r < 0 ? r : 0;
}

int efigrub_install(const struct efigrub *efigrub, char **ret_from,
		    struct error **err)
{
	struct esp_vendor vendor = {0};
	struct choice choice = {0};
	const char *from = NULL;
	int r = esp_find_vendor(efigrub->root, "/boot/efi", &vendor);

	if (r >= 0)
		r = choose(efigrub, &vendor, &choice, &from);
	if (r < 0)
		r = error_set(err, ERROR_CONVERT, -r,
			      "no GRUB for UEFI that could start this system");
	else
		r = write_files(efigrub, &choice, err);
	if (r == 0) {
		*ret_from = strdup(from);
		if (!*ret_from)
			r = error_memory(err);
	}
	free(choice.vendor);
	esp_done_vendor(&vendor);
	return r;
}

static int make_place(const char *root, const char *place)
{
	const char *name = strrchr(place, '/') + 1;
	char above[16];
	int made;
	int fd;
	int r = 0;

	(void)snprintf(above, sizeof(above), "/%.*s", (int)(name - place) - 1,
		       place + 1);
	fd = tree_open(root, above);
	if (fd < 0)
		return fd;
	if (mkdirat(fd, name, 0700) == 0) {
		made = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (made >= 0) {
			label_take(fd, made);
			(void)close(made);
		}
	} else if (errno != EEXIST) {
		r = -errno;
	}
	(void)close(fd);
	return r;
}

int efigrub_mount_line(const char *root, const char *uuid,
		       const char **ret_place, struct error **err)
{
	static const char *const places[] = {"/boot/efi", "/efi"};
	const char *place = NULL;
	char *fstab = NULL;
	char *text = NULL;
	int r = tree_read(root, "/etc/fstab", TEXT_LIMIT, &fstab);

	if (r < 0 && r != -ENOENT)
		return error_set(err, ERROR_CONVERT, -r, "read /etc/fstab");
	for (size_t i = 0; i < 2 && !place; i++) {
		char *spec = NULL;

		if (!fstab || !fstab_find(fstab, places[i], &spec))
			place = places[i];
		free(spec);
	}
	if (!place)
		r = error_set(err, ERROR_CONVERT, EEXIST,
			      "/etc/fstab mounts something else at /boot/efi "
			      "and at /efi");
	else if ((r = make_place(root, place)) < 0)
		r = error_set(err, ERROR_CONVERT, -r, "make '%s'", place);
	else if (asprintf(&text, "%s%sUUID=%s %s vfat umask=0077,nofail 0 0\n",
			  fstab ? fstab : "",
			  fstab && *fstab && fstab[strlen(fstab) - 1] != '\n'
				  ? "\n"
				  : "",
			  uuid, place) < 0)
		r = error_memory(err);
	else
		r = edit_text(root, "/etc/fstab", text, err);
	*ret_place = place;
	free(text);
	free(fstab);
	return r < 0 ? r : 0;
}
