/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Moving the backup GPT: what sfdisk changes is exactly what has to change,
 * byte by byte, and the boot code is not part of it.
 */
#include "base/error.h"
#include "base/io.h"
#include "disk/layout.h"
#include "disk/table.h"
#include "disk_scratch.h"

#define MIB ((uint64_t)1 << 20)
#define OLD (32 * MIB)
#define NEW (48 * MIB)

static void fill_random(const char *name, uint64_t from, uint64_t length)
{
	uint8_t *bytes = malloc(length);
	unsigned int seed = 5;

	for (uint64_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(rand_r(&seed) >> 7);
	scratch_put(name, bytes, length, from);
	free(bytes);
}

/* May this byte differ after the move? */
static bool may_change(uint64_t at, uint32_t sector)
{
	/* Last CHS and size of the protective MBR's first entry. */
	bool pmbr = (at >= 446 + 5 && at < 446 + 8) ||
		    (at >= 446 + 12 && at < 446 + 16);
	bool header = at >= sector && at < 2 * sector;
	uint64_t backup = sector + 128 * 128;

	return pmbr || header || at >= NEW - backup;
}

static void moves_and_changes_nothing_else(uint32_t sector)
{
	uint8_t *before = malloc(NEW);
	uint8_t *after = malloc(NEW);
	struct layout one = {0};
	struct layout two = {0};
	struct error *err = NULL;

	scratch_file("disk", OLD);
	scratch_table("disk", sector,
		      "label: gpt\n"
		      "start=2MiB,size=8MiB,name=one,uuid="
		      "0f9619ff-8b86-4d11-b42d-00c04fc964ff\n"
		      "start=16MiB,size=4MiB\n");
	fill_random("disk", 0, 440);
	/* The gap in front, the partitions, and all between them. */
	fill_random("disk", MIB, 24 * MIB);
	assert_int_equal(table_move_backup("disk", NULL), 1);
	assert_int_equal(layout_read("disk", &one, NULL), 0);
	assert_int_equal(truncate("disk", (off_t)NEW), 0);
	scratch_get("disk", before, NEW, 0);
	if (table_move_backup("disk", &err) != 0)
		fail_msg("%s", err ? err->msg : "nothing to do");
	scratch_get("disk", after, NEW, 0);
	for (uint64_t i = 0; i < NEW; i++)
		if (before[i] != after[i] && !may_change(i, sector))
			fail_msg("byte %llu has changed",
				 (unsigned long long)i);
	assert_memory_equal(after + NEW - sector, "EFI PART", 8);
	assert_memory_equal(after + sector + 32, &(uint64_t){NEW / sector - 1},
			    8);
	assert_int_equal(table_move_backup("disk", NULL), 1);
	assert_int_equal(layout_read("disk", &two, NULL), 0);
	assert_int_equal(two.count, 2);
	assert_string_equal(two.id, one.id);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(two.part[i].uuid, one.part[i].uuid);
		assert_int_equal(two.part[i].start, one.part[i].start);
		assert_int_equal(two.part[i].length, one.part[i].length);
	}
	layout_done(&one);
	layout_done(&two);
	free(before);
	free(after);
}

static void gpt_of_512(void **state)
{
	(void)state;
	moves_and_changes_nothing_else(512);
}

static void gpt_of_4096(void **state)
{
	(void)state;
	moves_and_changes_nothing_else(4096);
}

static void nothing_to_do(void **state)
{
	(void)state;
	scratch_file("disk", OLD);
	assert_int_equal(table_move_backup("disk", NULL), 1);
	scratch_table("disk", 512, "label: dos\nsize=8MiB\n");
	assert_int_equal(truncate("disk", (off_t)NEW), 0);
	assert_int_equal(table_move_backup("disk", NULL), 1);
	scratch_file("disk", 1000);
	assert_int_equal(table_move_backup("disk", NULL), 1);
}

static void a_damaged_table_is_not_repaired(void **state)
{
	struct error *err = NULL;
	char entry[128];

	(void)state;
	scratch_file("disk", OLD);
	scratch_table("disk", 512, "label: gpt\nsize=8MiB\n");
	assert_int_equal(truncate("disk", (off_t)NEW), 0);
	memset(entry, 0x5a, sizeof(entry));
	scratch_put("disk", entry, sizeof(entry), 1024); /* the checksum */
	assert_true(table_move_backup("disk", &err) < 0);
	assert_int_equal(err->kind, ERROR_CONVERT);
	assert_non_null(strstr(err->msg, "backup GPT of 'disk'"));
	error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gpt_of_512),
		cmocka_unit_test(gpt_of_4096),
		cmocka_unit_test(nothing_to_do),
		cmocka_unit_test(a_damaged_table_is_not_repaired),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
