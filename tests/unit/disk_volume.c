/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mounting one file system, loop devices under it, and the refusals.  LVM and
 * whole disks are in disk_stage.c.
 */
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/loop.h"
#include "disk/mount.h"
#include "disk/volume.h"
#include "disk_open.h"

#define MIB	((uint64_t)1 << 20)
#define FS_SIZE (320 * MIB)

static bool attach(uint32_t block, char **ret_device)
{
	struct error *err = NULL;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/disk", scratch);
	if (loop_attach(path, block, false, ret_device, &err) == 0)
		return true;
	print_message("%s\n", err->msg);
	error_free(err);
	return false;
}

static bool attach_ext4(char **ret_device)
{
	const char *argv[] = {"mkfs.ext4", "-qF", "disk", NULL};

	scratch_file("disk", 32 * MIB);
	assert_true(scratch_run(NULL, argv));
	return attach(512, ret_device);
}

static void loops_come_and_go(void **state)
{
	char path[128];
	char *device = NULL;
	char *found = NULL;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/disk", scratch);
	scratch_file("disk", 4096);
	if (!attach(4096, &device))
		skip();
	assert_int_equal(loop_find(path, &found, NULL), 0);
	assert_string_equal(found, device);
	free(found);
	scratch_put(device, "bytes", 5, 0);
	assert_int_equal(loop_detach(device, io_seconds() + 5, NULL), 0);
	assert_int_equal(loop_find(path, &found, NULL), 1);
	{
		char bytes[5];

		scratch_get("disk", bytes, 5, 0);
		assert_memory_equal(bytes, "bytes", 5);
	}
	free(device);
}

static void a_missing_file_is_told(void **state)
{
	struct error *err = NULL;
	char *device = NULL;

	(void)state;
	assert_int_equal(loop_attach("/not/there", 512, false, &device, &err),
			 -ENOENT);
	assert_non_null(strstr(err->msg, "/not/there"));
	error_free(err);
}

static void a_mounted_loop_is_not_detached(void **state)
{
	struct error *err = NULL;
	char *directory = NULL;
	char *device = NULL;
	int mounted;
	int busy;

	(void)state;
	if (!attach_ext4(&device))
		skip();
	mounted = mount_open(device, "ext4", false, &directory, &err);
	if (mounted < 0) {
		print_message("%s\n", err->msg);
		error_clear(&err);
		assert_int_equal(loop_detach(device, 0, NULL), 0);
		free(device);
		skip();
	}
	busy = loop_detach(device, 0, &err);
	assert_non_null(strstr(directory, "/run/lander/mount/"));
	assert_non_null(strstr(err->msg, directory));
	error_clear(&err);
	assert_int_equal(mount_close(directory, NULL), 0);
	assert_int_equal(loop_detach(device, io_seconds() + 5, NULL), 0);
	assert_int_equal(busy, -EBUSY);
	free(device);
}

static void read_only_is_read_only(void **state)
{
	struct statvfs vfs = {0};
	char *directory = NULL;
	char *device = NULL;
	char *gone;
	int r;

	(void)state;
	if (!attach_ext4(&device))
		skip();
	r = mount_open(device, "ext4", true, &directory, NULL);
	if (r == 0) {
		assert_int_equal(statvfs(directory, &vfs), 0);
		gone = strdup(directory);
		assert_int_equal(mount_close(directory, NULL), 0);
		assert_int_not_equal(access(gone, F_OK), 0);
		free(gone);
	}
	assert_int_equal(loop_detach(device, io_seconds() + 5, NULL), 0);
	free(device);
	if (r < 0)
		skip();
	assert_true(vfs.f_flag & ST_RDONLY);
}

/* Walks the data of one file, its holes left out, which are most of it: copied
 * to the other file, or compared with what that has there. */
static void walk_data(const char *from, const char *to, bool compare)
{
	static char block[MIB];
	static char other[MIB];
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	off_t at = 0;

	assert_true(fd >= 0);
	while ((at = lseek(fd, at, SEEK_DATA)) >= 0) {
		off_t end = lseek(fd, at, SEEK_HOLE);
		size_t length =
			end - at < (off_t)MIB ? (size_t)(end - at) : MIB;

		scratch_get(from, block, length, (uint64_t)at);
		if (compare) {
			scratch_get(to, other, length, (uint64_t)at);
			assert_memory_equal(block, other, length);
		} else {
			scratch_put(to, block, length, (uint64_t)at);
		}
		at += (off_t)length;
	}
	assert_int_equal(close(fd), 0);
}

