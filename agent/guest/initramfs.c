/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads an initramfs as the kernel does: one segment after the other, zeroes
 * between them skipped, each unpacked over those before it.  It refuses what
 * the kernel would stop at, and what would hide a segment that is appended.
 */
#include "guest/initramfs.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/memory.h"
#include "guest/cpio.h"

#define SEGMENTS_MAX 64
#define SQUASH_MIN   ((size_t)64 << 10)

int initramfs_marker(const uint8_t *image, size_t length, char **ret_text)
{
	XXH128_hash_t hash = XXH3_128bits(image, length);

	if (asprintf(ret_text, "lander 1\nbase %zu xxh3-128 %016llx%016llx\n",
		     length, (unsigned long long)hash.high64,
		     (unsigned long long)hash.low64) < 0)
		return -ENOMEM;
	return 0;
}

static int refuse_damaged(size_t offset, struct error **err)
{
	return error_set(err, ERROR_CONVERT, 0, "it is damaged at byte %zu",
			 offset),
	       -EBADMSG;
}

/* A file system image in it becomes the root, so nothing beside it counts. */
static bool hides_us(const struct cpio_entry *member)
{
	static const uint8_t erofs[] = {0xe2, 0xe1, 0xf5, 0xe0};

	if (!S_ISREG(member->mode) || member->size < SQUASH_MIN)
		return false;
	return memcmp(member->data, "hsqs", 4) == 0 ||
	       memcmp(member->data + 1024, erofs, sizeof(erofs)) == 0;
}

/* Adds the archives that unpacked bytes hold, or only the first one of them
 * (*ret_used bytes).  Adds nothing, and returns 1, when it is our segment. */
static int add_archives(struct initramfs *initramfs, const uint8_t *data,
			size_t length, bool one, size_t *ret_used)
{
	struct cpio_entry member;
	size_t at = 0;
	bool first = true;
	int r = 0;

	while (r >= 0 && at < length) {
		if (first && (data[at] == 0)) {
			at++;
			continue;
		}
		if (at % 4 && first)
			return -EBADMSG;
		r = cpio_next(data, length, &at, &member);
		if (r == 0) {
			first = true;
			if (one)
				break;
			continue;
		}
		if (r < 0)
			break;
		if (first && !strcmp(member.name, INITRAMFS_MARKER))
			return 1;
		first = false;
		if (hides_us(&member))
			return -ENOTSUP;
		r = overlay_add(&initramfs->tree, &member);
	}
	*ret_used = at;
	return r < 0 ? r : !first ? -EBADMSG : 0;
}

