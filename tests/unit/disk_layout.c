/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Partition tables and signatures as libblkid sees them: both tables, both
 * sector sizes, tables that lie.
 */
#include "base/error.h"
#include "disk/layout.h"
#include "disk_scratch.h"

#define MIB  ((uint64_t)1 << 20)
#define SIZE (64 * MIB)

static const char gpt[] =
	"label: gpt\n"
	"label-id: 8a1c7c1c-9a3c-4f3b-9d57-3c1f1e3a9b55\n"
	"start=1MiB,size=8MiB,type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B,"
	"uuid=0F9619FF-8B86-4D11-B42D-00C04FC964FF\n"
	"start=16MiB,size=32MiB\n";

/* An ext4 of 16 MiB, made beside and copied to offset. */
static void put_ext4(uint64_t offset)
{
	const char *argv[] = {"mkfs.ext4",
			      "-q",
			      "-F",
			      "-U",
			      "5b2a1c3e-1111-4222-8333-444455556666",
			      "-L",
			      "a label",
			      "fs",
			      NULL};
	char *bytes = malloc(16 * MIB);

	scratch_file("fs", 16 * MIB);
	assert_true(scratch_run(NULL, argv));
	scratch_get("fs", bytes, 16 * MIB, 0);
	scratch_put("disk", bytes, 16 * MIB, offset);
	free(bytes);
}

static void a_gpt(uint32_t sector)
{
	struct layout layout = {0};

	scratch_file("disk", SIZE);
	scratch_table("disk", sector, gpt);
	put_ext4(16 * MIB);
	assert_int_equal(layout_read("disk", &layout, NULL), 0);
	assert_string_equal(layout.kind, "gpt");
	assert_string_equal(layout.id, "8a1c7c1c-9a3c-4f3b-9d57-3c1f1e3a9b55");
	assert_int_equal(layout.sector_size, sector);
	assert_null(layout.fs);
	assert_int_equal(layout.count, 2);
	assert_int_equal(layout.part[0].number, 1);
	assert_int_equal(layout.part[0].start, MIB);
	assert_int_equal(layout.part[0].length, 8 * MIB);
	assert_string_equal(layout.part[0].uuid,
			    "0f9619ff-8b86-4d11-b42d-00c04fc964ff");
	assert_null(layout.part[0].fs);
	assert_ptr_equal(layout_esp(&layout), &layout.part[0]);
	assert_int_equal(layout.part[1].start, 16 * MIB);
	assert_string_equal(layout.part[1].fs, "ext4");
	assert_string_equal(layout.part[1].fs_uuid,
			    "5b2a1c3e-1111-4222-8333-444455556666");
	assert_string_equal(layout.part[1].fs_label, "a label");
	layout_done(&layout);
}

static void gpt_of_512(void **state)
{
	(void)state;
	a_gpt(512);
}

static void gpt_of_4096(void **state)
{
	(void)state;
	a_gpt(4096);
}

static void an_mbr(void **state)
{
	struct layout layout = {0};

	(void)state;
	scratch_file("disk", SIZE);
	scratch_table("disk", 512,
		      "label: dos\nlabel-id: 0x12345678\n"
		      "start=1MiB,size=4MiB,type=ef\n"
		      "start=8MiB,size=40MiB,type=5\n"
		      "start=16MiB,size=16MiB\n");
	put_ext4(16 * MIB);
	assert_int_equal(layout_read("disk", &layout, NULL), 0);
	assert_string_equal(layout.kind, "dos");
	assert_string_equal(layout.id, "12345678");
	assert_int_equal(layout.sector_size, 0);
	assert_int_equal(layout.count, 3);
	assert_string_equal(layout.part[0].type, "0xef");
	assert_ptr_equal(layout_esp(&layout), &layout.part[0]);
	assert_string_equal(layout.part[1].type, "0x05");
	assert_null(layout.part[1].fs);
	assert_int_equal(layout.part[2].number, 5);
	assert_int_equal(layout.part[2].start, 16 * MIB);
	assert_string_equal(layout.part[2].fs, "ext4");
	layout_done(&layout);
}

