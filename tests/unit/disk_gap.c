/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where one more partition fits: real tables, made by sfdisk. */
#include "base/error.h"
#include "disk/gap.h"
#include "disk/layout.h"
#include "disk_scratch.h"

#define MIB ((uint64_t)1 << 20)

static struct gap gap;

/* A table on a disk of source MiB; the answer for a target of so many. */
static enum gap_verdict find_on(unsigned int sector, const char *script,
				uint64_t source, uint64_t target)
{
	struct layout layout = {0};
	enum gap_verdict verdict;

	gap = (struct gap){0};
	scratch_file("disk", source * MIB);
	if (script)
		scratch_table("disk", sector, script);
	assert_int_equal(layout_read("disk", &layout, NULL), 0);
	verdict = gap_find(&(struct gap_disk){&layout, target * MIB, sector},
			   gap_esp(sector), &gap);
	layout_done(&layout);
	return verdict;
}

static void is_gap(uint64_t start, uint64_t length, unsigned int number)
{
	assert_int_equal(gap.start / MIB, start);
	assert_int_equal(gap.length / MIB, length);
	assert_int_equal(gap.start % MIB + gap.length % MIB, 0);
	assert_int_equal(gap.number, number);
}

/* Debian's installer: sda1, sda2 and sda5. */
#define INSTALLER                                            \
	"label: dos\n1: start=1MiB, size=200MiB, bootable\n" \
	"2: start=201MiB, size=54MiB, type=5\n"              \
	"5: start=202MiB, size=53MiB, type=82\n"

static void an_mbr(void **state)
{
	(void)state;
	/* The last MiB is all that is free. */
	assert_int_equal(find_on(512, INSTALLER, 256, 256), GAP_NO_ROOM);
	assert_int_equal(find_on(512, INSTALLER, 256, 256 + 34), GAP_NO_ROOM);
	assert_int_equal(find_on(512, INSTALLER, 256, 256 + 36), GAP_FOUND);
	is_gap(255, 36, 3);
	/* At the end, so that what is before it can grow. */
	assert_int_equal(find_on(512, INSTALLER, 256, 1024), GAP_FOUND);
	is_gap(1023 - 64, 64, 3);
}

static void a_full_table(void **state)
{
	(void)state;
	assert_int_equal(find_on(512,
				 "label: dos\nsize=8MiB\nsize=8MiB\nsize=8MiB\n"
				 "size=8MiB\n",
				 256, 1024),
			 GAP_NO_ENTRY);
	/* One in the middle is free. */
	assert_int_equal(find_on(512,
				 "label: dos\n1: start=1MiB, size=8MiB\n"
				 "3: start=9MiB, size=8MiB\n"
				 "4: start=17MiB, size=8MiB\n",
				 256, 256),
			 GAP_FOUND);
	is_gap(255 - 64, 64, 2);
}

/* An extended partition is not free because nothing is in it. */
static void an_empty_extended_one(void **state)
{
	(void)state;
	assert_int_equal(find_on(512,
				 "label: dos\n1: start=1MiB, size=100MiB\n"
				 "2: start=101MiB, size=154MiB, type=f\n",
				 256, 257),
			 GAP_NO_ROOM);
}

static void between_partitions(void **state)
{
	static const char script[] = "label: dos\n"
				     "1: start=1MiB, size=9MiB\n"
				     "2: start=60MiB, size=10MiB\n"
				     "3: start=150MiB, size=105MiB\n";

	(void)state;
	/* 50 MiB, and later 80 of which 64 are enough. */
	assert_int_equal(find_on(512, script, 256, 256), GAP_FOUND);
	is_gap(150 - 64, 64, 4);
	/* A longer one wins over a later one that is short. */
	assert_int_equal(find_on(512, script, 256, 256 + 40), GAP_FOUND);
	is_gap(150 - 64, 64, 4);
	assert_int_equal(find_on(512, script, 256, 256 + 64), GAP_FOUND);
	is_gap(255, 64, 4);
}

/* Old disks begin at sector 63; GRUB may fill all sectors before it. */
static void boot_code_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(find_on(512,
				 "label: dos\nstart=63, size=300000\n"
				 "start=300063, size=200000\n",
				 256, 256),
			 GAP_NO_ROOM);
}

static void a_gpt(void **state)
{
	static const char script[] = "label: gpt\n1: start=1MiB, size=1MiB\n"
				     "3: start=2MiB, size=252MiB\n";

	(void)state;
	assert_int_equal(find_on(512, script, 256, 256), GAP_NO_ROOM);
	assert_int_equal(find_on(512, script, 256, 320), GAP_FOUND);
	is_gap(319 - 64, 64, 2);
}

/* FAT32 takes at least 65525 clusters, of a sector each. */
static void sectors_of_4096(void **state)
{
	static const char script[] = "label: gpt\nsize=8MiB\n";

	(void)state;
	assert_int_equal(find_on(4096, script, 256, 256), GAP_NO_ROOM);
	assert_int_equal(find_on(4096, script, 256, 274), GAP_FOUND);
	is_gap(9, 264, 2);
	assert_int_equal(find_on(4096, script, 256, 1024), GAP_FOUND);
	is_gap(1023 - 288, 288, 2);
}

/* An MBR counts sectors in 32 bits. */
static void beyond_two_tebibytes(void **state)
{
	const uint64_t two = (uint64_t)2 << 20;

	(void)state;
	assert_int_equal(find_on(512, "label: dos\nsize=8MiB\n", 256, two * 2),
			 GAP_FOUND);
	assert_true(gap.start + gap.length <= two * MIB);
	assert_int_equal(find_on(512, "label: gpt\nsize=8MiB\n", 256, two * 2),
			 GAP_FOUND);
	is_gap(two * 2 - 1 - 64, 64, 2);
}

static void no_table(void **state)
{
	(void)state;
	assert_int_equal(find_on(512, NULL, 64, 256), GAP_NO_TABLE);
}

/* The head of a disk shows as much as is needed. */
static void from_the_head_alone(void **state)
{
	static char head[32768];
	struct layout layout = {0};
	struct gap whole;

	(void)state;
	assert_int_equal(find_on(512, INSTALLER, 256, 1024), GAP_FOUND);
	whole = gap;
	scratch_get("disk", head, sizeof(head), 0);
	assert_int_equal(
		layout_of_head(head, sizeof(head), 256 * MIB, &layout, NULL),
		0);
	assert_int_equal(gap_find(&(struct gap_disk){&layout, 1024 * MIB, 512},
				  gap_esp(512), &gap),
			 GAP_FOUND);
	assert_memory_equal(&gap, &whole, sizeof(gap));
	layout_done(&layout);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_mbr),
		cmocka_unit_test(a_full_table),
		cmocka_unit_test(an_empty_extended_one),
		cmocka_unit_test(between_partitions),
		cmocka_unit_test(boot_code_is_left_alone),
		cmocka_unit_test(a_gpt),
		cmocka_unit_test(sectors_of_4096),
		cmocka_unit_test(beyond_two_tebibytes),
		cmocka_unit_test(no_table),
		cmocka_unit_test(from_the_head_alone),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