/* Keeps what was unpacked for as long as the tree. */
static int keep(struct initramfs *initramfs, const struct codec_result *result)
{
	uint8_t **grown =
		reallocarray(initramfs->unpacked, initramfs->unpacked_count + 1,
			     sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	initramfs->unpacked = grown;
	grown[initramfs->unpacked_count++] = result->data;
	initramfs->unpacked_bytes += result->length;
	return 0;
}

/* Where our segment starts to be; what it says must fit what is before it. */
static int meet_ours(struct initramfs *initramfs, const uint8_t *data,
		     size_t length, size_t end, struct error **err)
{
	static const char start[] = "lander 1\nbase ";
	struct cpio_entry member;
	unsigned long long base = 0;
	char *expected = NULL;
	char head[160] = "";
	size_t at = 0;
	bool same;

	while (at < length && data[at] == 0)
		at++;
	(void)cpio_next(data, length, &at, &member);
	for (size_t i = end; i < initramfs->length; i++)
		if (initramfs->image[i])
			return error_set(err, ERROR_CONVERT, 0,
					 "something was appended to it after "
					 "lander's segment"),
			       -ESTALE;
	(void)snprintf(head, sizeof(head), "%.*s",
		       (int)(member.size < sizeof(head) ? member.size
							: sizeof(head) - 1),
		       (const char *)member.data);
	if (!strncmp(head, start, strlen(start)))
		base = strtoull(head + strlen(start), NULL, 10);
	if (base > initramfs->length)
		base = 0;
	if (initramfs_marker(initramfs->image, base, &expected) < 0)
		return error_memory(err);
	same = base && !strncmp(head, expected, strlen(expected));
	free(expected);
	if (!same)
		return error_set(err, ERROR_CONVERT, 0,
				 "it was changed since lander appended to it"),
		       -ESTALE;
	initramfs->base_length = base;
	initramfs->ours = data;
	initramfs->ours_length = length;
	return 0;
}

/* A buffer is copied while it grows, and the new image comes beside it. */
static size_t unpack_limit(void)
{
	uint64_t available = memory_available();

	return available && available / 3 < INITRAMFS_LIMIT
		       ? (size_t)(available / 3)
		       : INITRAMFS_LIMIT;
}

static int say(int r, size_t offset, enum codec codec, struct error **err)
{
	switch (-r) {
	case ENOTSUP:
		if (codec == CODEC_UNKNOWN)
			return error_set(err, ERROR_CONVERT, 0,
					 "what is at byte %zu is packed in an "
					 "unknown way",
					 offset),
			       -ENOTSUP;
		return error_set(err, ERROR_CONVERT, 0,
				 "a file system image in it is its root"),
		       -ENOTSUP;
	case EFBIG:
		return error_set(err, ERROR_CONVERT, 0,
				 "it unpacks to more than the %zu MiB that "
				 "this machine's memory has for it",
				 unpack_limit() >> 20),
		       -EFBIG;
	case EBADMSG:
		return refuse_damaged(offset, err);
	case ENOMEM:
		return error_memory(err);
	default:
		return error_set(err, ERROR_CONVERT, -r, "byte %zu", offset);
	}
}

/* One segment at *at, which then stands behind it. */
static int add_segment(struct initramfs *initramfs, size_t *at,
		       struct error **err)
{
	const uint8_t *from = initramfs->image + *at;
	size_t left = initramfs->length - *at;
	enum codec codec = codec_detect(from, left);
	struct codec_result result = {.data = (uint8_t *)(uintptr_t)from,
				      .length = left};
	size_t used = 0;
	size_t limit = unpack_limit();
	int r = 0;

	if (codec == CODEC_NONE && *at % 4)
		return refuse_damaged(*at, err);
	if (codec != CODEC_NONE) {
		if (limit > INITRAMFS_LIMIT - initramfs->unpacked_bytes)
			limit = INITRAMFS_LIMIT - initramfs->unpacked_bytes;
		r = codec_decode(codec, from, left, limit, &result);
		if (r == 0 && (r = keep(initramfs, &result)) < 0)
			free(result.data);
	}
	if (r == 0)
		r = add_archives(initramfs, result.data, result.length,
				 codec == CODEC_NONE, &used);
	if (r < 0)
		return say(r, *at, codec, err);
	if (r == 1) {
		struct cpio_entry member;

		/* A plain one ends with its trailer. */
		while (codec == CODEC_NONE &&
		       (r = cpio_next(from, left, &used, &member)) > 0)
			;
		if (r < 0)
			return refuse_damaged(*at, err);
		if (codec == CODEC_NONE)
			result.length = result.used = used;
		r = meet_ours(initramfs, result.data, result.length,
			      *at + result.used, err);
		*at = initramfs->length;
		return r;
	}
	*at += codec == CODEC_NONE ? used : result.used;
	initramfs->codec = codec;
	initramfs->end = *at;
	return 0;
}

static bool ends_with(const char *path, const char *end)
{
	size_t length = strlen(path);
	size_t short_by = strlen(end);

	return length >= short_by && !strcmp(path + length - short_by, end) &&
	       (length == short_by || path[length - short_by - 1] == '/');
}

/* What made it, and what in it loads modules. */
static void classify(struct initramfs *initramfs)
{
	static const char *const loaders[] = {"systemd-udevd", "udevd",
					      "modprobe", "kmod", "busybox"};
	const struct overlay *tree = &initramfs->tree;

	if (overlay_find(tree, "usr/lib/dracut") ||
	    overlay_find(tree, "lib/dracut"))
		initramfs->tool = INITRAMFS_DRACUT;
	else if (overlay_find(tree, "conf/initramfs.conf"))
		initramfs->tool = INITRAMFS_TOOLS;
	else if (overlay_find(tree, "init_functions"))
		initramfs->tool = INITRAMFS_MKINITCPIO;
	initramfs->systemd = overlay_find(tree, "usr/lib/systemd/systemd") ||
			     overlay_find(tree, "lib/systemd/systemd");
	for (size_t i = 0; i < tree->count; i++) {
		const char *path = tree->entry[i].path;

		if (ends_with(path, "80-drivers.rules") ||
		    ends_with(path, "nlplug-findfs"))
			initramfs->udev = true;
		for (size_t k = 0; k < sizeof(loaders) / sizeof(*loaders); k++)
			if (ends_with(path, loaders[k]))
				initramfs->loader = true;
	}
}

int initramfs_parse(const uint8_t *image, size_t length,
		    struct initramfs *ret_initramfs, struct error **err)
{
	struct initramfs initramfs = {.image = image, .length = length};
	size_t at = 0;
	int segments = 0;
	int r = 0;

	if (length > INITRAMFS_LIMIT)
		return error_set(err, ERROR_CONVERT, 0, "it has %zu bytes",
				 length),
		       -EFBIG;
	if (length >= 2 && !memcmp(image, "MZ", 2))
		return error_set(err, ERROR_CONVERT, 0,
				 "it is an EFI program, a unified kernel "
				 "image"),
		       -ENOTSUP;
	while (r == 0 && at < length) {
		if (image[at] == 0)
			at++;
		else if (++segments > SEGMENTS_MAX)
			r = (error_set(err, ERROR_CONVERT, 0,
				       "more than %d segments", SEGMENTS_MAX),
			     -E2BIG);
		else
			r = add_segment(&initramfs, &at, err);
	}
	if (r == 0 && !segments)
		r = (error_set(err, ERROR_CONVERT, 0, "it is empty"), -ENODATA);
	if (r < 0) {
		initramfs_free(&initramfs);
		return r;
	}
	if (!initramfs.ours)
		initramfs.base_length = length;
	classify(&initramfs);
	*ret_initramfs = initramfs;
	return 0;
}

void initramfs_free(struct initramfs *initramfs)
{
	overlay_free(&initramfs->tree);
	for (size_t i = 0; i < initramfs->unpacked_count; i++)
		free(initramfs->unpacked[i]);
	free(initramfs->unpacked);
	*initramfs = (struct initramfs){0};
}

int initramfs_version(const struct initramfs *initramfs, const char *wanted,
		      char **ret_version)
{
	const struct overlay *tree = &initramfs->tree;
	char *upper = NULL;
	const char *found = NULL;
	size_t length;
	int r = overlay_resolve(tree, "lib/modules", &upper);

	if (r < 0)
		return r == -ENOMEM ? r : -ENOENT;
	length = strlen(upper);
	r = -ENOENT;
	for (size_t i = 0; i < tree->count; i++) {
		const char *path = tree->entry[i].path;

		if (strncmp(path, upper, length) != 0 || path[length] != '/' ||
		    strchr(path + length + 1, '/') ||
		    !S_ISDIR(tree->entry[i].mode))
			continue;
		path += length + 1;
		if (wanted && !strcmp(path, wanted)) {
			found = path;
			r = 0;
			break;
		}
		r = found ? -ENOTUNIQ : 0;
		found = path;
	}
	free(upper);
	if (r < 0)
		return r;
	*ret_version = strdup(found);
	return *ret_version ? 0 : -ENOMEM;
}
