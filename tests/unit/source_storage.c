/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a source says of its storage: taken as far as it makes sense; noise made
 * of it, and circles, go through the reader and through a whole fitting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "plan/fit.h"
#include "source/storage.h"

#define ROUNDS 6000

/* ext4 of 64 MiB as 1024 bytes at 1024: enough of it to be one. */
#define EXT                                                        \
	"00400000000001000000000000000000000000000000000002000000" \
	"00000000000000000000000000000000000000000000000000000000" \
	"53ef0100010000000000000000000000000000000100000000000000" \
	"0b000000000100003c000000c20200006b04000011223344556677"   \
	"8899aabbccddeeff00726f6f74"

static const char good[] =
	"{\"version\":\"0.1\",\"firmware\":\"uefi\",\"devices\":["
	"{\"name\":\"vda\",\"kind\":\"disk\",\"size\":8589934592,\"sector\":"
	"512,\"on\":[],\"head\":[]},"
	"{\"name\":\"vda1\",\"kind\":\"part\",\"size\":104857600,\"number\":1,"
	"\"start\":1048576,\"of\":\"vda\",\"head\":[{\"at\":1024,\"bytes\":"
	"\"" EXT "\"}]},"
	"{\"name\":\"vda2\",\"kind\":\"part\",\"size\":7516192768,\"number\":2"
	",\"start\":105906176,\"of\":\"vda\",\"head\":[{\"at\":512,\"bytes\":"
	"\"4c4142454c4f4e45000000000000000000000000000000004c564d32"
	"2030303161626364656667\"},{\"at\":0,\"bytes\":\"zz\"}]},"
	"{\"name\":\"dm-0\",\"kind\":\"lvm\",\"size\":4294967296,\"mapped\":"
	"\"a--b-root\",\"uuid\":\"LVM-"
	"0123456789012345678901234567890101234567890123456789012345678901\","
	"\"targets\":[\"linear\",\"linear\"],\"on\":[\"vda2\"],\"head\":[{"
	"\"at\":1024,\"bytes\":\"" EXT "\"}]},"
	"{\"name\":\"dm-1\",\"kind\":\"lvm\",\"size\":1073741824,\"mapped\":"
	"\"a--b-swap\",\"uuid\":\"LVM-"
	"0123456789012345678901234567890101234567890123456789012345678902\","
	"\"targets\":[\"linear\"],\"on\":[\"vda2\",\"nowhere\"],\"head\":[{"
	"\"at\":4086,\"bytes\":\"53574150535041434532\"}]},"
	"{\"name\":\"md0\",\"kind\":\"md\",\"size\":5,\"level\":\"raid1\","
	"\"metadata\":\"1.2\",\"members\":2,\"on\":[],\"md_name\":\"h:0\"},"
	"{\"name\":\"../x\",\"kind\":\"disk\",\"size\":1},"
	"{\"name\":\"vda\",\"kind\":\"disk\",\"size\":2}],"
	"\"mounts\":[{\"device\":\"dm-0\",\"root\":\"/\",\"place\":\"/\","
	"\"type\":\"ext4\",\"options\":\"rw,noatime\",\"super\":\"rw\","
	"\"size\":4000000000,\"used\":1000000000,\"files\":5000},"
	"{\"device\":\"vda1\",\"root\":\"/\",\"place\":\"/boot\",\"type\":"
	"\"ext4\",\"size\":10,\"used\":20,\"subvolumes\":[{\"id\":257,"
	"\"parent\":256,\"name\":\"78\",\"read_only\":true},{\"id\":256,"
	"\"parent\":5,\"name\":\"4061\"},{\"id\":300,\"parent\":301,\"name\":"
	"\"62\"},{\"id\":301,\"parent\":300,\"name\":\"63\"}],\"default\":256},"
	"{\"device\":\"sdz\",\"root\":\"/\",\"place\":\"/z\"}],\"swaps\":[{"
	"\"device\":\"dm-1\",\"size\":1073741824,\"used\":0},{\"file\":"
	"\"/swap\",\"size\":5}],\"fstab\":\"2f\",\"grub\":["
	"\"/usr/sbin/grub2-install\",7,\"\",\"/boot/grub2/grub.cfg\"]}";

static int parse(const char *text, struct storage *storage)
{
	return storage_parse("web01", text, strlen(text), storage, NULL);
}

static void what_is_said_is_taken(void **state)
{
	struct storage storage;
	const struct storage_device *device;

	(void)state;
	assert_int_equal(parse(good, &storage), 0);
	assert_true(storage.uefi);
	assert_int_equal(storage.devices, 6);
	device = &storage.device[1];
	assert_string_equal(device->fs.fs, "ext4");
	assert_string_equal(device->fs.uuid,
			    "11223344-5566-7788-99aa-bbccddeeff00");
	assert_string_equal(device->fs.label, "root");
	assert_int_equal(device->fs.block, 4096);
	assert_int_equal(device->fs.inode, 256);
	assert_int_equal(device->on[0], 0);
	assert_string_equal(storage.device[2].fs.fs, "LVM2_member");
	device = &storage.device[3];
	assert_string_equal(device->group, "a-b");
	assert_string_equal(device->volume, "root");
	assert_string_equal(device->target, "linear");
	assert_string_equal(storage.device[4].fs.fs, "swap");
	assert_true(storage.device[4].on_more);
	assert_int_equal(storage.device[4].ons, 1);
	assert_int_equal(storage.mounts, 2);
	assert_true(storage.mount[0].known);
	assert_string_equal(storage.mount[0].options, "rw,noatime,rw");
	assert_false(storage.mount[1].known);
	/* A subvolume in one, and two that are in each other. */
	device = &storage.device[1];
	assert_int_equal(device->subvolumes, 4);
	assert_string_equal(device->subvolume[0].path, "@a/x");
	assert_true(device->subvolume[0].read_only);
	assert_null(device->subvolume[2].path);
	assert_int_equal(device->standard, 256);
	assert_int_equal(storage.swaps, 2);
	assert_string_equal(storage.fstab, "/");
	assert_true(storage.grub.told);
	assert_true(storage.grub.program);
	assert_true(storage.grub.menu);
	assert_false(storage.grub.bios);
	assert_false(storage.grub.legacy);
	storage_done(&storage);
	assert_int_equal(parse("{\"devices\":[],\"grub\":1}", &storage), 0);
	assert_false(storage.grub.told);
	storage_done(&storage);
}

