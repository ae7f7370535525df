/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the archive that is appended to an initramfs.  Only what the base lacks
 * goes in, and the index, which has to name all modules of both.  depmod runs
 * over a copy in memory; nothing of the guest is run.
 */
#include "guest/segment.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/depmod.h"
#include "guest/tree.h"

#define MODULE_MAX ((size_t)256 << 20)
#define LIST_MAX   ((size_t)64 << 20)
#define NAME_BYTES 64
#define NEEDED	   4 /* files of the index that a base must have */

/* One at work: where depmod works, and what has been written. */
struct work {
	const struct segment *segment;
	const struct overlay *tree;
	char *inside; /* "usr/lib/modules/VERSION", no link in it */
	struct depmod depmod;
	struct overlay made; /* directories of the archive */
	struct cpio archive;
};

static int find_inside(const struct initramfs *initramfs, const char *version,
		       char **ret_path)
{
	char *path = NULL;
	int r;

	if (asprintf(&path, "lib/modules/%s", version) < 0)
		return -ENOMEM;
	r = overlay_resolve(&initramfs->tree, path, ret_path);
	free(path);
	return r;
}

bool segment_holds(const struct initramfs *initramfs, const char *version,
		   const char *name)
{
	const struct overlay *tree = &initramfs->tree;
	char *inside = NULL;
	bool found = false;
	size_t length;

	if (find_inside(initramfs, version, &inside) < 0)
		return false;
	length = strlen(inside);
	for (size_t i = 0; !found && i < tree->count; i++) {
		const char *path = tree->entry[i].path;
		char module[NAME_BYTES];

		found = !strncmp(path, inside, length) && path[length] == '/' &&
			depmod_module_name(path, module, sizeof(module)) &&
			!strcmp(module, name);
		if (found) {
			const struct overlay_entry *file =
				overlay_find(tree, path);

			found = file && S_ISREG(file->mode) && file->size;
		}
	}
	free(inside);
	return found;
}

/* The modules of the base, under their names there. */
static int stage_base(const struct work *work, struct error **err)
{
	size_t length = strlen(work->inside);
	int r = 0;

	for (size_t i = 0; r == 0 && i < work->tree->count; i++) {
		const char *path = work->tree->entry[i].path;
		const struct overlay_entry *file;
		char name[NAME_BYTES];

		if (strncmp(path, work->inside, length) != 0 ||
		    path[length] != '/' ||
		    !depmod_module_name(path, name, sizeof(name)))
			continue;
		file = overlay_find(work->tree, path);
		if (file && S_ISREG(file->mode) && file->size)
			r = depmod_put(&work->depmod, path + length + 1,
				       file->data, file->size, err);
	}
	return r;
}

/* What depmod reads beside the modules; it only warns without. */
static int stage_lists(const struct work *work, struct error **err)
{
	static const char *const names[] = {"modules.order", "modules.builtin",
					    "modules.builtin.modinfo"};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(names) / sizeof(*names); i++) {
		char *path = NULL;
		char *text = NULL;
		size_t length = 0;

		if (asprintf(&path, "%s/%s", work->segment->modules, names[i]) <
		    0)
			return error_memory(err);
		if (tree_load(work->segment->root, path, LIST_MAX, &text,
			      &length) == 0)
			r = depmod_put(&work->depmod, names[i], text, length,
				       err);
		free(text);
		free(path);
	}
	return r;
}

/* A directory of the archive and those above it, as they are in the base. */
static int add_directory(struct work *work, const char *path)
{
	const struct overlay_entry *base = overlay_at(work->tree, path);
	struct cpio_entry made = {.name = path,
				  .mode = S_IFDIR | 0755,
				  .data = (const uint8_t *)""};
	const char *slash = strrchr(path, '/');
	int r = 0;

	if (!*path || overlay_at(&work->made, path))
		return 0;
	if (base && !S_ISDIR(base->mode))
		return -ENOTSUP;
	if (slash) {
		char *upper = strndup(path, (size_t)(slash - path));

		r = upper ? add_directory(work, upper) : -ENOMEM;
		free(upper);
	}
	if (base)
		made.mode = base->mode;
	if (r == 0)
		r = overlay_add(&work->made, &made);
	if (r == 0)
		r = cpio_add(&work->archive, path, made.mode, NULL, 0);
	return r;
}

