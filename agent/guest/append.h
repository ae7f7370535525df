/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_APPEND_H
#define LANDER_GUEST_APPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpio;
struct error;
struct initramfs;

/**
 * append_make(initramfs, archive, ret, ret_length, err): the image with this
 * archive behind its base, in the base's codec, or the base alone (archive
 * NULL).  Errors: ERROR_CONVERT; ENOTSUP for a base in LZMA, whose end kernels
 * do not agree on.
 */
int append_make(const struct initramfs *initramfs, const struct cpio *archive,
		uint8_t **ret_image, size_t *ret_length, struct error **err);

/** append_same(initramfs, archive): its segment of ours holds just this. */
bool append_same(const struct initramfs *initramfs, const struct cpio *archive);

/** What is to be written: image differs from the file from byte base on. */
struct append {
	const char *root;
	const char *path; /* the guest's own */
	const uint8_t *image;
	size_t length;
	size_t base;
};

/**
 * append_write(append, ret_in_place, err): replaces the file by a new one of
 * the same owner, mode and attributes; where there is no room for two, its end
 * is written in place (a cut there leaves the base as good as it was: the
 * kernel unpacks a segment at a time and goes on after a broken one).
 * Errors: ERROR_CONVERT; ENOSPC says what is free and what is needed.
 */
int append_write(const struct append *append, bool *ret_in_place,
		 struct error **err);

#endif
