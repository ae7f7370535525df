/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the loader would start, whichever it is.  It follows the loader's own
 * files only; where those leave it open, it says that it does not know.
 */
#include "guest/entry.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "guest/bls.h"
#include "guest/convert.h"
#include "guest/esp.h"
#include "guest/grub.h"
#include "guest/tree.h"
#include "guest/unified.h"

#define CONF_LIMIT ((size_t)64 << 10)

static int from_grub(const struct convert *convert, struct entry *entry,
		     struct error **err)
{
	struct grub_entry grub = {.kernel = -1, .initrd = -1};
	int r = grub_read(convert->root, &grub, err);

	if (r < 0)
		return r;
	entry->where = strdup("grub.cfg");
	entry->kernel = grub.path;
	entry->cmdline = grub.cmdline;
	entry->kernel_fd = grub.kernel;
	entry->initrd_fd = grub.initrd;
	entry->is_default = grub.is_default;
	return entry->where ? 0 : error_memory(err);
}

/* The pattern of "default" in loader.conf; NULL when it has none. */
static char *read_default(const char *root, const char *place)
{
	char *path = NULL;
	char *text = NULL;
	char *wish = NULL;

	if (esp_path(root, place, "loader/loader.conf", &path) == 1 &&
	    tree_read(root, path, CONF_LIMIT, &text) < 0)
		text = NULL;
	for (char *line = text; line && *line && !wish;) {
		const char *at = line + strspn(line, " \t");

		if (!strncmp(at, "default", 7) && strchr(" \t", at[7]) &&
		    at[7] && at[8] != '@') {
			at += 7 + strspn(at + 7, " \t");
			wish = strndup(at, strcspn(at, " \t\r\n"));
		}
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	free(path);
	free(text);
	return wish;
}

/* A path of an entry, in the file system at place. */
static int open_at(const char *root, const char *place, const char *path)
{
	char *whole = NULL;
	struct stat st;
	int r = esp_path(root, place, path + strspn(path, "/"), &whole);
	int fd = r == 1 ? tree_open(root, whole) : r < 0 ? r : -ENOENT;

	free(whole);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		(void)close(fd);
		return -EISDIR;
	}
	return fd;
}

/* The last of the initrds, which is the system's own; the others, microcode,
 * must be there. */
static int open_initrds(const char *root, const char *place,
			const char *initrds, struct entry *entry)
{
	for (const char *at = initrds; at && *at;) {
		size_t length = strcspn(at, " ");
		char *path = strndup(at, length);
		int fd = path ? open_at(root, place, path) : -ENOMEM;

		free(path);
		if (fd < 0)
			return fd;
		if (entry->initrd_fd >= 0)
			(void)close(entry->initrd_fd);
		entry->initrd_fd = fd;
		at += length;
		at += strspn(at, " ");
	}
	return 0;
}

static int take_unified(const struct convert *convert, const char *path,
			struct entry *entry, struct error **err)
{
	entry->where = strdup(path);
	entry->kernel = strdup(path);
	if (efi_image_section(convert->root, path, ".cmdline",
			      &entry->cmdline) < 0)
		entry->cmdline = NULL;
	return entry->where && entry->kernel ? 0 : error_memory(err);
}

/* Returns 1 when there is no entry at this place. */
static int from_directory(const struct convert *convert, const char *place,
			  const char *wish, struct entry *entry,
			  struct error **err)
{
	const char *root = convert->root;
	struct bls_entry bls = {0};
	char *directory = NULL;
	int r = esp_path(root, place, "loader/entries", &directory);

	if (r >= 0)
		r = r == 1 ? bls_read(root, directory, wish, &bls) : -ENOENT;
	free(directory);
	if (r < 0)
		return r == -ENOENT ? 1
				    : error_set(err, ERROR_CONVERT, -r,
						"%s/loader/entries", place);
	entry->kernel = strdup(bls.kernel ? bls.kernel : bls.efi);
	entry->where = strdup(bls.path);
	entry->cmdline = strdup(bls.options ? bls.options : "");
	if (!entry->kernel || !entry->where || !entry->cmdline) {
		r = error_memory(err);
		goto out;
	}
	entry->kernel_fd = open_at(root, place, entry->kernel);
	r = entry->kernel_fd < 0 ? entry->kernel_fd
				 : open_initrds(root, place, bls.initrd, entry);
	if (r < 0)
		r = error_set(err, ERROR_CONVERT, -r, "%s: %s%s%s", bls.path,
			      entry->kernel,
			      entry->kernel_fd < 0 ? "" : " with ",
			      entry->kernel_fd < 0 ? "" : bls.initrd);
out:
	bls_done(&bls);
	return r;
}

static int from_systemd(const struct convert *convert, struct entry *entry,
			struct error **err)
{
	char *kernel = NULL;
	char *place = NULL;
	char *wish;
	bool listed;
	int r;

	if (!esp_find(convert, &place, &listed))
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "no EFI System Partition");
	wish = read_default(convert->root, place);
	r = from_directory(convert, place, wish, entry, err);
	if (r == 1 && strcmp(place, "/boot") != 0)
		r = from_directory(convert, "/boot", wish, entry, err);
	if (r == 1) {
		kernel = unified_find(convert->root, place);
		r = kernel ? take_unified(convert, kernel, entry, err)
			   : error_set(err, ERROR_CONVERT, ENOENT,
				       "systemd-boot finds no entry in %s",
				       place);
	}
	free(kernel);
	free(place);
	free(wish);
	return r;
}

/* The kernel that firmware itself starts. */
static int from_fallback(const struct convert *convert, struct entry *entry,
			 struct error **err)
{
	char *place = NULL;
	char *path = NULL;
	bool listed;
	int r = -ENOENT;

	if (esp_find(convert, &place, &listed) &&
	    esp_path(convert->root, place, "EFI/BOOT/BOOTX64.EFI", &path) == 1)
		r = take_unified(convert, path, entry, err);
	else
		r = error_set(err, ERROR_CONVERT, -r, "BOOTX64.EFI");
	free(place);
	free(path);
	return r;
}

int entry_read(const struct convert *convert, enum efi_kind loader,
	       struct entry *ret_entry, struct error **err)
{
	struct entry entry = {
		.kernel_fd = -1, .initrd_fd = -1, .is_default = true};
	int r;

	switch (loader) {
	case EFI_SHIM:
	case EFI_GRUB:
		r = from_grub(convert, &entry, err);
		break;
	case EFI_SYSTEMD_BOOT:
		r = from_systemd(convert, &entry, err);
		break;
	case EFI_UKI:
		r = from_fallback(convert, &entry, err);
		break;
	default:
		r = error_set(err, ERROR_CONVERT, EOPNOTSUPP,
			      "the configuration of %s",
			      efi_image_name(loader));
		break;
	}
	if (r < 0)
		entry_done(&entry);
	else
		*ret_entry = entry;
	return r;
}

void entry_done(struct entry *entry)
{
	if (entry->kernel_fd >= 0)
		(void)close(entry->kernel_fd);
	if (entry->initrd_fd >= 0)
		(void)close(entry->initrd_fd);
	free(entry->where);
	free(entry->kernel);
	free(entry->cmdline);
	*entry = (struct entry){.kernel_fd = -1, .initrd_fd = -1};
}
