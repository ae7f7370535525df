/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images of several segments, read as the kernel reads them, and those that it
 * would stop at or that would hide what is appended. */
#include <sys/stat.h>

#include "base/error.h"
#include "guest/append.h"
#include "guest/cpio.h"
#include "guest/initramfs.h"
#include "guest_tree.h"

/* An image that grows. */
struct bytes {
	uint8_t *data;
	size_t length;
};

static void put(struct bytes *image, const void *data, size_t length)
{
	image->data = realloc(image->data, image->length + length + 1);
	assert_non_null(image->data);
	memcpy(image->data + image->length, data, length);
	image->length += length;
}

static void put_zeroes(struct bytes *image, size_t count)
{
	static const uint8_t zeroes[64];

	put(image, zeroes, count);
}

/* One archive: "dir/", "file", or "link>target", each with a blank behind. */
static struct cpio pack(const char *words)
{
	struct cpio cpio = {0};
	char *copy = strdup(words);
	char *rest = copy;
	char *word;

	while ((word = strsep(&rest, " "))) {
		char *target = strchr(word, '>');
		size_t length = strlen(word);

		if (target)
			*target++ = '\0';
		if (target)
			assert_int_equal(cpio_add(&cpio, word, S_IFLNK | 0777,
						  target, strlen(target)),
					 0);
		else if (length && word[length - 1] == '/')
			assert_int_equal(
				cpio_add(&cpio, word, S_IFDIR | 0755, NULL, 0),
				0);
		else if (length)
			assert_int_equal(cpio_add(&cpio, word, S_IFREG | 0644,
						  word, length),
					 0);
	}
	free(copy);
	assert_int_equal(cpio_end(&cpio), 0);
	return cpio;
}

static void put_packed(struct bytes *image, enum codec codec, const char *words)
{
	struct cpio cpio = pack(words);
	struct codec_result result;

	assert_int_equal(codec_encode(codec, cpio.data, cpio.length, &result),
			 0);
	put(image, result.data, result.length);
	free(result.data);
	free(cpio.data);
}

/* Reads it; 0, or the errno of the refusal. */
static int parse(const struct bytes *image, struct initramfs *initramfs)
{
	struct error *error = NULL;
	int code =
		-initramfs_parse(image->data, image->length, initramfs, &error);

	if (code) {
		assert_int_equal(error->kind, ERROR_CONVERT);
		print_message("  refused: %s\n", error->msg);
		error_free(error);
	}
	return code;
}

static int refusal(struct bytes *image)
{
	struct initramfs initramfs = {0};
	int code = parse(image, &initramfs);

	if (!code)
		initramfs_free(&initramfs);
	free(image->data);
	*image = (struct bytes){0};
	return code;
}

#define MAIN                                                               \
	"lib>usr/lib usr/ usr/lib/ usr/lib/modules/ usr/lib/modules/6.1/ " \
	"conf/ conf/initramfs.conf usr/bin/ usr/bin/kmod"

static void all_segments_are_one_tree(void **state)
{
	for (int codec = CODEC_NONE; codec < CODEC_LZMA; codec++) {
		struct bytes image = {0};
		struct initramfs initramfs = {0};
		char *version = NULL;

		(void)state;
		put_packed(&image, CODEC_NONE, "kernel/ kernel/microcode");
		put_packed(&image, CODEC_NONE, "early/ early/two");
		put_zeroes(&image, 8);
		put_packed(&image, (enum codec)codec, MAIN);
		put_packed(&image, (enum codec)codec, "late conf/late");
		assert_int_equal(parse(&image, &initramfs), 0);
		assert_int_equal(initramfs.codec, codec);
		assert_int_equal(initramfs.base_length, image.length);
		assert_int_equal(initramfs.tool, INITRAMFS_TOOLS);
		assert_true(initramfs.loader);
		assert_false(initramfs.udev);
		assert_false(initramfs.systemd);
		assert_non_null(
			overlay_find(&initramfs.tree, "kernel/microcode"));
		assert_non_null(overlay_find(&initramfs.tree, "early/two"));
		assert_non_null(overlay_find(&initramfs.tree, "conf/late"));
		assert_null(overlay_find(&initramfs.tree, "conf/never"));
		assert_int_equal(initramfs_version(&initramfs, NULL, &version),
				 0);
		assert_string_equal(version, "6.1");
		free(version);
		initramfs_free(&initramfs);
		free(image.data);
	}
}

