/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an old name means, and when nobody can tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "disk/volume.h"
#include "guest/devicename.h"
#include "guest/devicename_old.h"

#define TEXT(s) ((char *)(uintptr_t)(s))
#define VOLUME(d, n, type, id)                  \
	{.device = TEXT("/dev/loop" #d "p" #n), \
	 .fs = TEXT(type),                      \
	 .uuid = TEXT(id),                      \
	 .partuuid = TEXT("part-" id),          \
	 .disk = d,                             \
	 .number = n}

static struct volume one[] = {VOLUME(0, 1, "ext4", "root"),
			      VOLUME(0, 2, "swap", "swap"),
			      VOLUME(0, 3, "crypto_LUKS", "luks"),
			      {.device = TEXT("/dev/mapper/vg-home"),
			       .fs = TEXT("xfs"),
			       .uuid = TEXT("home")}};
static struct volume two[] = {VOLUME(0, 1, "vfat", "AB-CD"),
			      VOLUME(0, 2, "ext4", "root"),
			      VOLUME(1, 1, "xfs", "data"),
			      VOLUME(1, 2, "ext3", "more"),
			      {.device = TEXT("/dev/loop2"),
			       .fs = TEXT("btrfs"),
			       .uuid = TEXT("whole"),
			       .disk = 2}};
static const struct volumes one_disk = {.volume = one, .count = 4};
static const struct volumes disks = {.volume = two, .count = 5};

struct row {
	const char *name;
	const char *type;
	enum devicename_verdict verdict;
	const char *uuid; /* of the volume, NULL: none */
};

static void check(const struct devicename_order *order, const struct row *row,
		  size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		struct devicename found = devicename_resolve(order, row[i].name,
							     row[i].type, NULL);
		const char *uuid = found.volume ? found.volume->uuid : NULL;

		if (found.verdict != row[i].verdict ||
		    (uuid ? !row[i].uuid || strcmp(uuid, row[i].uuid) != 0
			  : row[i].uuid != NULL))
			fail_msg("%s as %s: %d %s (%s)", row[i].name,
				 row[i].type ? row[i].type : "anything",
				 (int)found.verdict, uuid ? uuid : "-",
				 found.why);
		assert_int_equal(found.verdict == DEVICENAME_UNKNOWN,
				 *found.why != '\0');
	}
}

#define CHECK(order, row) check(order, row, sizeof(row) / sizeof(*(row)))
#define MOVED		  DEVICENAME_MOVED
#define STABLE		  DEVICENAME_STABLE
#define UNKNOWN		  DEVICENAME_UNKNOWN
#define NONE		  DEVICENAME_NONE

static void one_disk_only(void **state)
{
	static const struct row row[] = {
		{"/dev/sda1", "ext4", MOVED, "root"},
		{"/dev/sda1", "ext3", MOVED, "root"},
		{"/dev/sda1", "auto", MOVED, "root"},
		{"/dev/sda1", "xfs,ext4", MOVED, "root"},
		{"/dev/sda1", NULL, MOVED, "root"},
		{"/dev/sda1", "xfs", UNKNOWN, NULL},
		{"/dev/sda1", "swap", UNKNOWN, NULL},
		{"/dev/sda2", "swap", MOVED, "swap"},
		{"/dev/sda2", "auto", UNKNOWN, NULL},
		{"/dev/sda3", "crypto_LUKS", MOVED, "luks"},
		{"/dev/sda3", "auto", UNKNOWN, NULL},
		{"/dev/sda4", "ext4", UNKNOWN, NULL},
		{"/dev/sda", "ext4", UNKNOWN, NULL},
		{"/dev/sdb1", "ext4", UNKNOWN, NULL},
		{"/dev/hda1", "ext4", MOVED, "root"},
		{"/dev/vda1", "ext4", MOVED, "root"},
		{"/dev/xvda1", "ext4", MOVED, "root"},
		{"/dev/nvme0n1p1", "ext4", MOVED, "root"},
		{"/dev/nvme1n1p1", "ext4", UNKNOWN, NULL},
		{"/dev/mmcblk0p1", "ext4", MOVED, "root"},
		{"/dev/cciss/c0d0p1", "ext4", MOVED, "root"},
		{"/dev/disk/by-id/ata-A-part1", "ext4", MOVED, "root"},
		{"/dev/disk/by-id/ata-A-part1", "swap", UNKNOWN, NULL},
		{"/dev/disk/by-path/pci-0000:00:1f.2-ata-1-part2", "swap",
		 MOVED, "swap"},
		{"/dev/mapper/mpatha-part1", "ext4", MOVED, "root"},
		{"/dev/mapper/mpathap1", "ext4", MOVED, "root"},
		{"/dev/mapper/vg-home", "xfs", STABLE, "home"},
		{"/dev/vg/home", "xfs", STABLE, "home"},
		{"UUID=root", "ext4", STABLE, "root"},
		{"PARTUUID=PART-ROOT", "ext4", STABLE, "root"},
		{"/dev/disk/by-uuid/root", "ext4", STABLE, "root"},
		/* The LUKS that is not open may hold it. */
		{"UUID=gone", "ext4", STABLE, NULL},
		{"PARTLABEL=x", "ext4", STABLE, NULL},
		{"/dev/mapper/luks-1234", "ext4", STABLE, NULL},
		{"/dev/md0", "ext4", STABLE, NULL},
		{"/dev/disk/by-id/dm-name-vg-home", "xfs", STABLE, NULL},
		{"/dev/disk/by-id/md-uuid-1", "xfs", STABLE, NULL},
		{"/dev/sr0", "iso9660", UNKNOWN, NULL},
		{"proc", "proc", NONE, NULL},
		{"/swapfile", "swap", NONE, NULL},
		{"host:/dev/sda1", "nfs", NONE, NULL},
		{"", "ext4", NONE, NULL},
	};
	struct devicename_order order = devicename_order_make(&one_disk, 0);

	(void)state;
	assert_int_equal(order.disks, 1);
	CHECK(&order, row);
}

