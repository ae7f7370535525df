/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disks of this machine, the one that is meant by a name, and why one must
 * not be written to.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "disk/blockdev.h"
#include "disk/claim.h"
#include "disk_scratch.h"

#define MIB ((uint64_t)1 << 20)

static void the_list_is_sound(void **state)
{
	static const char *const never[] = {"loop", "ram", "zram", "dm-", "sr"};
	struct blockdevs list = {0};

	(void)state;
	assert_int_equal(blockdev_list(&list, NULL), 0);
	for (size_t i = 0; i < list.count; i++) {
		const struct blockdev *disk = &list.disk[i];

		assert_true(disk->is_block);
		assert_true(disk->size > 0);
		assert_true(disk->logical_block >= 512);
		assert_non_null(disk->bus);
		assert_ptr_equal(blockdev_find(&list, disk->name), disk);
		assert_ptr_equal(blockdev_find(&list, disk->path), disk);
		for (size_t n = 0; n < sizeof(never) / sizeof(*never); n++)
			assert_int_not_equal(
				strncmp(disk->name, never[n], strlen(never[n])),
				0);
	}
	blockdev_free_list(&list);
	assert_int_equal(list.count, 0);
}

/* Whatever the root of this machine lies on is taken. */
static void the_disk_of_the_root_is_busy(void **state)
{
	struct blockdevs list = {0};
	struct stat st;
	char link[64];
	char real[PATH_MAX];
	bool known = false;

	(void)state;
	assert_int_equal(stat("/", &st), 0);
	(void)snprintf(link, sizeof(link), "/sys/dev/block/%u:%u",
		       major(st.st_dev), minor(st.st_dev));
	if (!realpath(link, real)) {
		print_message("the root is not on a disk here\n");
		skip();
	}
	assert_int_equal(blockdev_list(&list, NULL), 0);
	for (size_t i = 0; i < list.count; i++) {
		char part[300];

		(void)snprintf(part, sizeof(part), "/%s", list.disk[i].name);
		if (!strstr(real, part))
			continue;
		known = true;
		assert_non_null(list.disk[i].busy);
	}
	blockdev_free_list(&list);
	if (!known)
		skip();
}

static void names_find_one_disk(void **state)
{
	struct blockdev disk[] = {
		{.name = (char *)"sda",
		 .path = (char *)"/dev/sda",
		 .serial = (char *)"S1",
		 .wwn = (char *)"naa.5000"},
		{.name = (char *)"sdb",
		 .path = (char *)"/dev/sdb",
		 .serial = (char *)"SAME"},
		{.name = (char *)"sdc",
		 .path = (char *)"/dev/sdc",
		 .serial = (char *)"SAME"},
		{.name = (char *)"null", .path = (char *)"/dev/null"},
	};
	const struct blockdevs list = {disk, 4};

	(void)state;
	assert_ptr_equal(blockdev_find(&list, "sdb"), &disk[1]);
	assert_ptr_equal(blockdev_find(&list, "/dev/sdc"), &disk[2]);
	assert_ptr_equal(blockdev_find(&list, "S1"), &disk[0]);
	assert_ptr_equal(blockdev_find(&list, "naa.5000"), &disk[0]);
	assert_null(blockdev_find(&list, "SAME"));
	assert_null(blockdev_find(&list, "sdd"));
	assert_null(blockdev_find(&list, ""));
	/* A link stands for its target. */
	assert_int_equal(symlink("/dev/null", "by-id"), 0);
	{
		char path[128];

		(void)snprintf(path, sizeof(path), "%s/by-id", scratch);
		assert_ptr_equal(blockdev_find(&list, path), &disk[3]);
	}
}

static void a_file_is_a_disk_too(void **state)
{
	struct blockdev disk = {0};
	struct blockdev copy = {0};
	char path[128];

	(void)state;
	scratch_file("disk.img", 5 * MIB);
	(void)snprintf(path, sizeof(path), "%s/disk.img", scratch);
	assert_int_equal(blockdev_probe(path, &disk, NULL), 0);
	assert_false(disk.is_block);
	assert_string_equal(disk.name, "disk.img");
	assert_string_equal(disk.path, path);
	assert_string_equal(disk.bus, "file");
	assert_int_equal(disk.size, 5 * MIB);
	assert_int_equal(disk.logical_block, 512);
	assert_null(disk.busy);
	assert_int_equal(blockdev_copy(&disk, &copy, NULL), 0);
	assert_string_equal(copy.path, disk.path);
	assert_ptr_not_equal(copy.path, disk.path);
	assert_null(copy.serial);
	blockdev_done(&disk);
	blockdev_done(&copy);
}

