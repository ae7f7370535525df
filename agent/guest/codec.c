/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unpacking and packing with the codecs of kernels.  What is unpacked is
 * foreign: every decoder stops at a limit, and none goes past its member.
 */
#include "guest/codec.h"

#include <bzlib.h>
#include <errno.h>
#include <limits.h>
#include <lz4.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define FIRST	   ((size_t)1 << 20)
#define LZ4_MAGIC  0x184C2102U
#define LZ4_BLOCK  ((size_t)8 << 20) /* lz4's legacy frames; the kernel's */
#define LZMA_BYTES ((uint64_t)256 << 20)

/* Bytes that are unpacked, up to a limit. */
struct sink {
	uint8_t *data;
	size_t length;
	size_t room;
	size_t limit;
};

/* Some free room behind what is there, at least one byte. */
static int widen(struct sink *sink)
{
	size_t room = sink->room ? sink->room * 2 : FIRST;
	uint8_t *grown;

	if (sink->length < sink->room)
		return 0;
	if (sink->length >= sink->limit)
		return -EFBIG;
	if (room > sink->limit)
		room = sink->limit;
	grown = realloc(sink->data, room);
	if (!grown)
		return -ENOMEM;
	sink->data = grown;
	sink->room = room;
	return 0;
}

enum codec codec_detect(const uint8_t *data, size_t length)
{
	static const struct {
		enum codec codec;
		uint8_t length;
		const char *magic;
	} known[] = {
		{CODEC_NONE, 5, "07070"},
		{CODEC_NONE, 4, "\177ELF"},
		{CODEC_GZIP, 2, "\x1f\x8b"},
		{CODEC_GZIP, 2, "\x1f\x9e"},
		{CODEC_XZ, 6,
		 "\xfd"
		 "7zXZ"},
		{CODEC_ZSTD, 4, "\x28\xb5\x2f\xfd"},
		{CODEC_LZ4, 4, "\x02\x21\x4c\x18"},
		{CODEC_BZIP2, 3, "BZh"},
		{CODEC_LZMA, 3, "\x5d\0"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (length >= known[i].length &&
		    !memcmp(data, known[i].magic, known[i].length))
			return known[i].codec;
	return CODEC_UNKNOWN;
}

const char *codec_name(enum codec codec)
{
	static const char *const name[] = {"none", "gzip",  "xz",   "zstd",
					   "lz4",  "bzip2", "lzma", "unknown"};

	return name[codec];
}

static int from_gzip(const uint8_t *data, size_t length, struct sink *sink,
		     size_t *ret_used)
{
	z_stream z = {.next_in = (uint8_t *)(uintptr_t)data};
	int r = inflateInit2(&z, 15 + 16) == Z_OK ? 0 : -ENOMEM;
	int status = Z_OK;

	if (r < 0)
		return r;
	while (r == 0 && status != Z_STREAM_END) {
		size_t done = (size_t)(z.next_in - data);
		size_t room;

		if ((r = widen(sink)) < 0)
			break;
		room = sink->room - sink->length;
		z.avail_in = (uInt)(length - done < INT_MAX ? length - done
							    : INT_MAX);
		z.avail_out = (uInt)room;
		z.next_out = sink->data + sink->length;
		status = inflate(&z, Z_NO_FLUSH);
		sink->length += room - z.avail_out;
		if (status != Z_OK && status != Z_STREAM_END)
			r = status == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
	}
	*ret_used = (size_t)(z.next_in - data);
	(void)inflateEnd(&z);
	return r;
}

static int from_lzma(const uint8_t *data, size_t length, bool alone,
		     struct sink *sink, size_t *ret_used)
{
	lzma_stream lzma = LZMA_STREAM_INIT;
	lzma_ret status = alone ? lzma_alone_decoder(&lzma, LZMA_BYTES)
				: lzma_stream_decoder(&lzma, LZMA_BYTES, 0);
	int r = status == LZMA_OK ? 0 : -ENOMEM;

	lzma.next_in = data;
	lzma.avail_in = length;
	while (r == 0 && status == LZMA_OK) {
		size_t room;

		if ((r = widen(sink)) < 0)
			break;
		room = sink->room - sink->length;
		lzma.next_out = sink->data + sink->length;
		lzma.avail_out = room;
		status = lzma_code(&lzma, LZMA_RUN);
		sink->length += room - lzma.avail_out;
		if (status == LZMA_MEM_ERROR || status == LZMA_MEMLIMIT_ERROR)
			r = -ENOMEM;
		else if (status != LZMA_OK && status != LZMA_STREAM_END)
			r = -EBADMSG;
	}
	*ret_used = length - lzma.avail_in;
	lzma_end(&lzma);
	return r;
}

static int from_zstd(const uint8_t *data, size_t length, struct sink *sink,
		     size_t *ret_used)
{
	ZSTD_DCtx *context = ZSTD_createDCtx();
	ZSTD_inBuffer in = {.src = data, .size = length};
	size_t more = 1;
	int r = context ? 0 : -ENOMEM;

	while (r == 0 && more) {
		ZSTD_outBuffer out;
		size_t before = in.pos;

		if ((r = widen(sink)) < 0)
			break;
		out = (ZSTD_outBuffer){.dst = sink->data + sink->length,
				       .size = sink->room - sink->length};
		more = ZSTD_decompressStream(context, &out, &in);
		sink->length += out.pos;
		if (ZSTD_isError(more) ||
		    (more && in.pos == before && out.pos == 0))
			r = -EBADMSG;
	}
	*ret_used = in.pos;
	(void)ZSTD_freeDCtx(context);
	return r;
}

static uint32_t word_at(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

/* Blocks until the end, a word of zero, or the next frame. */
static int from_lz4(const uint8_t *data, size_t length, struct sink *sink,
		    size_t *ret_used)
{
	uint8_t *block = malloc(LZ4_BLOCK);
	size_t at = 4;
	int r = block ? 0 : -ENOMEM;

	while (r == 0 && length - at >= 4) {
		uint32_t size = word_at(data + at);
		int done;

		if (size == 0 || size == LZ4_MAGIC)
			break;
		done = size > length - at - 4
			       ? -1
			       : LZ4_decompress_safe((const char *)data + at +
							     4,
						     (char *)block, (int)size,
						     (int)LZ4_BLOCK);
		if (done < 0)
			r = -EBADMSG;
		for (size_t copied = 0; r == 0 && copied < (size_t)done;) {
			size_t part;

			if ((r = widen(sink)) < 0)
				break;
			part = sink->room - sink->length;
			if (part > (size_t)done - copied)
				part = (size_t)done - copied;
			memcpy(sink->data + sink->length, block + copied, part);
			sink->length += part;
			copied += part;
		}
		at += 4 + (size_t)size;
	}
	if (r == 0 && at == 4)
		r = -EBADMSG;
	/* One to three bytes that are no size. */
	*ret_used = at;
	free(block);
	return r;
}

static int from_bzip2(const uint8_t *data, size_t length, struct sink *sink,
		      size_t *ret_used)
{
	bz_stream bz = {.next_in = (char *)(uintptr_t)data};
	int r = BZ2_bzDecompressInit(&bz, 0, 0) == BZ_OK ? 0 : -ENOMEM;
	int status = BZ_OK;

	if (r < 0)
		return r;
	bz.avail_in = (unsigned int)(length < INT_MAX ? length : INT_MAX);
	while (r == 0 && status == BZ_OK) {
		unsigned int before = bz.avail_in;
		size_t room;

		if ((r = widen(sink)) < 0)
			break;
		room = sink->room - sink->length;
		bz.next_out = (char *)sink->data + sink->length;
		bz.avail_out = (unsigned int)room;
		status = BZ2_bzDecompress(&bz);
		sink->length += room - bz.avail_out;
		if ((status != BZ_OK && status != BZ_STREAM_END) ||
		    (status == BZ_OK && before == bz.avail_in &&
		     bz.avail_out == room))
			r = status == BZ_MEM_ERROR ? -ENOMEM : -EBADMSG;
	}
	*ret_used = (size_t)(bz.next_in - (const char *)data);
	(void)BZ2_bzDecompressEnd(&bz);
	return r;
}

static int copy(const uint8_t *data, size_t length, struct sink *sink,
		size_t *ret_used)
{
	if (length > sink->limit)
		return -EFBIG;
	sink->data = malloc(length + 1);
	if (!sink->data)
		return -ENOMEM;
	memcpy(sink->data, data, length);
	sink->length = length;
	*ret_used = length;
	return 0;
}

int codec_decode(enum codec codec, const uint8_t *data, size_t length,
		 size_t limit, struct codec_result *ret)
{
	struct sink sink = {.limit = limit};
	size_t used = 0;
	int r = -ENOTSUP;

	switch (codec) {
	case CODEC_NONE:
		r = copy(data, length, &sink, &used);
		break;
	case CODEC_GZIP:
		r = from_gzip(data, length, &sink, &used);
		break;
	case CODEC_XZ:
	case CODEC_LZMA:
		r = from_lzma(data, length, codec == CODEC_LZMA, &sink, &used);
		break;
	case CODEC_ZSTD:
		r = from_zstd(data, length, &sink, &used);
		break;
	case CODEC_LZ4:
		r = from_lz4(data, length, &sink, &used);
		break;
	case CODEC_BZIP2:
		r = from_bzip2(data, length, &sink, &used);
		break;
	case CODEC_UNKNOWN:
		break;
	}
	if (r < 0) {
		free(sink.data);
		return r;
	}
	*ret = (struct codec_result){sink.data, sink.length, used};
	return 0;
}
