/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_FORMAT_H
#define LANDER_DISK_FORMAT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct superblock;

/** What is to be in a device. */
struct format {
	const char *device;
	const struct superblock *like; /* kind, UUID, label, features */
	uint64_t size;		       /* bytes of the device */
	uint64_t files;		       /* it has to hold, 0: not known */
	const _Atomic bool *stop;      /* NULL: nobody stops it */
};

#define FORMAT_WORDS 48U

/** The program that does it and its words. */
struct format_call {
	const char *argv[FORMAT_WORDS];
	size_t count;
	char text[2048]; /* of words that were made here */
	size_t used;
};

/** format_words(format, ret): what would be run: a file system like that one,
 *  with its features and no others.  Errors: ENOTSUP, a kind that is not made.
 *  Sources: mke2fs(8), mkfs.xfs(8), mkfs.btrfs(8), mkfs.vfat(8), mkswap(8). */
int format_words(const struct format *format, struct format_call *ret,
		 struct error **err);

/** format_make(format, err): runs it; what was on the device is lost. */
int format_make(const struct format *format, struct error **err);

#endif
