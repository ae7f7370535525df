/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is on a disk: each kind of content, found and named; nothing that holds
 * a byte of data is ever called blank.
 */
#include <zlib.h>

#include "base/error.h"
#include "disk/blockdev.h"
#include "disk/content.h"
#include "disk/target.h"
#include "disk_scratch.h"

#define MIB  ((uint64_t)1 << 20)
#define SIZE (64 * MIB)

static void look(const char *path, struct content *content)
{
	struct blockdev disk = {0};

	assert_int_equal(blockdev_probe(path, &disk, NULL), 0);
	assert_int_equal(content_read(&disk, content, NULL), 0);
	blockdev_done(&disk);
}

static void expect(const char *path, enum content_kind kind, const char *text)
{
	struct content content = {0};

	look(path, &content);
	if (!strstr(content.text, text))
		print_message("'%s' has no '%s'\n", content.text, text);
	assert_int_equal(content.kind, kind);
	assert_non_null(strstr(content.text, text));
	content_done(&content);
}

static void blank_disks(void **state)
{
	(void)state;
	scratch_file("disk", SIZE);
	expect("disk", CONTENT_BLANK, "blank");
	scratch_file("disk", 0);
	expect("disk", CONTENT_BLANK, "empty");
	/* Shorter than one MiB, and no multiple of a sector. */
	scratch_file("disk", 1000);
	expect("disk", CONTENT_BLANK, "blank");
	scratch_file("disk", 100);
	expect("disk", CONTENT_BLANK, "blank");
}

static void one_byte_is_data(void **state)
{
	static const uint64_t place[] = {0, 511, MIB - 1, SIZE - MIB, SIZE - 1};

	(void)state;
	for (size_t i = 0; i < sizeof(place) / sizeof(*place); i++) {
		scratch_file("disk", SIZE);
		scratch_put("disk", "\1", 1, place[i]);
		expect("disk", CONTENT_DATA,
		       place[i] < MIB ? "first MiB" : "last MiB");
	}
	scratch_put("disk", "\1", 1, 0);
	expect("disk", CONTENT_DATA, "first and last");
}

static void tables(void **state)
{
	(void)state;
	scratch_file("disk", SIZE);
	scratch_table("disk", 512, "label: gpt\nsize=8MiB\nsize=8MiB\n");
	expect("disk", CONTENT_SYSTEM, "GPT with 2 partitions");
	scratch_file("disk", SIZE);
	scratch_table("disk", 512, "label: gpt\n");
	expect("disk", CONTENT_SYSTEM, "GPT without partitions");
	scratch_file("disk", SIZE);
	scratch_table("disk", 512, "label: dos\nsize=8MiB\n");
	expect("disk", CONTENT_SYSTEM, "MBR with 1 partition (");
}

static void remains_of_tables(void **state)
{
	char zeroes[1024] = {0};

	(void)state;
	scratch_file("disk", SIZE);
	scratch_table("disk", 512, "label: gpt\nsize=8MiB\n");
	scratch_put("disk", zeroes, 512, 0);
	expect("disk", CONTENT_DATA, "without its protective MBR");
	scratch_put("disk", zeroes, 1024, 0);
	expect("disk", CONTENT_DATA, "a backup GPT at its end");
	scratch_file("disk", SIZE);
	scratch_put("disk", "EFI PART", 8, SIZE - 512);
	expect("disk", CONTENT_DATA, "backup GPT");
}

static bool make_fs(const char *const *argv)
{
	char which[64];
	const char *const probe[] = {"sh", "-c", which, NULL};

	(void)snprintf(which, sizeof(which), "command -v %s", argv[0]);
	scratch_file("disk", SIZE);
	return scratch_run(NULL, probe) && scratch_run(NULL, argv);
}

static void whole_disk_signatures(void **state)
{
	static const char *const ext4[] = {"mkfs.ext4", "-q", "disk", NULL};
	static const char *const vfat[] = {"mkfs.vfat", "disk", NULL};
	static const char *const swap[] = {"mkswap", "-q", "disk", NULL};

	(void)state;
	assert_true(make_fs(ext4));
	expect("disk", CONTENT_SYSTEM, "ext4 on the whole disk");
	assert_true(make_fs(vfat));
	expect("disk", CONTENT_SYSTEM, "vfat on the whole disk");
	assert_true(make_fs(swap));
	expect("disk", CONTENT_SYSTEM, "swap on the whole disk");
}

/* The label that pvcreate writes into the second sector (lvm2,
 * lib/label/label.h and lib/misc/crc.c). */
