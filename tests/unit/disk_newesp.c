/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new EFI System Partition on a copy: by the real mkfs.vfat and sfdisk; all
 * that was there stays as it was. */
#include "base/error.h"
#include "disk/gap.h"
#include "disk/layout.h"
#include "disk/newesp.h"
#include "disk/table.h"
#include "disk_scratch.h"

#define MIB ((uint64_t)1 << 20)
#define OLD (128 * MIB)

static bool is(const char *condition)
{
	const char *argv[] = {"sh", "-ec", condition, NULL};

	return scratch_run(NULL, argv);
}

/* What stood on the disk, byte by byte, from the end of the table on. */
static void mark(uint64_t from, uint64_t to, uint8_t with)
{
	uint8_t *bytes = malloc(to - from);

	memset(bytes, with, to - from);
	scratch_put("disk", bytes, to - from, from);
	free(bytes);
}

static void is_marked(uint64_t from, uint64_t to, uint8_t with)
{
	uint8_t *bytes = malloc(to - from);

	scratch_get("disk", bytes, to - from, from);
	for (uint64_t i = 0; i < to - from; i++)
		if (bytes[i] != with)
			fail_msg("byte %llu has changed",
				 (unsigned long long)(from + i));
	free(bytes);
}

static void same_part(const struct layout_part *a, const struct layout_part *b)
{
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->start, b->start);
	assert_int_equal(a->length, b->length);
	assert_string_equal(a->type, b->type);
	assert_string_equal(a->uuid, b->uuid);
}

/* On a disk that grew to size; the old partitions are the first ones of the
 * new table but for the new one. */
static void add_to(const char *script, uint32_t sector, uint64_t size)
{
	struct layout before = {0};
	struct layout after = {0};
	struct newesp esp = {0};
	struct error *error = NULL;
	const struct layout_part *part;
	struct gap gap;
	char condition[300];
	size_t seen = 0;

	scratch_file("disk", OLD);
	scratch_table("disk", sector, script);
	assert_int_equal(truncate("disk", (off_t)size), 0);
	assert_true(table_move_backup("disk", NULL) >= 0);
	mark(0, 440, 0xb0);
	mark(MIB, 2 * MIB, 0x5a);
	assert_int_equal(layout_read("disk", &before, NULL), 0);
	assert_int_equal(gap_find(&(struct gap_disk){&before, size, sector},
				  gap_esp(sector), &gap),
			 GAP_FOUND);
	if (newesp_make("disk", sector, &gap, &esp, &error) < 0)
		fail_msg("%s", error->msg);
	assert_int_equal(layout_read("disk", &after, NULL), 0);
	assert_string_equal(before.id, after.id);
	assert_string_equal(before.kind, after.kind);
	assert_int_equal(after.count, before.count + 1);
	part = layout_esp(&after);
	assert_non_null(part);
	assert_int_equal(part->number, esp.number);
	assert_string_equal(part->fs, "vfat");
	assert_string_equal(part->fs_uuid, esp.uuid);
	for (size_t i = 0; i < after.count; i++)
		for (size_t j = 0; j < before.count; j++)
			if (after.part[i].number == before.part[j].number) {
				same_part(&after.part[i], &before.part[j]);
				seen++;
			}
	assert_int_equal(seen, before.count);
	is_marked(0, 440, 0xb0);
	is_marked(MIB, 2 * MIB, 0x5a);
	/* A FAT32 that its own checker likes. */
	(void)snprintf(condition, sizeof(condition),
		       "dd if=disk of=esp bs=1M skip=%llu count=%llu "
		       "status=none; fsck.vfat -n esp; "
		       "blkid -p -o value -s VERSION esp | grep -qx FAT32",
		       (unsigned long long)(gap.start / MIB),
		       (unsigned long long)(gap.length / MIB));
	assert_true(is(condition));
	layout_done(&before);
	layout_done(&after);
}

static void to_an_mbr(void **state)
{
	(void)state;
	add_to("label: dos\nlabel-id: 0x1a2b3c4d\n"
	       "1: start=1MiB, size=60MiB, bootable\n"
	       "2: start=61MiB, size=66MiB, type=5\n"
	       "5: start=62MiB, size=20MiB, type=82\n"
	       "6: start=83MiB, size=20MiB\n",
	       512, OLD + 100 * MIB);
	assert_true(is("sfdisk -d disk | grep 'disk3 .*type=ef'"));
	assert_true(is("sfdisk -d disk | grep 'disk1 .*bootable'"));
}

static void to_a_gpt(void **state)
{
	(void)state;
	add_to("label: gpt\n"
	       "1: start=1MiB, size=1MiB, "
	       "type=21686148-6449-6E6F-744E-656564454649, name=boot\n"
	       "2: start=2MiB, size=125MiB, attrs=\"LegacyBIOSBootable\"\n",
	       512, OLD + 100 * MIB);
	assert_true(is("sfdisk --verify disk | grep 'No errors'"));
	assert_true(is("sfdisk -d disk | grep 'disk1 .*name=\"boot\"'"));
	assert_true(is("sfdisk -d disk | grep 'disk2 .*LegacyBIOSBootable'"));
}

static void to_a_gpt_of_4096(void **state)
{
	(void)state;
	add_to("label: gpt\n1: start=1MiB, size=1MiB\n"
	       "2: start=2MiB, size=125MiB\n",
	       4096, OLD + 300 * MIB);
	assert_true(is("sfdisk --sector-size 4096 --verify disk | "
		       "grep 'No errors'"));
}

/* What does not fit in the table is an error, not half a partition. */
static void where_another_one_is(void **state)
{
	const struct gap gap = {MIB, 64 * MIB, 2};
	struct error *error = NULL;
	struct newesp esp;

	(void)state;
	scratch_file("disk", OLD);
	scratch_table("disk", 512, "label: dos\n1: start=32MiB, size=60MiB\n");
	assert_true(newesp_make("disk", 512, &gap, &esp, &error) < 0);
	assert_int_equal(error->kind, ERROR_CONVERT);
	print_message("%s\n", error->msg);
	error_free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_an_mbr),
		cmocka_unit_test(to_a_gpt),
		cmocka_unit_test(to_a_gpt_of_4096),
		cmocka_unit_test(where_another_one_is),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
