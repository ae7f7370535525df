/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_CODEC_H
#define LANDER_GUEST_CODEC_H

#include <stddef.h>
#include <stdint.h>

/** How an initramfs or a module is compressed: those that a kernel unpacks
 *  (lib/decompress*.c), but for LZO. */
enum codec {
	CODEC_NONE,
	CODEC_GZIP,
	CODEC_XZ,
	CODEC_ZSTD,
	CODEC_LZ4, /* legacy frames only, as lz4 -l writes them */
	CODEC_BZIP2,
	CODEC_LZMA, /* xz --format=lzma */
	CODEC_UNKNOWN,
};

struct codec_result {
	uint8_t *data; /* to free() */
	size_t length;
	size_t used; /* of what was decoded: one member, stream or frame */
};

/** codec_detect(data, length): by the first bytes.  CODEC_NONE: a cpio archive
 *  or an ELF file; CODEC_UNKNOWN: anything else. */
enum codec codec_detect(const uint8_t *data, size_t length);

/** codec_name(codec): "gzip" … "none". */
const char *codec_name(enum codec codec);

/**
 * codec_decode(codec, data, length, limit, ret): unpacks the first member.
 * Returns 0, -EBADMSG (damaged or cut off), -EFBIG (more than limit bytes),
 * -ENOMEM or -ENOTSUP (CODEC_UNKNOWN).  CODEC_NONE copies.
 */
int codec_decode(enum codec codec, const uint8_t *data, size_t length,
		 size_t limit, struct codec_result *ret);

/** codec_encode(codec, data, length, ret): packs into one member that every
 *  kernel with this codec reads: xz with CRC-32, lz4 in legacy frames.
 *  -ENOMEM, -EIO, or -ENOTSUP for CODEC_LZMA and CODEC_UNKNOWN. */
int codec_encode(enum codec codec, const uint8_t *data, size_t length,
		 struct codec_result *ret);

#endif
