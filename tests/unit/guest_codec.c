/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The codecs of kernels, against the programs that everybody packs with. */
#include "base/io.h"
#include "guest/codec.h"
#include "guest_tree.h"

#define SIZE ((size_t)9 << 20) /* more than one block of lz4 */

static const struct {
	enum codec codec;
	const char *pack;
	const char *unpack;
} codecs[] = {
	{CODEC_GZIP, "gzip -c", "gzip -dc"},
	{CODEC_XZ, "xz -0 --check=crc32 -c", "xz -dc"},
	{CODEC_ZSTD, "zstd -qc", "zstd -dqc"},
	{CODEC_LZ4, "lz4 -lqc", "lz4 -dqc"},
	{CODEC_BZIP2, NULL, NULL}, /* there is no such program here */
	{CODEC_LZMA, "xz -0 --format=lzma -c", NULL},
};

static uint8_t *make_data(void)
{
	uint8_t *data = malloc(SIZE);
	uint32_t x = 1;

	assert_non_null(data);
	for (size_t i = 0; i < SIZE; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = i % 3 ? (uint8_t)(i >> 8) : (uint8_t)(x >> 28);
	}
	memcpy(data, "070701", 6);
	return data;
}

static void put(const char *name, const void *bytes, size_t length)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(io_pwrite(fd, bytes, length, 0), 0);
	(void)close(fd);
}

/* What a program packed is unpacked, and what follows is left alone. */
static void others_are_read(void **state)
{
	uint8_t *data = make_data();

	(void)state;
	put("data", data, SIZE);
	for (size_t i = 0; i < sizeof(codecs) / sizeof(*codecs); i++) {
		struct codec_result result = {0};
		char script[160];
		char *bytes = NULL;
		size_t length = 0;
		size_t packed;

		if (!codecs[i].pack)
			continue;
		(void)snprintf(script, sizeof(script),
			       "%s data >packed; stat -c %%s packed >size; "
			       "printf '\\0\\0\\0\\0after' >>packed",
			       codecs[i].pack);
		assert_true(guest_is(script));
		assert_int_equal(
			io_read_file("packed", 2 * SIZE, &bytes, &length, NULL),
			0);
		packed = length - 9;
		assert_int_equal(codec_detect((uint8_t *)bytes, length),
				 codecs[i].codec);
		assert_int_equal(codec_decode(codecs[i].codec, (uint8_t *)bytes,
					      length, SIZE, &result),
				 0);
		assert_int_equal(result.length, SIZE);
		assert_memory_equal(result.data, data, SIZE);
		assert_int_equal(result.used, packed);
		free(result.data);
		/* One byte less than it has. */
		assert_int_equal(codec_decode(codecs[i].codec, (uint8_t *)bytes,
					      length, SIZE - 1, &result),
				 -EFBIG);
		/* Cut off. */
		assert_int_equal(codec_decode(codecs[i].codec, (uint8_t *)bytes,
					      packed / 2, SIZE, &result),
				 -EBADMSG);
		free(bytes);
	}
	free(data);
}

static void ours_is_read_by_others(void **state)
{
	uint8_t *data = make_data();

	(void)state;
	put("data", data, SIZE);
	for (size_t i = 0; i < sizeof(codecs) / sizeof(*codecs); i++) {
		struct codec_result packed = {0};
		struct codec_result again = {0};
		char script[160];

		if (codecs[i].codec == CODEC_LZMA) {
			assert_int_equal(
				codec_encode(CODEC_LZMA, data, SIZE, &packed),
				-ENOTSUP);
			continue;
		}
		assert_int_equal(
			codec_encode(codecs[i].codec, data, SIZE, &packed), 0);
		assert_int_equal(codec_decode(codecs[i].codec, packed.data,
					      packed.length, SIZE, &again),
				 0);
		assert_int_equal(again.length, SIZE);
		assert_memory_equal(again.data, data, SIZE);
		assert_int_equal(again.used, packed.length);
		put("packed", packed.data, packed.length);
		free(again.data);
		free(packed.data);
		if (!codecs[i].unpack)
			continue;
		(void)snprintf(script, sizeof(script),
			       "%s <packed | cmp - data", codecs[i].unpack);
		assert_true(guest_is(script));
	}
	/* The kernel's decoder refuses any other check. */
	assert_true(guest_is("xz -0 -c --check=crc32 data >x; "
			     "xz -l --robot x | grep -q CRC32"));
	free(data);
}

/* Each byte of a packed text changed: an error or a result, never a crash. */
static void damage_is_no_harm(void **state)
{
	static const uint8_t text[] = "some text, some text, some more text";

	(void)state;
	for (int codec = CODEC_GZIP; codec < CODEC_LZMA; codec++) {
		struct codec_result packed = {0};

		assert_int_equal(codec_encode((enum codec)codec, text,
					      sizeof(text), &packed),
				 0);
		for (size_t i = 0; i < packed.length; i++) {
			struct codec_result result = {0};

			packed.data[i] ^= 0xff;
			if (codec_decode((enum codec)codec, packed.data,
					 packed.length, 1 << 16, &result) == 0)
				free(result.data);
			packed.data[i] ^= 0xff;
		}
		free(packed.data);
	}
	assert_int_equal(codec_detect((const uint8_t *)"\x89LZO", 4),
			 CODEC_UNKNOWN);
	assert_int_equal(codec_detect((const uint8_t *)"", 0), CODEC_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_are_read),
		cmocka_unit_test(ours_is_read_by_others),
		cmocka_unit_test(damage_is_no_harm),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
