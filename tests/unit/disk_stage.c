/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage device with all that stands on it: partitions, file systems, LVM,
 * the sector 0 that comes back, and what an ended run leaves.  Needs a kernel
 * with device-mapper; the VM tests run it in the live system.
 */
#include "disk/layout.h"
#include "disk/table.h"
#include "disk/volume.h"
#include "disk_open.h"
#include "stage_case.h"

static void without_device_mapper_it_says_so(void **state)
{
	static const char sector0[512];
	struct stage *stage = NULL;
	struct error *err = NULL;
	char device[32];
	int r;

	(void)state;
	if (has_mapper()) {
		print_message("this kernel has device-mapper\n");
		skip();
	}
	scratch_file("disk", SIZE);
	if (!scratch_loop("disk", 512, device, sizeof(device)))
		skip();
	r = stage_open(&(struct stage_disk){device, "unit", sector0, 0}, &stage,
		       &err);
	scratch_unloop(device);
	assert_int_equal(r, -ENOTSUP);
	assert_null(stage);
	assert_non_null(strstr(err->msg, "no device-mapper"));
	error_free(err);
	assert_int_not_equal(access(S0_FILE, F_OK), 0);
	stage_sweep();
}

/* It becomes a part of paths in /run and /dev/mapper. */
static void a_name_with_more_than_letters_is_refused(void **state)
{
	static const char sector0[512];
	static const char *const names[] = {"../unit", "un it", "unit."};

	(void)state;
	scratch_file("disk", SIZE);
	for (size_t i = 0; i < 3; i++) {
		const struct stage_disk disk = {"disk", names[i], sector0, 0};
		struct stage *stage = NULL;
		struct error *err = NULL;

		assert_int_equal(stage_open(&disk, &stage, &err), -EINVAL);
		assert_null(stage);
		assert_non_null(strstr(err->msg, names[i]));
		error_free(err);
	}
}

static void work_on_it(uint32_t sector)
{
	struct volumes volumes = {0};
	struct layout layout = {0};
	struct disk disk;
	char *directory = NULL;

	if (!disk_make(&disk, sector))
		skip();
	disk_stage(&disk);
	assert_int_equal(layout_read(disk.device, &layout, NULL), 0);
	assert_null(layout.kind); /* the raw disk shows no table */
	layout_done(&layout);
	assert_int_equal(layout_read(disk.stage->device, &layout, NULL), 0);
	assert_string_equal(layout.kind, "gpt");
	assert_int_equal(layout.sector_size, sector);
	assert_int_equal(layout.count, 2);
	layout_done(&layout);

	make_ext4(part(&disk, 2));
	assert_int_equal(open_one(disk.stage->device, &volumes, NULL), 0);
	assert_int_equal(volumes.count, 1);
	assert_string_equal(volumes.volume[0].fs, "ext4");
	assert_string_equal(volumes.volume[0].device, part(&disk, 2));
	assert_int_equal(
		mount_open(part(&disk, 2), "ext4", false, &directory, NULL), 0);
	write_file(directory, "kept");
	assert_int_equal(mount_close(directory, NULL), 0);
	assert_int_equal(volume_close(&volumes, NULL), 0);
	disk_unstage(&disk, true);

	/* Staged again, it is the same disk; and so it is when committed. */
	disk_stage(&disk);
	assert_int_equal(
		mount_open(part(&disk, 2), "ext4", true, &directory, NULL), 0);
	expect_file(directory, "kept");
	assert_int_equal(mount_close(directory, NULL), 0);
	disk_unstage(&disk, true);
	scratch_put(disk.device, disk.sector0, sector, 0);
	assert_int_equal(layout_read(disk.device, &layout, NULL), 0);
	assert_int_equal(layout.count, 2);
	assert_string_equal(layout.part[1].fs, "ext4");
	layout_done(&layout);
	scratch_unloop(disk.device);
}

