/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage device as a copy in memory: nothing of what is done on it reaches
 * the disk, not when it runs full and not when its run is cut off.  Needs a
 * kernel with dm-snapshot; the VM tests run it in the live system.
 */
#include "disk/snapshot.h"
#include "stage_case.h"

#define COPY	  "/dev/mapper/lander-copy-unit"
#define DIRECTORY "/run/lander/lander-copy-unit"

/* All of the disk, to be freed. */
static uint8_t *image(void)
{
	uint8_t *bytes = malloc(SIZE);

	assert_non_null(bytes);
	scratch_get("disk", bytes, SIZE, 0);
	return bytes;
}

/* The disk is as it was, and nothing is left of the copy. */
static void all_gone(const struct disk *disk, uint8_t *before)
{
	uint8_t *after;

	sync();
	after = image();
	assert_memory_equal(before, after, SIZE);
	free(after);
	free(before);
	assert_int_not_equal(access(COPY, F_OK), 0);
	assert_int_not_equal(access(DIRECTORY, F_OK), 0);
	assert_int_not_equal(access("/dev/mapper/lander-stage-unit", F_OK), 0);
	assert_int_not_equal(access(S0_FILE, F_OK), 0);
	scratch_unloop(disk->device);
}

static bool copy_make(struct disk *disk, uint32_t sector, uint64_t room)
{
	if (!disk_make(disk, sector))
		return false;
	disk->room = room;
	return true;
}

static void write_on(uint32_t sector)
{
	uint64_t used = 0;
	char *directory = NULL;
	struct disk disk;
	uint8_t *before;

	if (!copy_make(&disk, sector, 32 << 20))
		skip();
	before = image();
	disk_stage(&disk);
	make_ext4(part(&disk, 2));
	assert_int_equal(
		mount_open(part(&disk, 2), "ext4", false, &directory, NULL), 0);
	write_file(directory, "in memory");
	assert_int_equal(mount_close(directory, NULL), 0);
	scratch_put(disk.stage->device, "boot code", 9, 0);
	assert_int_equal(
		mount_open(part(&disk, 2), "ext4", true, &directory, NULL), 0);
	expect_file(directory, "in memory");
	assert_int_equal(mount_close(directory, NULL), 0);
	assert_true(stage_used(disk.stage, &used));
	assert_true(used > 0 && used <= 32 << 20);
	assert_int_equal(stage_close(disk.stage, NULL, NULL), 0);
	all_gone(&disk, before);
}

static void a_copy_changes_nothing(void **state)
{
	(void)state;
	write_on(512);
}

static void a_copy_with_sectors_of_4096(void **state)
{
	(void)state;
	write_on(4096);
}

static void a_full_copy_says_so(void **state)
{
	char command[200];
	const char *const fill[] = {"sh", "-ec", command, NULL};
	const struct process process = {.argv = fill, .timeout_s = 60};
	uint64_t used = 0;
	struct error *err = NULL;
	struct disk disk;
	uint8_t *before;
	static char first[4096] __attribute__((aligned(4096)));
	int fd;

	(void)state;
	if (!copy_make(&disk, 512, 4 << 20))
		skip();
	before = image();
	disk_stage(&disk);
	(void)snprintf(command, sizeof(command),
		       "dd if=/dev/urandom of=%s bs=1M count=12 conv=fsync "
		       "2>/dev/null",
		       part(&disk, 2));
	assert_int_not_equal(process_run(&process, NULL, NULL), 0);
	assert_false(stage_used(disk.stage, &used));
	/* An error, and no wait for ever. */
	fd = open(disk.stage->device, O_RDONLY | O_DIRECT | O_CLOEXEC);
	assert_true(fd < 0 || pread(fd, first, sizeof(first), 8 << 20) < 0);
	if (fd >= 0)
		(void)close(fd);
	if (stage_close(disk.stage, NULL, &err) < 0)
		fail_msg("%s", err->msg);
	all_gone(&disk, before);
}

static void what_a_cut_run_leaves_is_swept(void **state)
{
	char *directory = NULL;
	struct disk disk;
	uint8_t *before;

	(void)state;
	if (!copy_make(&disk, 512, 32 << 20))
		skip();
	before = image();
	disk_stage(&disk);
	make_ext4(part(&disk, 1));
	assert_int_equal(
		mount_open(part(&disk, 1), "ext4", false, &directory, NULL), 0);
	write_file(directory, "lost");
	/* Its process ended here. */
	stage_sweep();
	assert_int_not_equal(access(directory, F_OK), 0);
	free(directory);
	all_gone(&disk, before);
	/* And again, with nothing there. */
	stage_sweep();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_changes_nothing),
		cmocka_unit_test(a_copy_with_sectors_of_4096),
		cmocka_unit_test(a_full_copy_says_so),
		cmocka_unit_test(what_a_cut_run_leaves_is_swept),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