static void no_table(void **state)
{
	struct layout layout = {0};
	struct layout_signature found = {0};

	(void)state;
	scratch_file("disk", SIZE);
	assert_int_equal(layout_read("disk", &layout, NULL), 0);
	assert_null(layout.kind);
	assert_null(layout.fs);
	assert_int_equal(layout.count, 0);
	assert_null(layout_esp(&layout));
	layout_done(&layout);
	assert_int_equal(layout_read_signature("disk", &found, NULL), 0);
	assert_null(found.fs);

	put_ext4(0);
	assert_int_equal(layout_read("disk", &layout, NULL), 0);
	assert_null(layout.kind);
	assert_string_equal(layout.fs, "ext4");
	assert_string_equal(layout.fs_label, "a label");
	layout_done(&layout);
	assert_int_equal(layout_read_signature("disk", &found, NULL), 0);
	assert_string_equal(found.uuid, "5b2a1c3e-1111-4222-8333-444455556666");
	layout_done_signature(&found);

	scratch_file("disk", 0);
	assert_int_equal(layout_read("disk", &layout, NULL), 0);
	assert_null(layout.kind);
	layout_done(&layout);
}

/* Two file systems in one place: nobody is to pick one. */
static void ambiguous_is_told(void **state)
{
	const char *argv[] = {"mkfs.btrfs", "-q", "btrfs", NULL};
	struct layout layout = {0};
	char super[4096];

	(void)state;
	scratch_file("disk", SIZE);
	put_ext4(0);
	scratch_file("btrfs", 256 * MIB);
	assert_true(scratch_run(NULL, argv));
	scratch_get("btrfs", super, sizeof(super), 65536);
	scratch_put("disk", super, sizeof(super), 65536);
	assert_int_equal(layout_read("disk", &layout, NULL), 0);
	assert_string_equal(layout.fs, "ambiguous");
	layout_done(&layout);
}

static void a_missing_disk_is_an_error(void **state)
{
	struct layout layout = {0};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(layout_read("not there", &layout, &err), -ENOENT);
	assert_int_equal(err->kind, ERROR_TARGET);
	assert_non_null(strstr(err->msg, "not there"));
	error_free(err);
}

static void sector_sizes(void **state)
{
	char head[8192] = {0};

	(void)state;
	assert_int_equal(layout_sector_size(head, sizeof(head)), 0);
	memcpy(head + 4096, "EFI PART", 8);
	assert_int_equal(layout_sector_size(head, sizeof(head)), 4096);
	assert_int_equal(layout_sector_size(head, 4096 + 7), 0);
	assert_int_equal(layout_sector_size(head, 4096 + 8), 4096);
	memcpy(head + 512, "EFI PART", 8);
	assert_int_equal(layout_sector_size(head, sizeof(head)), 512);
	assert_int_equal(layout_sector_size(head, 0), 0);
}

/* Bytes of tables and file systems turned at random: an answer or an error,
 * in time.  Run by make asan too. */
static void hostile_tables(void **state)
{
	unsigned int seed = 11;
	char head[4096];

	(void)state;
	scratch_file("disk", SIZE);
	scratch_table("disk", 512, gpt);
	put_ext4(16 * MIB);
	scratch_get("disk", head, sizeof(head), 0);
	for (int round = 0; round < 300; round++) {
		struct layout layout = {0};
		char bad[4096];

		memcpy(bad, head, sizeof(bad));
		for (int i = 0; i < 1 + round % 7; i++)
			bad[(size_t)rand_r(&seed) % 2048] = (char)rand_r(&seed);
		scratch_put("disk", bad, sizeof(bad), 0);
		if (layout_read("disk", &layout, NULL) == 0)
			for (size_t i = 0; i < layout.count; i++)
				assert_non_null(layout.part[i].type);
		layout_done(&layout);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gpt_of_512),
		cmocka_unit_test(gpt_of_4096),
		cmocka_unit_test(an_mbr),
		cmocka_unit_test(no_table),
		cmocka_unit_test(ambiguous_is_told),
		cmocka_unit_test(a_missing_disk_is_an_error),
		cmocka_unit_test(sector_sizes),
		cmocka_unit_test(hostile_tables),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
