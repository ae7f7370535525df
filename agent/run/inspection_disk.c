/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disks of an inspection.  It refuses a disk that is in use: what is
 * mounted there changes under our eyes, and would have to be shared.
 */
#include "run/inspection_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "disk/content.h"
#include "disk/layout.h"
#include "disk/loop.h"
#include "guest/inspect.h"
#include "guest/platform.h"

#define PATIENCE 5.0

static int read_platform(const char *path, const struct layout *layout,
			 unsigned int *ret_platform, struct error **err)
{
	unsigned char sector[512];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : io_pread(fd, sector, sizeof(sector), 0);

	if (fd >= 0)
		(void)close(fd);
	if (r < 0)
		return error_set(err, ERROR_TARGET, -r, "read '%s'", path);
	*ret_platform = platform_of_disk(sector, layout);
	return 0;
}

/* Whether the kernel has made the partitions of a loop device. */
static bool has_parts(const char *loop, unsigned int number)
{
	const struct timespec tenth = {.tv_nsec = 100000000};
	double deadline = io_seconds() + PATIENCE;
	char path[64];

	(void)blockdev_partition(loop, number, path, sizeof(path));
	while (access(path, F_OK) < 0) {
		if (io_seconds() >= deadline)
			return false;
		(void)nanosleep(&tenth, NULL);
	}
	return true;
}

static int attach_image(struct inspection_disk *disk,
			const struct layout *layout, struct error **err)
{
	const char *path = disk->probed.path;
	int r = loop_look(path, layout->sector_size ? layout->sector_size : 512,
			  &disk->loop, err);

	if (r < 0)
		return error_wrap(err, "'%s' is an image", path);
	if (layout->count && !has_parts(disk->loop, layout->part[0].number))
		return error_set(err, ERROR_TARGET, 0,
				 "'%s' is an image with partitions, and this "
				 "kernel makes no devices for them: attach it "
				 "to a machine as a disk",
				 path);
	return 0;
}

static const char *holds(const struct content *content)
{
	return content->text ? content->text : "blank";
}

static int open_one(const char *path, struct inspection_disk *disk,
		    json_t *json, struct error **err)
{
	struct content content = {0};
	struct layout layout = {0};
	char size[24];
	int r = blockdev_probe(path, &disk->probed, err);

	if (r < 0)
		return r;
	if (disk->probed.busy)
		return error_set(err, ERROR_TARGET, EBUSY, "'%s' is %s", path,
				 disk->probed.busy);
	r = content_read(&disk->probed, &content, err);
	if (r == 0)
		r = layout_read(path, &layout, err);
	if (r == 0)
		r = read_platform(path, &layout, &disk->platform, err);
	if (r == 0)
		(void)json_array_append_new(
			json,
			json_pack("{s:o, s:s, s:I, s:o}", "path",
				  inspect_text(path), "size",
				  parse_format_size(disk->probed.size, size,
						    sizeof(size)),
				  "bytes", (json_int_t)disk->probed.size,
				  "holds", inspect_text(holds(&content))));
	/* An empty one needs no loop device to be empty. */
	if (r == 0 && !disk->probed.is_block && content.kind == CONTENT_SYSTEM)
		r = attach_image(disk, &layout, err);
	layout_done(&layout);
	content_done(&content);
	return r;
}

/* What there is instead of a system, for all disks. */
static int say_none(const json_t *list, struct error **err)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	int r;

	if (!out)
		return error_memory(err);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *disk = json_array_get(list, i);

		(void)fprintf(
			out, "%s'%s' (%s)", i ? ", " : "",
			json_string_value(json_object_get(disk, "path")),
			json_string_value(json_object_get(disk, "holds")));
	}
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	r = error_set(err, ERROR_CONVERT, 0, "no Linux system on %s", text);
	free(text);
	return r;
}

/* A system may lie on several of them. */
static int look(const struct luks_key *key, struct inspection_disks *disks,
		struct error **err)
{
	const char **device = calloc(disks->count + 1, sizeof(*device));
	struct volume_order order = {
		.disk = device, .read_only = true, .key = key};
	size_t count = 0;
	int r = 1;

	if (!device)
		return error_memory(err);
	for (size_t i = 0; i < disks->count; i++) {
		const struct inspection_disk *disk = &disks->disk[i];

		if (disk->probed.is_block || disk->loop)
			device[count++] =
				disk->loop ? disk->loop : disk->probed.path;
	}
	if (count)
		r = root_look(&order, &disks->root, err);
	free(device);
	return r;
}

int inspection_disk_open(char *const *path, const struct luks_key *key,
			 struct inspection_disks *ret_disks, json_t *json,
			 struct error **err)
{
	json_t *list = json_array();
	size_t count = 0;
	int r = 1;

	(void)json_object_set_new(json, "disks", list);
	while (path[count])
		count++;
	ret_disks->disk = calloc(count, sizeof(*ret_disks->disk));
	if (!ret_disks->disk)
		return error_memory(err);
	for (size_t i = 0; i < count; i++) {
		ret_disks->count++;
		if (open_one(path[i], &ret_disks->disk[i], list, err) < 0)
			return -EIO;
	}
	r = look(key, ret_disks, err);
	return r == 1 ? say_none(list, err) : r;
}

int inspection_disk_close(struct inspection_disks *disks, struct error **err)
{
	int r = 0;

	if (disks->root.directory)
		r = root_close(&disks->root, err);
	for (size_t i = 0; i < disks->count; i++) {
		struct inspection_disk *disk = &disks->disk[i];

		if (disk->loop && loop_drop(disk->loop, io_seconds() + PATIENCE,
					    r < 0 ? NULL : err) < 0)
			r = -EIO;
		free(disk->loop);
		blockdev_done(&disk->probed);
	}
	free(disks->disk);
	*disks = (struct inspection_disks){0};
	return r;
}
