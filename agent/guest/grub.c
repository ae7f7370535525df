/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads from a system's grub.cfg what its first menu entry would start.  It
 * takes literal linux and initrd lines and refuses words with variables in the
 * paths: guessing a kernel is worse than a reboot.
 */
#include "guest/grub.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

static const char *const places[] = {"boot/grub/grub.cfg",
				     "boot/grub2/grub.cfg"};

/* The rest of the first line that begins with one of these commands. */
static char *find_line(const char *text, const char *const *command)
{
	for (const char *line = text; line && *line;) {
		const char *end = strchrnul(line, '\n');
		const char *at = line + strspn(line, " \t");

		for (size_t i = 0; command[i]; i++) {
			size_t length = strlen(command[i]);

			if (!strncmp(at, command[i], length) &&
			    (at[length] == ' ' || at[length] == '\t')) {
				at += length;
				at += strspn(at, " \t");
				return strndup(at, (size_t)(end - at));
			}
		}
		line = *end ? end + 1 : end;
	}
	return NULL;
}

/* GRUB's paths start at the file system that holds /boot. */
static char *locate(const char *root, const char *path)
{
	static const char *const above[] = {"", "/boot"};

	if (strpbrk(path, "$(") || strstr(path, ".."))
		return NULL;
	for (size_t i = 0; i < 2; i++) {
		char *full = NULL;

		if (asprintf(&full, "%s%s%s", root, above[i], path) < 0)
			return NULL;
		if (access(full, R_OK) == 0)
			return full;
		free(full);
	}
	return NULL;
}

static int read_entry(const char *root, const char *text,
		      struct grub_entry *entry, struct error **err)
{
	static const char *const linux_words[] = {"linux", "linuxefi",
						  "linux16", NULL};
	static const char *const initrd_words[] = {"initrd", "initrdefi",
						   "initrd16", NULL};
	const char *menu = strstr(text, "menuentry ");
	char *kernel = menu ? find_line(menu, linux_words) : NULL;
	char *initrd = menu ? find_line(menu, initrd_words) : NULL;
	char *rest;
	int r = 0;

	if (!kernel) {
		r = error_set(err, ERROR_CONVERT, ENOENT,
			      "no menu entry with a linux line");
		goto out;
	}
	rest = kernel + strcspn(kernel, " \t");
	if (*rest)
		*rest++ = '\0';
	entry->kernel = locate(root, kernel);
	entry->cmdline = strdup(rest + strspn(rest, " \t"));
	if (initrd) {
		initrd[strcspn(initrd, " \t")] = '\0';
		entry->initrd = locate(root, initrd);
	}
	if (!entry->kernel || (initrd && !entry->initrd))
		r = error_set(err, ERROR_CONVERT, ENOENT,
			      "'%s' is not on the root file system",
			      entry->kernel ? initrd : kernel);
	else if (!entry->cmdline)
		r = error_memory(err);
out:
	free(kernel);
	free(initrd);
	return r;
}

int grub_read(const char *root, struct grub_entry *ret_entry,
	      struct error **err)
{
	struct grub_entry entry = {0};
	char *text = NULL;
	int r = -ENOENT;

	for (size_t i = 0; i < 2 && !text; i++) {
		char *path = NULL;

		if (asprintf(&path, "%s/%s", root, places[i]) < 0)
			return error_memory(err);
		(void)io_read_file(path, (size_t)4 << 20, &text, NULL, NULL);
		free(path);
	}
	if (!text)
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "no grub.cfg in the copied system");
	r = read_entry(root, text, &entry, err);
	free(text);
	if (r < 0)
		grub_done(&entry);
	else
		*ret_entry = entry;
	return r;
}

void grub_done(struct grub_entry *entry)
{
	free(entry->kernel);
	free(entry->initrd);
	free(entry->cmdline);
	*entry = (struct grub_entry){0};
}
