/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a file lies in its file system, whatever is mounted where. */
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/error.h"
#include "disk/origin.h"
#include "disk_scratch.h"

static char here[512];

static void is(const char *path, const char *device, const char *want)
{
	struct origin origin = {0};
	struct error *error = NULL;
	char whole[600];

	(void)snprintf(whole, sizeof(whole), "%s%s", here, path);
	if (origin_find(whole, &origin, &error) < 0)
		fail_msg("%s: %s", path, error->msg);
	assert_string_equal(origin.device, device);
	assert_string_equal(origin.path, want);
	origin_done(&origin);
}

static void through_mounts(void **state)
{
	const char *argv[] = {"mkfs.ext4", "-q", "disk", NULL};
	struct error *error = NULL;
	struct origin origin = {0};
	char path[600];
	char device[64];

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	scratch_file("disk", (uint64_t)8 << 20);
	assert_true(scratch_run(NULL, argv));
	if (!scratch_loop("disk", 512, device, sizeof(device)))
		skip();
	assert_int_equal(mkdir("a mount", 0700), 0);
	assert_int_equal(mkdir("bound", 0700), 0);
	assert_int_equal(mount(device, "a mount", "ext4", 0, NULL), 0);
	assert_int_equal(mkdir("a mount/@", 0700), 0);
	assert_int_equal(mkdir("a mount/@/boot", 0700), 0);
	is("/a mount", device, "/");
	is("/a mount/@/boot", device, "/@/boot");
	/* As a subvolume is: the top of the mount is not that of the disk. */
	assert_int_equal(mount("a mount/@", "bound", NULL, MS_BIND, NULL), 0);
	is("/bound", device, "/@");
	is("/bound/boot", device, "/@/boot");
	/* On top of it, what is no disk. */
	assert_int_equal(mount("x", "bound/boot", "tmpfs", 0, NULL), 0);
	(void)snprintf(path, sizeof(path), "%s/bound/boot/efi", here);
	assert_true(origin_find(path, &origin, &error) < 0);
	assert_int_equal(error->kind, ERROR_CONVERT);
	error_free(error);
	is("/bound/bootx", device, "/@/bootx");
	assert_int_equal(umount("bound/boot"), 0);
	assert_int_equal(umount("bound"), 0);
	assert_int_equal(umount("a mount"), 0);
	scratch_unloop(device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_mounts),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