static void work_on_sectors_of_512(void **state)
{
	(void)state;
	work_on_it(512);
}

static void work_on_sectors_of_4096(void **state)
{
	(void)state;
	work_on_it(4096);
}

/* What a tool writes to sector 0 of the stage comes back, and only that. */
static void a_changed_sector0_comes_back(void **state)
{
	struct disk disk;
	uint8_t before[512];

	(void)state;
	if (!disk_make(&disk, 512))
		skip();
	memcpy(before, disk.sector0, 512);
	disk_stage(&disk);
	scratch_put(disk.stage->device, "boot code", 9, 0);
	disk_unstage(&disk, false);
	assert_memory_equal(disk.sector0, "boot code", 9);
	assert_memory_equal(disk.sector0 + 9, before + 9, 512 - 9);
	scratch_unloop(disk.device);
}

static void logical_volumes(void **state)
{
	struct volumes volumes = {0};
	struct error *err = NULL;
	struct disk disk;
	char command[600];
	const char *const make[] = {"sh", "-ec", command, NULL};
	char *directory = NULL;
	char *name = NULL;
	char *device = NULL;

	(void)state;
	if (!disk_make(&disk, 512))
		skip();
	disk_stage(&disk);
	(void)snprintf(
		command, sizeof(command),
		"set -- --config 'activation{udev_sync=0}' --devices %s\n"
		"lvm pvcreate -qq \"$@\" $4\n"
		"lvm vgcreate -qq \"$@\" unit-vg $4\n"
		"new='lvm lvcreate -qq -y -Wn -Zn'\n"
		"$new \"$@\" -L 20M -n root unit-vg\n"
		"$new \"$@\" -L 8M -n swap unit-vg\n"
		"lvm vgchange -qq \"$@\" -an unit-vg\n",
		part(&disk, 1));
	assert_true(scratch_run(NULL, make));
	if (open_one(disk.stage->device, &volumes, &err) < 0)
		fail_msg("%s", err->msg);
	assert_int_equal(volumes.count, 1); /* empty volumes: no signature */
	assert_string_equal(volumes.volume[0].fs, "LVM2_member");
	assert_int_equal(volumes.mades, 1);
	assert_string_equal(volumes.made[0].name, "unit-vg");
	make_ext4("/dev/mapper/unit--vg-root");
	assert_int_equal(volume_close(&volumes, NULL), 0);
	assert_int_equal(mapper_next("unit--vg", &name, &device, NULL), 1);

	assert_int_equal(open_one(disk.stage->device, &volumes, NULL), 0);
	assert_int_equal(volumes.count, 2);
	assert_string_equal(volumes.volume[1].device,
			    "/dev/mapper/unit--vg-root");
	assert_string_equal(volumes.volume[1].fs, "ext4");
	assert_int_equal(mount_open(volumes.volume[1].device, "ext4", false,
				    &directory, NULL),
			 0);
	write_file(directory, "in a volume");
	assert_int_equal(mount_close(directory, NULL), 0);
	assert_int_equal(volume_close(&volumes, NULL), 0);
	disk_unstage(&disk, true);
	scratch_unloop(disk.device);
}