static void copy_disk(const char *from, const char *to)
{
	scratch_file(to, FS_SIZE);
	walk_data(from, to, false);
}

/* A file system that was cut off while it was written to: looking at it
 * read-only must change none of its bytes.  False when this machine can't. */
static bool looking_changes_nothing(const char *fs, const char *mkfs)
{
	char command[128];
	const char *const make[] = {"sh", "-c", command, NULL};
	struct error *err = NULL;
	char *directory = NULL;
	char *device = NULL;
	char path[128];

	scratch_file("disk", FS_SIZE);
	(void)snprintf(command, sizeof(command), "%s disk >/dev/null", mkfs);
	if (!scratch_run(NULL, make) || !attach(512, &device))
		return false;
	if (mount_open(device, fs, false, &directory, &err) < 0) {
		print_message("%s\n", err->msg);
		error_free(err);
		assert_int_equal(loop_detach(device, 0, NULL), 0);
		free(device);
		return false;
	}
	(void)snprintf(path, sizeof(path), "%s/file", directory);
	assert_int_equal(io_replace_file(path, "text", 4, NULL), 0);
	sync();
	copy_disk("disk", "cut-off");
	assert_int_equal(mount_close(directory, NULL), 0);
	assert_int_equal(loop_detach(device, io_seconds() + 5, NULL), 0);
	free(device);

	copy_disk("cut-off", "disk");
	assert_true(attach(512, &device));
	if (mount_open(device, fs, true, &directory, &err) < 0)
		fail_msg("%s", err->msg);
	assert_int_equal(mount_close(directory, NULL), 0);
	assert_int_equal(loop_detach(device, io_seconds() + 5, NULL), 0);
	free(device);
	walk_data("cut-off", "disk", true);
	walk_data("disk", "cut-off", true);
	return true;
}

static void looking_at_a_file_system_changes_nothing(void **state)
{
	static const char *const kind[][2] = {
		{"ext4", "mkfs.ext4 -qF"},
		{"ext3", "mkfs.ext4 -qF -t ext3"},
		{"ext2", "mkfs.ext4 -qF -t ext2"},
		{"xfs", "mkfs.xfs -qf"},
		{"btrfs", "mkfs.btrfs -qf"},
		{"vfat", "mkfs.vfat"},
		{"ntfs", "mkntfs -qfF"},
	};
	size_t looked = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(kind) / sizeof(*kind); i++)
		if (looking_changes_nothing(kind[i][0], kind[i][1]))
			looked++;
		else
			print_message("not looked at: %s\n", kind[i][0]);
	if (!looked)
		skip();
}

static void unknown_and_wrong_file_systems_are_refused(void **state)
{
	struct error *err = NULL;
	char *directory = NULL;
	char *device = NULL;

	(void)state;
	assert_int_equal(
		mount_open("/dev/null", "crypto_LUKS", true, &directory, &err),
		-EOPNOTSUPP);
	assert_int_equal(err->kind, ERROR_CONVERT);
	error_clear(&err);
	assert_null(directory);
	assert_int_equal(mount_close(NULL, NULL), 0);
	scratch_file("disk", 4 * MIB);
	if (!attach(512, &device))
		skip();
	assert_true(mount_open(device, "ext4", true, &directory, &err) < 0);
	assert_non_null(strstr(err->msg, device));
	error_clear(&err);
	assert_null(directory);
	assert_int_equal(loop_detach(device, io_seconds() + 5, NULL), 0);
	free(device);
}

static void a_disk_without_tables_has_its_own_file_system(void **state)
{
	struct volumes volumes = {0};
	char *device = NULL;

	(void)state;
	if (!attach_ext4(&device))
		skip();
	assert_int_equal(open_one(device, &volumes, NULL), 0);
	assert_int_equal(volumes.count, 1);
	assert_string_equal(volumes.volume[0].device, device);
	assert_string_equal(volumes.volume[0].fs, "ext4");
	assert_int_equal(volumes.mades, 0);
	assert_int_equal(volume_close(&volumes, NULL), 0);
	assert_int_equal(loop_detach(device, io_seconds() + 5, NULL), 0);
	free(device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loops_come_and_go),
		cmocka_unit_test(a_missing_file_is_told),
		cmocka_unit_test(a_mounted_loop_is_not_detached),
		cmocka_unit_test(read_only_is_read_only),
		cmocka_unit_test(looking_at_a_file_system_changes_nothing),
		cmocka_unit_test(unknown_and_wrong_file_systems_are_refused),
		cmocka_unit_test(a_disk_without_tables_has_its_own_file_system),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
