/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files for systemd, kept in memory until all of them are right, then
 * written.  It knows their names, not what stands in them.
 */
#include "network/unit_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

int unit_file_add(struct unit_files *files, const char *stem, const char *kind,
		  char *text, struct error **err)
{
	struct unit_file *file;

	if (!text)
		return error_memory(err);
	if (files->count == UNIT_FILE_MOST) {
		free(text);
		return error_set(err, ERROR_INTERNAL, E2BIG, "network files");
	}
	file = &files->file[files->count++];
	(void)snprintf(file->name, sizeof(file->name), "%s.%s", stem, kind);
	file->text = text;
	return 0;
}

/* NN-lander-….network, .netdev or .link */
bool unit_file_is_ours(const char *name)
{
	static const char *const kind[] = {".network", ".netdev", ".link"};
	const char *dot = strrchr(name, '.');

	if (strspn(name, "0123456789") != 2 ||
	    strncmp(name + 2, "-lander-", 8) != 0)
		return false;
	for (size_t i = 0; dot && i < sizeof(kind) / sizeof(*kind); i++)
		if (!strcmp(dot, kind[i]))
			return true;
	return false;
}

static int remove_ours(const char *directory, struct error **err)
{
	DIR *dir = opendir(directory);
	int fd = dir ? dirfd(dir) : -1;
	struct dirent *entry;
	int r = 0;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		r = error_set(err, ERROR_TARGET, errno, "open '%s'", directory);
	while (fd >= 0 && (entry = readdir(dir)))
		if (unit_file_is_ours(entry->d_name) &&
		    unlinkat(fd, entry->d_name, 0) < 0 && errno != ENOENT &&
		    r == 0)
			r = error_set(err, ERROR_TARGET, errno,
				      "remove '%s/%s'", directory,
				      entry->d_name);
	if (dir)
		(void)closedir(dir);
	return r;
}

int unit_file_write(const struct unit_files *files, const char *directory,
		    struct error **err)
{
	char *path = NULL;
	int r = remove_ours(directory, err);

	for (size_t i = 0; r == 0 && i < files->count; i++) {
		const struct unit_file *file = &files->file[i];

		if (asprintf(&path, "%s/%s", directory, file->name) < 0) {
			r = error_memory(err);
			break;
		}
		if (i == 0)
			r = io_make_parents(path, err);
		if (r == 0)
			r = io_replace_file(path, file->text,
					    strlen(file->text), err);
		free(path);
	}
	/* Half of a network is not what anybody asked for. */
	if (r < 0)
		(void)remove_ours(directory, NULL);
	return r;
}

void unit_file_done(struct unit_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->file[i].text);
	files->count = 0;
}