/* Looking must not write: not even the journal of an ext4 that was cut off. */
static void a_read_only_mount_writes_nothing(void **state)
{
	uint8_t *before;
	uint8_t *after;
	struct layout layout = {0};
	char *directory = NULL;
	struct disk disk;
	uint8_t *super;

	(void)state;
	if (!disk_make(&disk, 512))
		skip();
	before = malloc(SIZE);
	after = malloc(SIZE);
	disk_stage(&disk);
	make_ext4(part(&disk, 1));
	assert_int_equal(layout_read(disk.stage->device, &layout, NULL), 0);
	super = before + layout.part[0].start + 1024;
	layout_done(&layout);
	assert_int_equal(
		mount_open(part(&disk, 1), "ext4", false, &directory, NULL), 0);
	write_file(directory, "in the journal");
	sync();
	scratch_get("disk", before, SIZE, 0);
	assert_int_equal(mount_close(directory, NULL), 0);
	disk_unstage(&disk, true);
	/* EXT4_FEATURE_INCOMPAT_RECOVER */
	assert_true(super[0x60] & 4);
	scratch_put(disk.device, before, SIZE, 0);

	disk_stage(&disk);
	assert_int_equal(
		mount_open(part(&disk, 1), "ext4", true, &directory, NULL), 0);
	assert_int_equal(mount_close(directory, NULL), 0);
	disk_unstage(&disk, true);
	scratch_get(disk.device, after, SIZE, 0);
	assert_memory_equal(before, after, SIZE);
	scratch_unloop(disk.device);
	free(before);
	free(after);
}

static void a_busy_stage_is_named_then_swept(void **state)
{
	struct error *err = NULL;
	struct volumes volumes = {0};
	char *directory = NULL;
	char *name = NULL;
	char *device = NULL;
	struct disk disk;
	uint8_t now[512];

	(void)state;
	if (!disk_make(&disk, 512))
		skip();
	disk_stage(&disk);
	make_ext4(part(&disk, 1));
	assert_int_equal(open_one(disk.stage->device, &volumes, NULL), 0);
	assert_int_equal(
		mount_open(part(&disk, 1), "ext4", false, &directory, NULL), 0);
	write_file(directory, "mounted");
	assert_int_equal(stage_close(disk.stage, NULL, &err), -EBUSY);
	assert_non_null(strstr(err->msg, directory));
	error_free(err);
	stage_sweep();
	assert_int_equal(mapper_next("lander-stage-", &name, &device, NULL), 1);
	assert_int_not_equal(access(directory, F_OK), 0);
	assert_int_not_equal(access(S0_FILE, F_OK), 0);
	free(directory);
	assert_int_equal(volume_close(&volumes, NULL), 0);
	scratch_get(disk.device, now, 512, 0);
	assert_memory_equal(now, disk.record, 512);
	disk_stage(&disk);
	assert_int_equal(
		mount_open(part(&disk, 1), "ext4", true, &directory, NULL), 0);
	expect_file(directory, "mounted");
	assert_int_equal(mount_close(directory, NULL), 0);
	disk_unstage(&disk, true);
	scratch_unloop(disk.device);
}

static void the_backup_moves_on_the_stage(void **state)
{
	struct layout layout = {0};
	struct error *err = NULL;
	struct disk disk;

	(void)state;
	if (!disk_make(&disk, 512))
		skip();
	scratch_unloop(disk.device);
	assert_int_equal(truncate("disk", SIZE + (4 << 20)), 0);
	assert_true(
		scratch_loop("disk", 512, disk.device, sizeof(disk.device)));
	disk_stage(&disk);
	if (table_move_backup(disk.stage->device, &err) != 0)
		fail_msg("%s", err ? err->msg : "nothing to do");
	assert_int_equal(table_move_backup(disk.stage->device, NULL), 1);
	assert_int_equal(layout_read(disk.stage->device, &layout, NULL), 0);
	assert_int_equal(layout.count, 2);
	layout_done(&layout);
	disk_unstage(&disk, false);
	scratch_unloop(disk.device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_device_mapper_it_says_so),
		cmocka_unit_test(a_name_with_more_than_letters_is_refused),
		cmocka_unit_test(work_on_sectors_of_512),
		cmocka_unit_test(work_on_sectors_of_4096),
		cmocka_unit_test(a_changed_sector0_comes_back),
		cmocka_unit_test(logical_volumes),
		cmocka_unit_test(a_read_only_mount_writes_nothing),
		cmocka_unit_test(a_busy_stage_is_named_then_swept),
		cmocka_unit_test(the_backup_moves_on_the_stage),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