static void put_lvm_label(void)
{
	uint8_t label[512] = "LABELONE\1";
	uint32_t crc;

	label[20] = 32;
	memcpy(label + 24, "LVM2 001", 8);
	memset(label + 32, 'a', 32);
	crc = ~(uint32_t)crc32(~0xf597a6cfU, label + 20, 512 - 20);
	memcpy(label + 16, &crc, sizeof(crc));
	scratch_put("disk", label, sizeof(label), 512);
}

static void lvm_and_luks(void **state)
{
	static const char *const luks[] = {
		"cryptsetup", "luksFormat", "-q",
		"--pbkdf",    "pbkdf2",	    "--pbkdf-force-iterations",
		"1000",	      "disk",	    "-",
		NULL};

	(void)state;
	scratch_file("disk", SIZE);
	put_lvm_label();
	expect("disk", CONTENT_SYSTEM, "LVM2_member on the whole disk");
	scratch_file("disk", SIZE);
	assert_true(scratch_run("secret", luks));
	expect("disk", CONTENT_SYSTEM, "crypto_LUKS on the whole disk");
}

static void write_record(uint32_t sector)
{
	struct record record = {.job = "0f9619ff-8b86-4d11-b42d-00c04fc964ff",
				.state = RECORD_STAGE};
	struct blockdev disk = {0};
	struct target *target = NULL;

	assert_int_equal(blockdev_probe("disk", &disk, NULL), 0);
	assert_int_equal(target_open(&disk, 0, &target, NULL), 0);
	blockdev_done(&disk);
	target->logical_block = sector;
	assert_int_equal(target_write_record(target, &record, NULL), 0);
	target_close(target);
}

static void records(void **state)
{
	struct content content = {0};
	char *version;
	char block[512];

	(void)state;
	scratch_file("disk", SIZE);
	scratch_table("disk", 512, "label: gpt\nsize=8MiB\n");
	write_record(512);
	look("disk", &content);
	assert_int_equal(content.kind, CONTENT_RECORD);
	assert_string_equal(content.record.job,
			    "0f9619ff-8b86-4d11-b42d-00c04fc964ff");
	assert_int_equal(content.record.state, RECORD_STAGE);
	assert_non_null(strstr(content.text, "state stage"));
	content_done(&content);

	scratch_put("disk", "2", 1, 60);
	expect("disk", CONTENT_DAMAGED, "damaged job record");

	write_record(512);
	scratch_get("disk", block, 512, 0);
	version = memmem(block, 512, "version=1", 9);
	scratch_put("disk", "7", 1, (uint64_t)(version + 8 - block));
	expect("disk", CONTENT_DAMAGED, "version 7");
}

/* A device that fails: a loop device whose file was cut off beneath it. */
static void an_unreadable_end_is_an_error_not_blank(void **state)
{
	struct content content = {0};
	struct error *err = NULL;
	struct blockdev disk = {0};
	char device[32];
	int r;

	(void)state;
	scratch_file("disk", SIZE);
	if (!scratch_loop("disk", 512, device, sizeof(device)))
		skip();
	assert_int_equal(truncate("disk", (off_t)(SIZE - 8192)), 0);
	assert_int_equal(blockdev_probe(device, &disk, NULL), 0);
	r = content_read(&disk, &content, &err);
	blockdev_done(&disk);
	scratch_unloop(device);
	assert_int_equal(r, -EIO);
	assert_int_equal(err->kind, ERROR_TARGET);
	assert_non_null(strstr(err->msg, device));
	error_free(err);
}

static void sectors_of_4096(void **state)
{
	char device[32];
	const char *argv[] = {"sfdisk",		  "-q",	  "--no-reread",
			      "--no-tell-kernel", device, NULL};
	bool made;

	(void)state;
	scratch_file("disk", SIZE);
	if (!scratch_loop("disk", 4096, device, sizeof(device)))
		skip();
	expect(device, CONTENT_BLANK, "blank");
	made = scratch_run("label: gpt\nsize=8MiB\n", argv);
	if (made)
		expect(device, CONTENT_SYSTEM, "GPT with 1 partition");
	scratch_unloop(device);
	assert_true(made);
	/* The same bytes in a file, where sectors are said to be of 512. */
	expect("disk", CONTENT_SYSTEM, "GPT with 1 partition");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blank_disks),
		cmocka_unit_test(one_byte_is_data),
		cmocka_unit_test(tables),
		cmocka_unit_test(remains_of_tables),
		cmocka_unit_test(whole_disk_signatures),
		cmocka_unit_test(lvm_and_luks),
		cmocka_unit_test(records),
		cmocka_unit_test(an_unreadable_end_is_an_error_not_blank),
		cmocka_unit_test(sectors_of_4096),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
