/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of a new layout in the record of a copy of files: it comes back as
 * it was, with as many partitions as an MBR has, on disks of both sector sizes;
 * boot code does not go in, and leaves the record alone.
 */
#include "base/error.h"
#include "disk/blockdev.h"
#include "disk/commit.h"
#include "disk/record.h"
#include "disk/target.h"
#include "disk_scratch.h"

#define SIZE ((uint64_t)8 << 20)

static struct target *open_disk(uint32_t sector)
{
	struct blockdev disk = {0};
	struct target *target = NULL;

	assert_int_equal(blockdev_probe("disk", &disk, NULL), 0);
	assert_int_equal(target_open(&disk, 0, &target, NULL), 0);
	blockdev_done(&disk);
	target->logical_block = sector; /* a file says 512 */
	return target;
}

static struct record job(void)
{
	return (struct record){.job = "0f9619ff-8b86-4d11-b42d-00c04fc964ff",
			       .source_id = UINT64_MAX,
			       .state = RECORD_COPY,
			       .files = true,
			       .boot = true,
			       .digest = {0xfe, 1, 2},
			       .sequence = UINT32_MAX};
}

static void keeps(uint32_t sector, const char *script)
{
	static uint8_t table[4096];
	static uint8_t again[4096];
	struct record record = job();
	struct record found = {0};
	struct target *target;
	uint8_t block[512];

	scratch_file("disk", SIZE);
	scratch_table("disk", sector, script);
	scratch_get("disk", table, sector, 0);
	target = open_disk(sector);
	assert_int_equal(commit_keep(target, &record, table, NULL), 0);
	target_close(target);
	scratch_get("disk", block, sizeof(block), 0);
	/* No firmware starts this. */
	assert_int_equal(block[510] | block[511], 0);
	assert_int_equal(record_parse(block, &found), RECORD_VALID);
	assert_memory_equal(&found, &record, sizeof(found));
	assert_int_equal(commit_kept(&found, again, sector, NULL), 0);
	assert_memory_equal(again, table, sector);
}

static void tables_come_back(void **state)
{
	(void)state;
	keeps(512, "label: gpt\nstart=2048,size=4096\n");
	keeps(4096, "label: gpt\nstart=256,size=1024\n");
	keeps(512, "label: dos\nlabel-id: 0x9e3779b9\n"
		   "start=2048,size=1234,bootable\n"
		   "start=4096,size=777,type=82\nstart=6144,size=2345\n"
		   "start=10240,size=3210,type=5\n");
}

static void boot_code_does_not_fit(void **state)
{
	static uint8_t sector[512];
	struct record record = job();
	struct record before = record;
	struct error *err = NULL;
	struct target *target;
	unsigned int seed = 3;

	(void)state;
	for (size_t i = 0; i < sizeof(sector); i++)
		sector[i] = (uint8_t)(rand_r(&seed) >> 8);
	scratch_file("disk", SIZE);
	target = open_disk(512);
	assert_int_equal(commit_keep(target, &record, sector, &err), -ENOSPC);
	assert_non_null(strstr(err->msg, "does not fit into the job's record"));
	error_clear(&err);
	assert_memory_equal(&record, &before, sizeof(record));
	target_close(target);
	/* And there is nothing to be had back from one without a layout. */
	assert_int_equal(commit_kept(&record, sector, 512, &err), -EILSEQ);
	error_clear(&err);
	record.inline_length = 7;
	assert_int_equal(commit_kept(&record, sector, 512, &err), -EILSEQ);
	error_clear(&err);
	record.files = false;
	assert_int_equal(commit_kept(&record, sector, 512, &err), -EILSEQ);
	error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_come_back),
		cmocka_unit_test(boot_code_does_not_fit),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
