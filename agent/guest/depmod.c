/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs our depmod over copies of modules, below /run.  It never sees the
 * guest's tree, so nothing there can lead it elsewhere.
 */
#include "guest/depmod.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/process.h"

#define INDEX_MAX ((size_t)64 << 20)

static const char *stage_directory = "/run/lander";

void depmod_set_stage(const char *directory)
{
	stage_directory = directory;
}

int depmod_open(const char *version, struct depmod *ret_depmod,
		struct error **err)
{
	struct depmod depmod = {.version = version};
	int r;

	if (asprintf(&depmod.stage, "%s/modules.XXXXXX", stage_directory) < 0)
		return error_memory(err);
	r = io_make_parents(depmod.stage, err);
	if (r == 0 && !mkdtemp(depmod.stage))
		r = error_set(err, ERROR_CONVERT, errno, "make '%s'",
			      depmod.stage);
	if (r < 0)
		free(depmod.stage);
	else
		*ret_depmod = depmod;
	return r;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void depmod_close(struct depmod *depmod)
{
	if (depmod->stage)
		(void)nftw(depmod->stage, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(depmod->stage);
	*depmod = (struct depmod){0};
}

static char *place(const struct depmod *depmod, const char *path)
{
	char *where;

	return asprintf(&where, "%s/lib/modules/%s/%s", depmod->stage,
			depmod->version, path) < 0
		       ? NULL
		       : where;
}

int depmod_put(const struct depmod *depmod, const char *path, const void *data,
	       size_t size, struct error **err)
{
	char *where = place(depmod, path);
	int fd = -1;
	int r;

	if (!where)
		return error_memory(err);
	r = io_make_parents(where, err);
	if (r == 0) {
		fd = open(where, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			  0600);
		r = fd < 0 ? -errno : io_pwrite(fd, data, size, 0);
		if (r < 0)
			r = error_set(err, ERROR_CONVERT, -r, "write '%s'",
				      where);
	}
	if (fd >= 0)
		(void)close(fd);
	free(where);
	return r;
}

int depmod_run(const struct depmod *depmod, struct error **err)
{
	const char *argv[] = {"depmod", "-C",	       "/dev/null",
			      "-b",	depmod->stage, depmod->version,
			      NULL};
	const struct process process = {.argv = argv, .timeout_s = 120};

	return process_check(&process, ERROR_CONVERT, err);
}

int depmod_read(const struct depmod *depmod, const char *name, char **ret_bytes,
		size_t *ret_length, struct error **err)
{
	char *where = place(depmod, name);
	int r;

	if (!where)
		return error_memory(err);
	if (access(where, F_OK) < 0)
		r = 0;
	else
		r = io_read_file(where, INDEX_MAX, ret_bytes, ret_length, err) <
				    0
			    ? -EIO
			    : 1;
	free(where);
	return r;
}

bool depmod_module_name(const char *path, char *ret_name, size_t room)
{
	static const char *const endings[] = {".ko", ".ko.gz", ".ko.xz",
					      ".ko.zst"};
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t end = strlen(endings[i]);

		if (length <= end ||
		    strcmp(name + length - end, endings[i]) != 0)
			continue;
		length -= end;
		if (length >= room)
			return false;
		memcpy(ret_name, name, length);
		ret_name[length] = '\0';
		for (char *c = ret_name; *c; c++)
			*c = *c == '-' ? '_' : *c;
		return true;
	}
	return false;
}