static void links_in_it(void **state)
{
	struct bytes image = {0};
	struct initramfs initramfs = {0};
	char *path = NULL;

	(void)state;
	put_packed(&image, CODEC_ZSTD,
		   "usr/ usr/lib/ lib>usr/lib abs>/usr/lib a>b b>a "
		   "up>../../../usr/lib lib/modules/ lib/modules/6.1/x");
	assert_int_equal(parse(&image, &initramfs), 0);
	assert_non_null(overlay_at(&initramfs.tree, "usr/lib/modules/6.1/x"));
	assert_null(overlay_at(&initramfs.tree, "lib/modules/6.1/x"));
	assert_non_null(overlay_find(&initramfs.tree, "abs/modules/6.1/x"));
	assert_non_null(overlay_find(&initramfs.tree, "up/modules/6.1/x"));
	assert_int_equal(
		overlay_resolve(&initramfs.tree, "abs/new/../n", &path), 0);
	assert_string_equal(path, "usr/lib/n");
	free(path);
	assert_int_equal(overlay_resolve(&initramfs.tree, "a/x", &path),
			 -ELOOP);
	initramfs_free(&initramfs);
	free(image.data);
}

static void what_the_kernel_stops_at(void **state)
{
	struct bytes image = {0};

	(void)state;
	/* A plain archive counts in fours. */
	put_packed(&image, CODEC_ZSTD, MAIN);
	while (image.length % 4 != 1)
		put_zeroes(&image, 1);
	put_packed(&image, CODEC_NONE, "late");
	assert_int_equal(refusal(&image), EBADMSG);
	/* lz4 takes what follows at once for a block. */
	put_packed(&image, CODEC_LZ4, MAIN);
	put(&image, "070701", 6);
	assert_int_equal(refusal(&image), EBADMSG);
	/* Half of one. */
	put_packed(&image, CODEC_GZIP, MAIN);
	image.length /= 2;
	assert_int_equal(refusal(&image), EBADMSG);
	/* An archive without its end, whole as a stream. */
	{
		struct cpio cpio = pack(MAIN);
		struct codec_result result;

		assert_int_equal(codec_encode(CODEC_ZSTD, cpio.data,
					      cpio.length / 2 / 4 * 4, &result),
				 0);
		put(&image, result.data, result.length);
		free(result.data);
		free(cpio.data);
	}
	assert_int_equal(refusal(&image), EBADMSG);
	put(&image, "\x89LZO\0\r\n\x1a\n", 9);
	assert_int_equal(refusal(&image), ENOTSUP);
	put(&image, "MZ and so on", 12);
	assert_int_equal(refusal(&image), ENOTSUP);
	put_zeroes(&image, 64);
	assert_int_equal(refusal(&image), ENODATA);
}

/* dracut's squash module: what is beside the image is not seen. */
static void an_image_inside_hides_us(void **state)
{
	struct bytes image = {0};
	struct cpio cpio = {0};
	uint8_t *squash = calloc(1, 1 << 17);

	(void)state;
	memcpy(squash, "hsqs", 4);
	assert_int_equal(cpio_add(&cpio, "squashfs-root.img", S_IFREG | 0644,
				  squash, 1 << 17),
			 0);
	assert_int_equal(cpio_end(&cpio), 0);
	put(&image, cpio.data, cpio.length);
	assert_int_equal(refusal(&image), ENOTSUP);
	free(squash);
	free(cpio.data);
}