/* A file of the archive, where path leads to in the base. */
static int add_file(struct work *work, const char *path, const void *data,
		    size_t size, struct error **err)
{
	const char *slash = strrchr(path, '/');
	const struct overlay_entry *base;
	char *upper = strndup(path, slash ? (size_t)(slash - path) : 0);
	char *directory = NULL;
	char *where = NULL;
	int r = upper ? overlay_resolve(work->tree, upper, &directory)
		      : -ENOMEM;

	if (r == 0)
		r = add_directory(work, directory);
	if (r == 0 &&
	    asprintf(&where, "%s%s%s", directory, *directory ? "/" : "",
		     slash ? slash + 1 : path) < 0)
		r = -ENOMEM;
	if (r == 0) {
		base = overlay_at(work->tree, where);
		r = base && !S_ISREG(base->mode)
			    ? -ENOTSUP
			    : cpio_add(&work->archive, where, S_IFREG | 0644,
				       data, size);
	}
	if (r < 0)
		(void)error_set(err, ERROR_CONVERT, -r,
				"put '%s' into the initramfs", path);
	free(where);
	free(directory);
	free(upper);
	return r;
}

static int add_inside(struct work *work, const char *name, const void *data,
		      size_t size, struct error **err)
{
	char *path = NULL;
	int r;

	if (asprintf(&path, "%s/%s", work->inside, name) < 0)
		return error_memory(err);
	r = add_file(work, path, data, size, err);
	free(path);
	return r;
}

/* "a.ko" of "a.ko.xz". */
static void cut_ending(char *name)
{
	char *end = NULL;

	for (char *at = name; (at = strstr(at, ".ko")); at += 3)
		end = at;
	if (end)
		end[3] = '\0';
}

/* One new module, as .ko: every kernel and every depmod reads that, and its
 * signature is in it. */
static int add_module(struct work *work, const struct driver *driver,
		      struct error **err)
{
	struct codec_result plain = {0};
	enum codec codec;
	char *path = NULL;
	char *bytes = NULL;
	char *name = strdup(driver->path);
	size_t length = 0;
	int r = -ENOMEM;

	if (!name ||
	    asprintf(&path, "%s/%s", work->segment->modules, driver->path) < 0)
		goto out;
	cut_ending(name);
	r = tree_load(work->segment->root, path, MODULE_MAX, &bytes, &length);
	if (r < 0)
		goto out;
	codec = codec_detect((uint8_t *)bytes, length);
	r = codec_decode(codec, (uint8_t *)bytes, length, MODULE_MAX, &plain);
	if (r == 0 && codec_detect(plain.data, plain.length) != CODEC_NONE)
		r = -EBADMSG;
out:
	if (r < 0)
		(void)error_set(err, ERROR_CONVERT, -r, "module '%s'",
				path ? path : driver->path);
	if (r == 0)
		r = depmod_put(&work->depmod, name, plain.data, plain.length,
			       err);
	if (r == 0)
		r = add_inside(work, name, plain.data, plain.length, err);
	free(plain.data);
	free(bytes);
	free(name);
	free(path);
	return r;
}

static int add_index(struct work *work, struct error **err)
{
	static const char *const files[] = {
		"modules.alias",       "modules.alias.bin",
		"modules.dep",	       "modules.dep.bin",
		"modules.softdep",     "modules.symbols",
		"modules.symbols.bin", "modules.devname",
		"modules.builtin.bin", "modules.builtin.alias.bin",
	};
	int r = depmod_run(&work->depmod, err);

	for (size_t i = 0; r == 0 && i < sizeof(files) / sizeof(*files); i++) {
		char *bytes = NULL;
		size_t length = 0;

		r = depmod_read(&work->depmod, files[i], &bytes, &length, err);
		if (r == 1)
			r = add_inside(work, files[i], bytes, length, err);
		else if (r == 0 && i < NEEDED)
			r = error_set(err, ERROR_CONVERT, ENOENT,
				      "depmod made no '%s'", files[i]);
		free(bytes);
	}
	return r;
}