/* Whoever adds them all up gets a number that is one. */
static void no_number_is_too_large(void **state)
{
	struct storage storage;

	(void)state;
	assert_int_equal(parse("{\"devices\":["
			       "{\"name\":\"vda\",\"size\":18014398509481983},"
			       "{\"name\":\"vdb\",\"size\":18014398509481984},"
			       "{\"name\":\"vdc\",\"size\":-1}]}",
			       &storage),
			 0);
	assert_int_equal(storage.device[0].size, 18014398509481983);
	assert_int_equal(storage.device[1].size, 0);
	assert_int_equal(storage.device[2].size, 0);
	storage_done(&storage);
}

static void what_is_none_is_refused(void **state)
{
	static const char circle[] =
		"{\"devices\":[{\"name\":\"dm-0\",\"kind\":\"lvm\",\"on\":["
		"\"dm-1\"]},{\"name\":\"dm-1\",\"kind\":\"crypt\",\"on\":["
		"\"dm-0\"]}]}";
	struct storage storage;
	struct error *err = NULL;

	(void)state;
	assert_true(parse("", &storage) < 0);
	assert_true(parse("[]", &storage) < 0);
	assert_int_equal(parse("{}", &storage), 0);
	storage_done(&storage);
	assert_int_equal(parse("{\"devices\":7,\"mounts\":{},\"swaps\":\"x\","
			       "\"fstab\":[],\"cut\":true}",
			       &storage),
			 0);
	assert_true(storage.cut);
	storage_done(&storage);
	assert_true(storage_parse("web01", circle, strlen(circle), &storage,
				  &err) < 0);
	assert_int_equal(err->kind, ERROR_SOURCE);
	error_free(err);
}

static void fit(const struct storage *storage)
{
	struct fit_order order = {.storage = storage,
				  .source = {"vda"},
				  .sources = 1,
				  .target = {{"/dev/x", 6ULL << 30, 512}},
				  .targets = 1,
				  .seed = "job"};
	struct fit result;
	char *text = NULL;

	if (fit_make(&order, &result, NULL) == 0) {
		assert_int_equal(fit_print(&result, &text, NULL), 0);
		free(text);
	}
	fit_done(&result);
}

static void noise_does_no_harm(void **state)
{
	static const char letters[] = "{}[]\",:0123456789abcdef-/smdv";
	char *text = strdup(good);
	unsigned int taken = 0;

	(void)state;
	srand(7);
	for (int i = 0; i < ROUNDS; i++) {
		struct storage storage;

		strcpy(text, good);
		for (int k = rand() % 6; k >= 0; k--)
			text[(size_t)rand() % (sizeof(good) - 1)] =
				letters[(size_t)rand() % (sizeof(letters) - 1)];
		if (parse(text, &storage) < 0)
			continue;
		taken++;
		fit(&storage);
		storage_done(&storage);
	}
	free(text);
	assert_true(taken > 100);
}

/* Every superblock that is known, with noise in it. */
static void noise_in_a_head(void **state)
{
	static const struct {
		size_t at;
		const char *magic;
		size_t length;
	} magics[] = {{0, "XFSB", 4},	     {0, "LUKS\xba\xbe", 6},
		      {512, "LABELONE", 8},  {4086, "SWAPSPACE2", 10},
		      {1080, "\x53\xef", 2}, {65600, "_BHRfS_M", 8},
		      {510, "\x55\xaa", 2},  {4096, "\xfc\x4e\x2b\xa9", 4}};
	uint8_t *head = malloc(SUPERBLOCK_HEAD);
	struct superblock sb;

	(void)state;
	srand(7);
	for (int i = 0; i < ROUNDS; i++) {
		size_t which = (size_t)i % (sizeof(magics) / sizeof(*magics));
		size_t length = (size_t)rand() % SUPERBLOCK_HEAD;

		memset(head, 0, SUPERBLOCK_HEAD);
		for (size_t k = 0; k < 8192; k++)
			head[k] = (uint8_t)rand();
		for (size_t k = 65536; k < SUPERBLOCK_HEAD; k++)
			head[k] = (uint8_t)rand();
		memcpy(head + magics[which].at, magics[which].magic,
		       magics[which].length);
		(void)superblock_read(head, i % 2 ? SUPERBLOCK_HEAD : length,
				      &sb);
		assert_true(strlen(sb.label) < sizeof(sb.label));
		assert_true(strlen(sb.uuid) < sizeof(sb.uuid));
	}
	free(head);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_taken),
		cmocka_unit_test(no_number_is_too_large),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(noise_does_no_harm),
		cmocka_unit_test(noise_in_a_head),
	};

	return cmocka_run_group_tests_name("source/storage", tests, NULL, NULL);
}
