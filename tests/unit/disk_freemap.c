/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The free space of file systems that their own programs made: all of it, and
 * nothing else; and what becomes of broken ones.
 */
#include "base/error.h"
#include "base/extent.h"
#include "disk/blockdev.h"
#include "disk/freemap.h"
#include "disk/target.h"
#include "disk_scratch.h"

#define MIB    ((uint64_t)1 << 20)
#define START  (3 * MIB)
#define SIZE   (512 * MIB)
#define ROUNDS 150

static uint32_t little(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static uint32_t big(const uint8_t *at)
{
	return (uint32_t)at[3] | (uint32_t)at[2] << 8 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[0] << 24;
}

/* Behind something else, as on a disk. */
static void make(const char *const *argv)
{
	const char *copy[] = {"dd",
			      "if=fs",
			      "of=disk",
			      "bs=1M",
			      "seek=3",
			      "status=none",
			      "conv=sparse,notrunc",
			      NULL};
	const struct process process = {.argv = argv, .timeout_s = 60};
	const struct process dd = {.argv = copy, .timeout_s = 60};

	scratch_file("fs", SIZE);
	assert_int_equal(process_run(&process, NULL, NULL), 0);
	scratch_file("disk", START + SIZE);
	assert_int_equal(process_run(&dd, NULL, NULL), 0);
}

/* What it calls free, in bytes; or why not. */
static int ask(uint64_t *ret_free, struct error **err)
{
	struct blockdev disk = {0};
	struct freemap map = {.start = START};
	struct extents left = {0};
	int r;

	assert_int_equal(blockdev_probe("disk", &disk, NULL), 0);
	assert_int_equal(target_open(&disk, 0, &map.target, NULL), 0);
	assert_int_equal(extents_add(&left, 0, START + SIZE, NULL), 0);
	map.left = &left;
	r = freemap_check(&map, err);
	/* Before it there is nothing of it. */
	assert_true(extents_contain(&left, 0, START));
	*ret_free = START + SIZE - extents_total(&left);
	extents_done(&left);
	target_close(map.target);
	blockdev_done(&disk);
	return r;
}

static void ext4(void **state)
{
	static const char *const kinds[][2] = {
		{"^has_journal", "4096"},
		{"large_file", "4096"},
		{"large_file", "1024"},
		{"^64bit", "4096"},
		{"^metadata_csum,^uninit_bg", "4096"},
		{"^flex_bg", "4096"},
		{"meta_bg,^resize_inode", "2048"},
		{"sparse_super2,^resize_inode", "1024"},
		{"^sparse_super,^resize_inode", "2048"},
		{"bigalloc", "4096"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *argv[] = {"mke2fs",
				      "-q",
				      "-F",
				      "-t",
				      "ext4",
				      "-d",
				      "/usr/include/linux",
				      "-b",
				      kinds[i][1],
				      "-O",
				      kinds[i][0],
				      "fs",
				      NULL};
		uint8_t super[1024];
		uint64_t expect;
		uint64_t free_bytes;
		struct error *err = NULL;

		make(argv);
		scratch_get("fs", (char *)super, sizeof(super), 1024);
		expect = (uint64_t)(little(super + 12)) *
			 (1024U << little(super + 24));
		if (ask(&free_bytes, &err) < 0)
			fail_msg("%s: %s", kinds[i][0], err->msg);
		if (free_bytes != expect)
			fail_msg("%s: %llu bytes, not %llu", kinds[i][0],
				 (unsigned long long)free_bytes,
				 (unsigned long long)expect);
	}
}

static void xfs(void **state)
{
	static const char *const kinds[][2] = {{"crc=1", "size=4096"},
					       {"crc=1", "size=1024"},
					       {"crc=0", "size=512"}};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *argv[] = {"mkfs.xfs",  "-q",	"-f",
				      "-m",	   kinds[i][0], "-b",
				      kinds[i][1], "fs",	NULL};
		uint8_t head[128];
		uint64_t expect = 0;
		uint64_t free_bytes;
		uint32_t block;
		uint32_t stride;
		struct error *err = NULL;

		make(argv);
		scratch_get("fs", (char *)head, sizeof(head), 0);
		block = big(head + 4);
		stride = big(head + 84);
		for (uint32_t group = big(head + 88); group; group--) {
			uint8_t agf[64];

			scratch_get("fs", (char *)agf, sizeof(agf),
				    (uint64_t)(group - 1) * stride * block +
					    512);
			assert_memory_equal(agf, "XAGF", 4);
			expect += (uint64_t)big(agf + 52) * block;
		}
		if (ask(&free_bytes, &err) < 0)
			fail_msg("%s: %s", kinds[i][0], err->msg);
		assert_int_equal(free_bytes, expect);
	}
}

/* Bytes of it are changed: it may be refused or not, and comes to an end. */
static void break_it(const char *const *argv, uint64_t reach)
{
	make(argv);
	srandom(7);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t at = START + (uint64_t)random() % reach;
		uint8_t was[4];
		uint8_t noise[4];
		uint64_t free_bytes;
		struct error *err = NULL;

		scratch_get("disk", (char *)was, sizeof(was), at);
		for (size_t n = 0; n < sizeof(noise); n++)
			noise[n] = random() % 2 ? 0xff : (uint8_t)random();
		scratch_put("disk", noise, sizeof(noise), at);
		if (ask(&free_bytes, &err) < 0) {
			assert_non_null(err);
			assert_true(err->kind == ERROR_VERIFY ||
				    err->kind == ERROR_INTERNAL);
		}
		assert_true(free_bytes <= SIZE);
		error_free(err);
		scratch_put("disk", was, sizeof(was), at);
	}
}

static void broken(void **state)
{
	static const char *const ext4_argv[] = {"mke2fs", "-q", "-F", "-t",
						"ext4",	  "fs", NULL};
	static const char *const xfs_argv[] = {"mkfs.xfs", "-q", "-f", "fs",
					       NULL};
	uint64_t free_bytes;
	struct error *err = NULL;

	(void)state;
	/* The superblock alone, then what is behind it, too. */
	break_it(ext4_argv, 2048);
	break_it(ext4_argv, 3 * 4096);
	break_it(xfs_argv, 128);
	break_it(xfs_argv, 4 * 4096);
	scratch_file("disk", START + SIZE);
	assert_true(ask(&free_bytes, &err) < 0);
	assert_int_equal(err->kind, ERROR_VERIFY);
	error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ext4),
		cmocka_unit_test(xfs),
		cmocka_unit_test(broken),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
