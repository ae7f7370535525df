/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packing with the codecs of kernels, at levels that cost milliseconds: what is
 * packed is small.  LZMA is refused: kernels do not agree where it ends.
 */
#include <bzlib.h>
#include <errno.h>
#include <limits.h>
#include <lz4.h>
#include <lz4hc.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "guest/codec.h"

#define LZ4_BLOCK ((size_t)8 << 20) /* of lz4's legacy frames */

static int to_gzip(const uint8_t *data, size_t length, struct codec_result *ret)
{
	z_stream z = {.next_in = (uint8_t *)(uintptr_t)data,
		      .avail_in = (uInt)length};

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return -ENOMEM;
	ret->length = deflateBound(&z, length);
	ret->data = malloc(ret->length);
	z.next_out = ret->data;
	z.avail_out = (uInt)ret->length;
	if (ret->data && deflate(&z, Z_FINISH) == Z_STREAM_END)
		ret->length -= z.avail_out;
	else
		ret->length = 0;
	(void)deflateEnd(&z);
	return !ret->data ? -ENOMEM : ret->length ? 0 : -EIO;
}

static int to_lz4(const uint8_t *data, size_t length, struct codec_result *ret)
{
	size_t blocks = length / LZ4_BLOCK + 1;
	uint8_t *at = malloc(
		4 + blocks * (4 + (size_t)LZ4_compressBound((int)LZ4_BLOCK)));

	ret->data = at;
	if (!at)
		return -ENOMEM;
	memcpy(at, "\x02\x21\x4c\x18", 4);
	at += 4;
	for (size_t done = 0; done < length; done += LZ4_BLOCK) {
		size_t part =
			length - done < LZ4_BLOCK ? length - done : LZ4_BLOCK;
		int size = LZ4_compress_HC(
			(const char *)data + done, (char *)at + 4, (int)part,
			LZ4_compressBound((int)part), LZ4HC_CLEVEL_DEFAULT);

		if (size <= 0)
			return -EIO;
		for (int i = 0; i < 4; i++)
			at[i] = (uint8_t)((uint32_t)size >> (8 * i));
		at += 4 + size;
	}
	ret->length = (size_t)(at - ret->data);
	return 0;
}

static int to_bound(enum codec codec, const uint8_t *data, size_t length,
		    struct codec_result *ret)
{
	size_t room = codec == CODEC_ZSTD ? ZSTD_compressBound(length)
		      : codec == CODEC_XZ ? lzma_stream_buffer_bound(length)
					  : length + length / 100 + 600;
	unsigned int bytes = (unsigned int)room;
	size_t made = 0;

	ret->data = malloc(room);
	if (!ret->data)
		return -ENOMEM;
	switch (codec) {
	case CODEC_ZSTD:
		ret->length = ZSTD_compress(ret->data, room, data, length, 3);
		return ZSTD_isError(ret->length) ? -EIO : 0;
	case CODEC_XZ:
		/* The kernel's decoder knows CRC-32 and no check at all. */
		if (lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, data,
					    length, ret->data, &made,
					    room) != LZMA_OK)
			return -EIO;
		ret->length = made;
		return 0;
	default:
		if (BZ2_bzBuffToBuffCompress(
			    (char *)ret->data, &bytes, (char *)(uintptr_t)data,
			    (unsigned int)length, 9, 0, 0) != BZ_OK)
			return -EIO;
		ret->length = bytes;
		return 0;
	}
}

int codec_encode(enum codec codec, const uint8_t *data, size_t length,
		 struct codec_result *ret)
{
	struct codec_result done = {0};
	int r = -ENOTSUP;

	if (length > INT_MAX / 2)
		return -EFBIG;
	switch (codec) {
	case CODEC_NONE:
		done.data = malloc(length + 1);
		done.length = length;
		r = done.data ? 0 : -ENOMEM;
		if (r == 0 && length)
			memcpy(done.data, data, length);
		break;
	case CODEC_GZIP:
		r = to_gzip(data, length, &done);
		break;
	case CODEC_LZ4:
		r = to_lz4(data, length, &done);
		break;
	case CODEC_XZ:
	case CODEC_ZSTD:
	case CODEC_BZIP2:
		r = to_bound(codec, data, length, &done);
		break;
	case CODEC_LZMA:
	case CODEC_UNKNOWN:
		break;
	}
	if (r < 0) {
		free(done.data);
		return r;
	}
	*ret = done;
	return 0;
}