static void several_disks(void **state)
{
	static const struct row row[] = {
		{"/dev/sda1", "vfat", MOVED, "AB-CD"},
		{"/dev/sda2", "ext4", MOVED, "root"},
		{"/dev/sdb1", "xfs", MOVED, "data"},
		{"/dev/sdb2", "ext4", MOVED, "more"},
		{"/dev/sdc", "btrfs", MOVED, "whole"},
		{"/dev/sdc1", "btrfs", UNKNOWN, NULL},
		{"/dev/sdd1", "xfs", UNKNOWN, NULL},
		/* The number alone: only where one disk fits. */
		{"/dev/disk/by-id/B-part1", "xfs", MOVED, "data"},
		{"/dev/disk/by-id/B-part2", "ext4", UNKNOWN, NULL},
		{"/dev/disk/by-id/B-part1", NULL, UNKNOWN, NULL},
		{"UUID=gone", "ext4", UNKNOWN, NULL},
		{"LABEL=gone", "ext4", UNKNOWN, NULL},
		{"/dev/mapper/gone-lv", "xfs", UNKNOWN, NULL},
		{"/dev/gone/lv", "xfs", UNKNOWN, NULL},
		{"/dev/mapper/a--b", "xfs", STABLE, NULL},
		{"/dev/md/0", "xfs", STABLE, NULL},
	};
	struct devicename_order order = devicename_order_make(&disks, 0);

	(void)state;
	assert_int_equal(order.disks, 3);
	devicename_note(&order, "/dev/sda1");
	devicename_note(&order, "/dev/sdb1");
	CHECK(&order, row);
}

/* A name of another kind, or of one disk more than there are. */
static void no_order(void **state)
{
	static const struct row row[] = {
		{"/dev/sda2", "ext4", UNKNOWN, NULL},
		{"/dev/sdb1", "xfs", UNKNOWN, NULL},
	};
	struct devicename_order order = devicename_order_make(&disks, 0);

	(void)state;
	devicename_note(&order, "/dev/sda1");
	devicename_note(&order, "/dev/hda1");
	CHECK(&order, row);
	order = devicename_order_make(&disks, 0);
	devicename_note(&order, "/dev/sda1");
	devicename_note(&order, "/dev/sdd1");
	CHECK(&order, row);
}

/* More disks have names by hardware than were copied: which is which? */
static void too_many_by_hardware(void **state)
{
	static const struct row row[] = {
		{"/dev/disk/by-id/B-part1", "ext4", UNKNOWN, NULL},
		{"/dev/disk/by-id/A-part1", "ext4", UNKNOWN, NULL},
	};
	struct devicename_order order = devicename_order_make(&one_disk, 1);
	struct devicename found;

	(void)state;
	devicename_note(&order, "/dev/disk/by-id/A-part1");
	devicename_note(&order, "/dev/disk/by-id/B-part1");
	CHECK(&order, row);
	found = devicename_resolve(&order, "/dev/disk/by-id/A-part1", "ext4",
				   &one[0]);
	assert_int_equal(found.verdict, MOVED);
	devicename_anchor(&order, "/dev/disk/by-id/A-part1", &one[0]);
	found = devicename_resolve(&order, "/dev/disk/by-id/A-part2", "swap",
				   NULL);
	assert_int_equal(found.verdict, MOVED);
}