static void what_is_no_disk_is_refused(void **state)
{
	struct blockdev disk = {0};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(blockdev_probe("/not/there", &disk, &err), -ENOENT);
	assert_int_equal(err->kind, ERROR_CONFIG);
	error_clear(&err);
	assert_int_equal(blockdev_probe("/dev/null", &disk, &err), -ENOTBLK);
	assert_int_equal(err->kind, ERROR_CONFIG);
	error_clear(&err);
	assert_int_equal(blockdev_probe("/tmp", &disk, &err), -ENOTBLK);
	error_clear(&err);
}

/* Why the loop device over "disk" is busy; NULL when it is free. */
static char *busy_of(const char *device)
{
	struct blockdev disk = {0};
	char *busy;

	assert_int_equal(blockdev_probe(device, &disk, NULL), 0);
	busy = disk.busy;
	disk.busy = NULL;
	blockdev_done(&disk);
	return busy;
}

static bool loop_with(const char *const *mkfs, char *device, size_t room)
{
	scratch_file("disk", 32 * MIB);
	assert_true(scratch_run(NULL, mkfs));
	return scratch_loop("disk", 512, device, room);
}

static void labels_of_ours_are_seen(void **state)
{
	static const char *const live[] = {"mkfs.ext4",	  "-qF",  "-L",
					   "LANDER_LIVE", "disk", NULL};
	static const char *const job[] = {"mkfs.vfat", "-n", "LANDER", "disk",
					  NULL};
	static const char *const other[] = {"mkfs.ext4", "-qF",	 "-L",
					    "LANDERS",	 "disk", NULL};
	char device[32];
	char *busy;

	(void)state;
	if (!loop_with(live, device, sizeof(device)))
		skip();
	busy = busy_of(device);
	scratch_unloop(device);
	assert_string_equal(busy, "the live medium");
	free(busy);
	if (!loop_with(job, device, sizeof(device)))
		skip();
	busy = busy_of(device);
	scratch_unloop(device);
	assert_string_equal(busy, "the configuration volume");
	free(busy);
	if (!loop_with(other, device, sizeof(device)))
		skip();
	busy = busy_of(device);
	scratch_unloop(device);
	assert_null(busy);
}

static void a_mounted_disk_is_busy(void **state)
{
	static const char *const mkfs[] = {"mkfs.ext4", "-qF", "disk", NULL};
	char expected[160];
	char device[32];
	char place[128];
	char *busy;
	char *user = NULL;
	int mounted;

	(void)state;
	if (!loop_with(mkfs, device, sizeof(device)))
		skip();
	(void)snprintf(place, sizeof(place), "%s/here", scratch);
	(void)snprintf(expected, sizeof(expected), "mounted at %s", place);
	assert_int_equal(mkdir(place, 0700), 0);
	mounted = mount(device, place, "ext4", MS_RDONLY, "");
	if (mounted < 0) {
		print_message("no mount of ext4 here\n");
		scratch_unloop(device);
		skip();
	}
	busy = busy_of(device);
	assert_int_equal(claim_user(device, &user, NULL), 0);
	assert_int_equal(umount(place), 0);
	assert_string_equal(busy, expected);
	assert_string_equal(user, expected);
	free(busy);
	free(user);
	busy = busy_of(device);
	scratch_unloop(device);
	assert_null(busy);
}

static void who_has_it_open_is_named(void **state)
{
	char device[32];
	char expected[64];
	char *user = NULL;
	int fd;

	(void)state;
	scratch_file("disk", MIB);
	if (!scratch_loop("disk", 512, device, sizeof(device)))
		skip();
	assert_int_equal(claim_user(device, &user, NULL), 0);
	assert_null(user);
	fd = open(device, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(claim_user(device, &user, NULL), 0);
	assert_int_equal(close(fd), 0);
	scratch_unloop(device);
	(void)snprintf(expected, sizeof(expected), "open in process %d (",
		       (int)getpid());
	assert_non_null(user);
	assert_non_null(strstr(user, expected));
	free(user);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_sound),
		cmocka_unit_test(the_disk_of_the_root_is_busy),
		cmocka_unit_test(names_find_one_disk),
		cmocka_unit_test(a_file_is_a_disk_too),
		cmocka_unit_test(what_is_no_disk_is_refused),
		cmocka_unit_test(labels_of_ours_are_seen),
		cmocka_unit_test(a_mounted_disk_is_busy),
		cmocka_unit_test(who_has_it_open_is_named),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