/* More than the limit in a few bytes. */
static void a_bomb(void **state)
{
	struct bytes image = {0};
	const size_t size = (size_t)64 << 20;
	uint8_t *zeroes = calloc(1, size);
	struct cpio cpio = {0};
	struct codec_result result;

	(void)state;
	assert_int_equal(cpio_add(&cpio, "zeroes", S_IFREG, zeroes, size), 0);
	assert_int_equal(cpio_end(&cpio), 0);
	assert_int_equal(
		codec_encode(CODEC_ZSTD, cpio.data, cpio.length, &result), 0);
	for (int i = 0; i < 9; i++)
		put(&image, result.data, result.length);
	assert_int_equal(refusal(&image), EFBIG);
	free(result.data);
	free(cpio.data);
	free(zeroes);
}

static void ours_is_known(void **state)
{
	for (int codec = CODEC_NONE; codec < CODEC_LZMA; codec++) {
		struct bytes base = {0};
		struct bytes whole = {0};
		struct initramfs initramfs = {0};
		struct cpio archive = {0};
		char *marker = NULL;

		(void)state;
		put_packed(&base, (enum codec)codec, MAIN);
		put_zeroes(&base, 1); /* lz4 and plain ones need more */
		assert_int_equal(parse(&base, &initramfs), 0);
		assert_null(initramfs.ours);
		assert_int_equal(
			initramfs_marker(base.data, base.length, &marker), 0);
		assert_int_equal(cpio_add(&archive, INITRAMFS_MARKER,
					  S_IFREG | 0444, marker,
					  strlen(marker)),
				 0);
		assert_int_equal(cpio_add(&archive, "ours", S_IFREG, "x", 1),
				 0);
		assert_int_equal(cpio_end(&archive), 0);
		assert_int_equal(append_make(&initramfs, &archive, &whole.data,
					     &whole.length, NULL),
				 0);
		initramfs_free(&initramfs);
		assert_int_equal(parse(&whole, &initramfs), 0);
		assert_non_null(initramfs.ours);
		assert_int_equal(initramfs.base_length, base.length);
		assert_true(append_same(&initramfs, &archive));
		assert_null(overlay_find(&initramfs.tree, "ours"));
		initramfs_free(&initramfs);
		/* Somebody appended more. */
		put_zeroes(&whole, 8);
		put_packed(&whole, (enum codec)codec, "more");
		assert_int_equal(parse(&whole, &initramfs),
				 codec == CODEC_NONE && whole.length % 4
					 ? EBADMSG
					 : ESTALE);
		free(whole.data);
		free(base.data);
		free(archive.data);
		free(marker);
	}
}

/* The base was made anew and our segment put behind it again. */
static void a_changed_base_is_stale(void **state)
{
	struct bytes image = {0};
	char *marker = NULL;
	struct cpio archive = {0};

	(void)state;
	put_packed(&image, CODEC_NONE, MAIN);
	assert_int_equal(initramfs_marker(image.data, image.length, &marker),
			 0);
	assert_int_equal(cpio_add(&archive, INITRAMFS_MARKER, S_IFREG, marker,
				  strlen(marker)),
			 0);
	assert_int_equal(cpio_end(&archive), 0);
	image.data[image.length - 4] = 0;
	image.data[8] ^= 1; /* an inode number */
	put(&image, archive.data, archive.length);
	assert_int_equal(refusal(&image), ESTALE);
	free(archive.data);
	free(marker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_segments_are_one_tree),
		cmocka_unit_test(links_in_it),
		cmocka_unit_test(what_the_kernel_stops_at),
		cmocka_unit_test(an_image_inside_hides_us),
		cmocka_unit_test(a_bomb),
		cmocka_unit_test(ours_is_known),
		cmocka_unit_test(a_changed_base_is_stale),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