/* The root was on sdc; its disk is the first that was copied. */
static void anchors(void **state)
{
	static const struct row row[] = {
		{"/dev/sdc2", "ext4", MOVED, "root"},
		{"/dev/sdc1", "vfat", MOVED, "AB-CD"},
		{"/dev/sda1", "vfat", UNKNOWN, NULL},
		{"/dev/sdb1", "xfs", UNKNOWN, NULL},
	};
	struct devicename_order order = devicename_order_make(&disks, 0);

	(void)state;
	/* Another number than the root's, and a second disk, are not taken. */
	devicename_anchor(&order, "/dev/sdc1", &two[1]);
	assert_int_equal(order.count, 0);
	devicename_anchor(&order, "/dev/sdc2", &two[1]);
	devicename_anchor(&order, "/dev/sda2", &two[1]);
	devicename_note(&order, "/dev/sda1");
	CHECK(&order, row);
}

static void written(void **state)
{
	static struct volume twin[] = {VOLUME(0, 1, "ext4", "same"),
				       VOLUME(1, 1, "ext4", "same")};
	static const struct volumes twins = {.volume = twin, .count = 2};
	const struct volume odd = {.device = TEXT("/dev/loop0p1"),
				   .uuid = TEXT("a b")};
	static const struct {
		const struct volumes *volumes;
		const struct volume *volume;
		enum devicename_form form;
		const char *want;
	} row[] = {
		{&one_disk, &one[0], DEVICENAME_TAG, "UUID=root"},
		{&one_disk, &one[0], DEVICENAME_PARTUUID, "PARTUUID=part-root"},
		{&one_disk, &one[0], DEVICENAME_PATH, "/dev/disk/by-uuid/root"},
		{&one_disk, &one[3], DEVICENAME_PARTUUID, NULL},
		{&twins, &twin[0], DEVICENAME_TAG, "PARTUUID=part-same"},
		{&twins, &twin[0], DEVICENAME_PATH,
		 "/dev/disk/by-partuuid/part-same"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		char *name = devicename_write(row[i].volumes, row[i].volume,
					      row[i].form);

		assert_int_equal(name != NULL, row[i].want != NULL);
		if (name)
			assert_string_equal(name, row[i].want);
		free(name);
	}
	assert_null(devicename_write(&one_disk, &odd, DEVICENAME_TAG));
}

static void words(void **state)
{
	static const struct {
		const char *name;
		const char *key; /* NULL: no such name */
		long index;
		unsigned int number;
	} row[] = {
		{"/dev/sda", "sda", 0, 0},
		{"/dev/sdz9", "sdz", 25, 9},
		{"/dev/sdaa1", "sdaa", 26, 1},
		{"/dev/sdab12", "sdab", 27, 12},
		{"/dev/nvme12n1p3", "nvme12n1", 12, 3},
		{"/dev/nvme0n2p1", NULL, 0, 0},
		{"/dev/mmcblk0boot0", NULL, 0, 0},
		{"/dev/cciss/c0d1p2", "cciss/c0d1", 1, 2},
		{"/dev/cciss/c0d1", "cciss/c0d1", 1, 0},
		{"/dev/disk/by-id/a-part-partial-part3", "by-id/a-part-partial",
		 -1, 3},
		{"/dev/disk/by-id/a-part3x", NULL, 0, 0},
		{"/dev/mapper/mpathap2", "mapper/mpatha", -1, 2},
		{"/dev/mapper/mpathp", "mapper/mpathp", -1, 0},
		{"/dev/sda0", NULL, 0, 0},
		{"/dev/sda99999", NULL, 0, 0},
		{"/dev/sda-1", NULL, 0, 0},
		{"/dev/sda1x", NULL, 0, 0},
		{"/dev/sd", NULL, 0, 0},
		{"/dev/sd1", NULL, 0, 0},
		{"/dev/sdaaaa1", NULL, 0, 0},
		{"/dev/", NULL, 0, 0},
		{"sda1", NULL, 0, 0},
		{"/dev/hda18446744073709551617", NULL, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct devicename_old old = {0};

		if (devicename_old_read(row[i].name, &old) != !!row[i].key)
			fail_msg("%s", row[i].name);
		if (!row[i].key)
			continue;
		assert_string_equal(old.key, row[i].key);
		assert_int_equal(old.index, row[i].index);
		assert_int_equal(old.number, row[i].number);
	}
}

static void endless(void **state)
{
	struct devicename_order order = devicename_order_make(&one_disk, 1);
	struct devicename_old old;
	char name[5000] = "/dev/disk/by-id/";

	(void)state;
	memset(name + 16, 'a', sizeof(name) - 17);
	assert_false(devicename_old_read(name, &old));
	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "/dev/disk/by-id/%d-part1",
			       i);
		devicename_note(&order, name);
	}
	assert_int_equal(order.count, DEVICENAME_DISKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_disk_only),
		cmocka_unit_test(several_disks),
		cmocka_unit_test(no_order),
		cmocka_unit_test(too_many_by_hardware),
		cmocka_unit_test(anchors),
		cmocka_unit_test(written),
		cmocka_unit_test(words),
		cmocka_unit_test(endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
