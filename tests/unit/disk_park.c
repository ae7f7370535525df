/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where sector 0 may wait: the disk layouts of the field, the tables that lie,
 * and the bytes that must never be touched.
 */
#include "base/error.h"
#include "base/io.h"
#include "disk/blockdev.h"
#include "disk/park.h"
#include "disk/target.h"
#include "disk_scratch.h"

#define SIZE ((uint64_t)16 << 20)

/* The place found on the disk "disk", 0 when there is none. */
static uint64_t find(uint32_t sector)
{
	struct blockdev disk = {0};
	struct target *target = NULL;
	struct error *err = NULL;
	uint8_t sector0[4096];
	uint64_t place = 0;
	int r;

	assert_int_equal(blockdev_probe("disk", &disk, NULL), 0);
	assert_int_equal(target_open(&disk, 0, &target, NULL), 0);
	blockdev_done(&disk);
	target->logical_block = sector;
	scratch_get("disk", sector0, sector, 0);
	r = park_find(target, sector0, &place, &err);
	target_close(target);
	if (r < 0) {
		assert_int_equal(r, -ENOSPC);
		assert_int_equal(err->kind, ERROR_TARGET);
		error_free(err);
		return 0;
	}
	assert_int_equal(place % sector, 0);
	return place;
}

static void make(uint32_t sector, const char *script)
{
	scratch_file("disk", SIZE);
	scratch_table("disk", sector, script);
}

static void dirty(uint64_t from, uint64_t length)
{
	uint8_t *bytes = malloc(length);

	memset(bytes, 0x11, length);
	scratch_put("disk", bytes, length, from);
	free(bytes);
}

static void gpt_in_front_of_the_first_partition(void **state)
{
	(void)state;
	make(512, "label: gpt\nstart=2048\n");
	assert_int_equal(find(512), 2047 * 512);
	/* From the top, the first that is all zero. */
	dirty(2000 * 512 + 511, 48 * 512 - 511);
	assert_int_equal(find(512), 1999 * 512);
}

static void gpt_with_bios_grub_in_front(void **state)
{
	(void)state;
	make(512, "label: gpt\nfirst-lba: 34\n"
		  "start=34,size=2014,"
		  "type=21686148-6449-6E6F-744E-656564454649\n"
		  "start=2048,size=8192\nstart=12288,size=8192\n");
	/* Between the two others. */
	assert_int_equal(find(512), 12287 * 512);
	dirty(10240 * 512, 2048 * 512);
	/* Behind the last, but not in the backup's 33 sectors. */
	assert_int_equal(find(512), (SIZE / 512 - 34) * 512);
}

static void gpt_that_is_full(void **state)
{
	(void)state;
	make(512, "label: gpt\nfirst-lba: 34\nstart=34,size=32701\n");
	assert_int_equal(find(512), 0);
}

static void gpt_of_4096(void **state)
{
	(void)state;
	make(4096, "label: gpt\nstart=256\n");
	assert_int_equal(find(4096), 255 * 4096);
	make(4096, "label: gpt\nfirst-lba: 6\nstart=6,size=2048\n");
	assert_int_equal(find(4096), (SIZE / 4096 - 6) * 4096);
}

static void mbr_behind_the_core_image(void **state)
{
	(void)state;
	make(512, "label: dos\nstart=2048\n");
	dirty(512, 70 * 512);
	assert_int_equal(find(512), 2047 * 512);
	make(512, "label: dos\nstart=63\n");
	dirty(512, 53 * 512);
	assert_int_equal(find(512), 62 * 512);
	dirty(512, 62 * 512);
	assert_int_equal(find(512), 0);
}

static void mbr_with_logical_partitions(void **state)
{
	uint64_t place;

	(void)state;
	make(512, "label: dos\nstart=2048,size=4096\n"
		  "start=8192,size=16384,type=5\n"
		  "start=10240,size=4096\n");
	dirty(512, 2047 * 512);
	place = find(512);
	assert_int_equal(place, 8191 * 512);
}

/* Whole-disk file systems have boot code where a table would be. */
static void no_table_no_place(void **state)
{
	uint8_t vbr[512];

	(void)state;
	scratch_file("disk", SIZE);
	assert_int_equal(find(512), 0);
	memset(vbr, 0x90, sizeof(vbr));
	vbr[510] = 0x55;
	vbr[511] = 0xaa;
	scratch_put("disk", vbr, sizeof(vbr), 0);
	assert_int_equal(find(512), 0);
	memset(vbr + 446, 0, 64);
	scratch_put("disk", vbr, sizeof(vbr), 0);
	assert_int_equal(find(512), 0);
}

static void put_le(uint64_t offset, uint64_t value, size_t bytes)
{
	uint8_t raw[8];

	for (size_t i = 0; i < bytes; i++)
		raw[i] = (uint8_t)(value >> (8 * i));
	scratch_put("disk", raw, bytes, offset);
}

static void tables_that_lie(void **state)
{
	static const struct {
		uint64_t offset; /* in the GPT header */
		uint64_t value;
		size_t bytes;
	} lie[] = {
		{0, 0, 8},	     {24, 2, 8},	  {72, 0, 8},
		{72, UINT64_MAX, 8}, {72, 1 << 20, 8},	  {80, UINT32_MAX, 4},
		{84, 0, 4},	     {84, 127, 4},	  {84, UINT32_MAX, 4},
		{48, 0, 8},	     {48, UINT64_MAX, 8}, {40, UINT64_MAX, 8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lie) / sizeof(*lie); i++) {
		make(512, "label: gpt\nstart=2048\n");
		put_le(512 + lie[i].offset, lie[i].value, lie[i].bytes);
		assert_int_equal(find(512), 0);
	}
	/* An entry beyond the end. */
	make(512, "label: gpt\nstart=2048\n");
	put_le(1024 + 40, UINT64_MAX / 512, 8);
	assert_int_equal(find(512), 0);
	make(512, "label: dos\nstart=2048\n");
	put_le(446 + 8, UINT32_MAX, 4);
	assert_int_equal(find(512), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gpt_in_front_of_the_first_partition),
		cmocka_unit_test(gpt_with_bios_grub_in_front),
		cmocka_unit_test(gpt_that_is_full),
		cmocka_unit_test(gpt_of_4096),
		cmocka_unit_test(mbr_behind_the_core_image),
		cmocka_unit_test(mbr_with_logical_partitions),
		cmocka_unit_test(no_table_no_place),
		cmocka_unit_test(tables_that_lie),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
