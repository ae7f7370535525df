/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts a segment behind an initramfs, in memory and on the disk.  It writes no
 * byte of the base.
 */
#include "guest/append.h"

#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "guest/cpio.h"
#include "guest/edit.h"
#include "guest/initramfs.h"
#include "guest/tree.h"

#define MARGIN ((size_t)64 << 10) /* metadata of the file system */

bool append_same(const struct initramfs *initramfs, const struct cpio *archive)
{
	size_t length = initramfs->ours_length;

	if (!initramfs->ours || length > archive->length ||
	    memcmp(initramfs->ours, archive->data, length) != 0)
		return false;
	return io_is_zero(archive->data + length, archive->length - length);
}

/* Zeroes between base and segment.  Plain archives are counted from the start
 * of the image in fours; lz4 takes one to three zeroes for half a length. */
static size_t padding(const struct initramfs *initramfs)
{
	size_t base = initramfs->base_length;
	size_t zeroes = base - initramfs->end;

	if (initramfs->codec == CODEC_NONE)
		return (4 - base % 4) % 4;
	if (initramfs->codec == CODEC_LZ4 && zeroes > 0 && zeroes < 4)
		return 4 - zeroes;
	return 0;
}

int append_make(const struct initramfs *initramfs, const struct cpio *archive,
		uint8_t **ret_image, size_t *ret_length, struct error **err)
{
	struct codec_result packed = {0};
	size_t base = initramfs->base_length;
	size_t zeroes = 0;
	uint8_t *image;
	int r;

	if (archive) {
		r = codec_encode(initramfs->codec, archive->data,
				 archive->length, &packed);
		if (r < 0)
			return error_set(err, ERROR_CONVERT,
					 r == -ENOMEM ? ENOMEM : 0,
					 "append to an archive in %s",
					 codec_name(initramfs->codec)),
			       r;
		zeroes = padding(initramfs);
	}
	image = calloc(1, base + zeroes + packed.length + 1);
	if (!image) {
		free(packed.data);
		return error_memory(err);
	}
	memcpy(image, initramfs->image, base);
	if (packed.length)
		memcpy(image + base + zeroes, packed.data, packed.length);
	*ret_image = image;
	*ret_length = base + zeroes + packed.length;
	free(packed.data);
	return 0;
}

/* The end of the file, written where it is. */
static int write_end(const struct append *append, struct error **err)
{
	size_t more = append->length - append->base;
	char handle[40];
	struct statvfs fs;
	int found = tree_open(append->root, append->path);
	int fd = -1;
	int r = found < 0 ? found : 0;

	if (r == 0) {
		(void)snprintf(handle, sizeof(handle), "/proc/self/fd/%d",
			       found);
		fd = open(handle, O_WRONLY | O_CLOEXEC);
		r = fd < 0 ? -errno : 0;
	}
	if (r == 0 &&
	    (ftruncate(fd, (off_t)append->base) < 0 || fstatvfs(fd, &fs) < 0))
		r = errno > 0 ? -errno : -EIO;
	if (r == 0 && fs.f_bavail * fs.f_frsize < more + MARGIN) {
		char free_space[24];
		char needed[24];

		(void)parse_format_size(fs.f_bavail * fs.f_frsize, free_space,
					sizeof(free_space));
		(void)parse_format_size(more + MARGIN, needed, sizeof(needed));
		r = error_set(err, ERROR_CONVERT, ENOSPC,
			      "'%s' needs %s more, its file system has %s",
			      append->path, needed, free_space);
		goto out;
	}
	if (r == 0)
		r = io_pwrite(fd, append->image + append->base, more,
			      append->base);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r < 0 && fd >= 0 && ftruncate(fd, (off_t)append->base) < 0)
		log_warn("guest", "%s: its unfinished end stays", append->path);
	if (r < 0)
		(void)error_set(err, ERROR_CONVERT, -r, "append to '%s'",
				append->path);
out:
	if (fd >= 0)
		(void)close(fd);
	if (found >= 0)
		(void)close(found);
	return r;
}

int append_write(const struct append *append, bool *ret_in_place,
		 struct error **err)
{
	struct error *why = NULL;
	int r = edit_file(append->root, append->path,
			  &(struct edit_content){append->image, append->length,
						 0644, false},
			  &why);

	*ret_in_place = false;
	if (r < 0 && why && (why->code == ENOSPC || why->code == EDQUOT)) {
		error_clear(&why);
		*ret_in_place = true;
		return write_end(append, err);
	}
	if (r < 0 && err)
		*err = why;
	else
		error_free(why);
	return r < 0 ? r : 0;
}