/* For a base where nothing loads by modalias. */
static int add_list(struct work *work, struct error **err)
{
	const struct initramfs *initramfs = work->segment->initramfs;
	bool dracut = initramfs->tool == INITRAMFS_DRACUT;
	const char *path =
		dracut ? "etc/cmdline.d/99-lander.conf" : "conf/modules";
	const struct overlay_entry *base = overlay_find(work->tree, path);
	char *text = NULL;
	size_t size = 0;
	FILE *out;
	int r;

	if (initramfs->udev)
		return 0;
	if (!dracut && initramfs->tool != INITRAMFS_TOOLS)
		return error_set(err, ERROR_CONVERT, 0,
				 "nothing in it loads drivers by itself"),
		       -ENOTSUP;
	out = open_memstream(&text, &size);
	if (!out)
		return error_memory(err);
	if (base && S_ISREG(base->mode) && base->size) {
		(void)fwrite(base->data, 1, base->size, out);
		if (base->data[base->size - 1] != '\n')
			(void)fputc('\n', out);
	}
	for (size_t i = 0; i < work->segment->drivers->count; i++)
		(void)fprintf(out, "%s%s\n", dracut ? "rd.driver.pre=" : "",
			      work->segment->drivers->driver[i].name);
	r = fclose(out) ? error_memory(err)
			: add_file(work, path, text, size, err);
	free(text);
	return r;
}

static int add_marker(struct work *work)
{
	const struct segment *segment = work->segment;
	char *head = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out;
	int r = initramfs_marker(segment->initramfs->image,
				 segment->initramfs->base_length, &head);

	if (r < 0)
		return r;
	out = open_memstream(&text, &size);
	if (out) {
		(void)fprintf(out, "%skernel %s\nmodules", head,
			      segment->version);
		for (size_t i = 0; i < segment->drivers->count; i++)
			(void)fprintf(out, " %s",
				      segment->drivers->driver[i].name);
		(void)fputc('\n', out);
		r = fclose(out) ? -ENOMEM
				: cpio_add(&work->archive, INITRAMFS_MARKER,
					   S_IFREG | 0444, text, size);
	} else {
		r = -ENOMEM;
	}
	free(text);
	free(head);
	return r;
}

static int fill(struct work *work, struct error **err)
{
	const struct drivers *drivers = work->segment->drivers;
	int r = add_marker(work);

	if (r < 0)
		return error_memory(err);
	r = stage_base(work, err);
	if (r == 0)
		r = stage_lists(work, err);
	for (size_t i = 0; r == 0 && i < drivers->count; i++)
		r = add_module(work, &drivers->driver[i], err);
	if (r == 0)
		r = add_index(work, err);
	if (r == 0)
		r = add_list(work, err);
	if (r == 0 && cpio_end(&work->archive) < 0)
		r = error_memory(err);
	return r;
}

int segment_build(const struct segment *segment, struct cpio *ret_archive,
		  struct error **err)
{
	struct work work = {.segment = segment,
			    .tree = &segment->initramfs->tree};
	int r;

	if (!segment->initramfs->loader)
		return error_set(err, ERROR_CONVERT, 0,
				 "nothing in it can load a module"),
		       -ENOTSUP;
	if (find_inside(segment->initramfs, segment->version, &work.inside) < 0)
		r = error_memory(err);
	else
		r = depmod_open(segment->version, &work.depmod, err);
	if (r == 0)
		r = fill(&work, err);
	depmod_close(&work.depmod);
	free(work.inside);
	overlay_free(&work.made);
	if (r < 0)
		free(work.archive.data);
	else
		*ret_archive = work.archive;
	return r;
}
