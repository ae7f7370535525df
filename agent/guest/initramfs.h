/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INITRAMFS_H
#define LANDER_GUEST_INITRAMFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/codec.h"
#include "guest/overlay.h"

struct error;

/** First member of the segment that lander appends. */
#define INITRAMFS_MARKER ".lander-initramfs-segment"

/** Bytes of an image, and of all that is packed in it. */
#define INITRAMFS_LIMIT ((size_t)512 << 20)

enum initramfs_tool {
	INITRAMFS_OTHER,
	INITRAMFS_TOOLS,      /* conf/initramfs.conf in it */
	INITRAMFS_DRACUT,     /* (usr/)lib/dracut in it */
	INITRAMFS_MKINITCPIO, /* init_functions in it */
};

struct initramfs {
	const uint8_t *image; /* the caller's; it must outlive this */
	size_t length;
	size_t base_length;  /* without our segment and what pads it */
	const uint8_t *ours; /* our segment, unpacked, or NULL */
	size_t ours_length;
	size_t end; /* of the last segment of the base; zeroes may follow */
	enum codec codec; /* of the last segment of the base */
	enum initramfs_tool tool;
	bool systemd;	     /* systemd is in it */
	bool udev;	     /* it loads by modalias: udev's 80-drivers.rules */
	bool loader;	     /* a program that can load a module is in it */
	struct overlay tree; /* the base; our segment is not in it */
	uint8_t **unpacked;  /* what the tree's data lies in */
	size_t unpacked_count;
	size_t unpacked_bytes;
};

/**
 * initramfs_parse(image, length, ret, err): all segments of an image (early
 * microcode, compressed and plain ones) as the one tree that the kernel makes
 * of them.  On success ret is to be freed.
 * Errors, ERROR_CONVERT, without the file's name and without an errno in the
 * text; what is returned tells them apart: EBADMSG (damaged), EFBIG
 * (above INITRAMFS_LIMIT, or a third of the memory that is free), ENOTSUP (an
 * unknown codec, an EFI program, a root image inside that would hide what is
 * added), ESTALE (a segment of ours that is not the last one, or whose base is
 * not what it was made for). Source: the kernel's init/initramfs.c,
 * unpack_to_rootfs().
 */
int initramfs_parse(const uint8_t *image, size_t length,
		    struct initramfs *ret_initramfs, struct error **err);
void initramfs_free(struct initramfs *initramfs);

/** initramfs_version(initramfs, wanted, ret): the kernel that its modules are
 *  for: the directory under lib/modules; wanted (or NULL) when there are
 *  several.  Returns 0, -ENOENT (no modules in it), -ENOTUNIQ or -ENOMEM. */
int initramfs_version(const struct initramfs *initramfs, const char *wanted,
		      char **ret_version);

/** initramfs_marker(image, length, ret): the words of a marker for this base:
 *  its length and its hash.  The hash is XXH3 with 128 bits: it has to tell
 *  that somebody changed the base, not to resist somebody who could write the
 *  marker, too; and it costs a fraction of a SHA-256.  -ENOMEM. */
int initramfs_marker(const uint8_t *image, size_t length, char **ret_text);

#endif
