/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does an initramfs get this machine to its root?  With a real kernel's modules
 * and initramfs files that other programs packed. */
#include <sys/mman.h>

#include <fcntl.h>
#include <unistd.h>

#include "disk/volume.h"
#include "guest/bootcheck.h"
#include "guest/bootcheck_initramfs.h"
#include "guest/entry.h"
#include "inject_case.h"

static char *text;

static int open_one(const char *pattern)
{
	const char *argv[] = {"sh", "-ec", "ls $0", pattern, NULL};
	const struct process process = {.argv = argv};
	char *path = NULL;
	int fd;

	assert_int_equal(process_run(&process, &path, NULL), 0);
	path[strcspn(path, "\n")] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	assert_true(fd >= 0);
	return fd;
}

/* What the check says about a file of the guest as its initramfs. */
static int look_at(const struct convert *convert, const char *initramfs)
{
	struct entry entry = {.kernel_fd = open_one("guest/boot/vmlinuz-*"),
			      .initrd_fd = open_one(initramfs)};
	int r;

	free(text);
	text = NULL;
	r = bootcheck_initramfs_look(convert, &entry, &text);
	print_message("  %d: %s\n", r, text ? text : "nothing");
	entry_done(&entry);
	return r;
}

static int look(const struct convert *convert)
{
	return look_at(convert, "guest/boot/initrd.img-*");
}

static void before_and_after(void **state)
{
	struct volume root = {.device = (char *)(uintptr_t)"/dev/nothing",
			      .fs = (char *)(uintptr_t)"ext4"};
	struct convert convert = {.root = "guest",
				  .modalias = (char **)(uintptr_t)virtio,
				  .root_volume = &root};

	(void)state;
	make_guest("zstd -q -3 <base.cpio");
	assert_int_equal(look(&convert), BOOTCHECK_NO_DISK);
	assert_non_null(strstr(text, "virtio_blk"));
	assert_non_null(strstr(text, "kernel 6."));
	assert_int_equal(inject(&convert), 0);
	steps_free(&convert.steps);
	assert_int_equal(look(&convert), 0);
	assert_non_null(strstr(text, "ext4"));
	/* Another machine: what was appended for this one does not do. */
	convert.modalias = (char **)(uintptr_t)all;
	assert_int_equal(look(&convert), BOOTCHECK_NO_DISK);
	convert.modalias = (char **)(uintptr_t)virtio;
	convert.scsi = true;
	assert_int_equal(look(&convert), BOOTCHECK_NO_DISK);
	assert_non_null(strstr(text, "sd_mod"));
	convert.scsi = false;
	root.fs = (char *)(uintptr_t)"xfs";
	assert_int_equal(look(&convert), 1);
	assert_non_null(strstr(text, "xfs"));
}

/* Built into the kernel is as good. */
static void built_in(void **state)
{
	struct convert convert = {.root = "guest",
				  .modalias = (char **)(uintptr_t)virtio};

	(void)state;
	make_guest("cat base.cpio");
	assert_int_equal(look(&convert), BOOTCHECK_NO_DISK);
	assert_true(guest_is(
		"cd guest/usr/lib/modules/*; rm -f modules.builtin; "
		"sed -i '/virtio_blk/d' modules.dep; "
		"cat /usr/lib/modules/*/modules.builtin >modules.builtin; "
		"echo kernel/drivers/block/virtio_blk.ko >>modules.builtin"));
	assert_int_equal(look(&convert), 0);
}

/* Nothing that lander could append: refused, by kernel and driver. */
static void no_such_driver(void **state)
{
	struct convert convert = {.root = "guest",
				  .modalias = (char **)(uintptr_t)virtio};

	(void)state;
	make_guest("gzip -c base.cpio");
	assert_true(guest_is("cd guest/usr/lib/modules/*; for i in dep alias; "
			     "do grep -v virtio_blk modules.$i >x; "
			     "mv x modules.$i; done"));
	assert_int_equal(look(&convert), BOOTCHECK_NO_DISK);
	assert_non_null(strstr(text, "kernel 6."));
	assert_non_null(strstr(text, "no driver virtio_blk"));
}

/* What can't be read is not judged. */
static void not_judged(void **state)
{
	struct convert convert = {.root = "guest",
				  .modalias = (char **)(uintptr_t)virtio};

	(void)state;
	make_guest("cat base.cpio");
	assert_true(guest_is("cp guest/boot/initrd.img-* guest/boot/other"));
	assert_int_equal(look_at(&convert, "guest/boot/other"), -ENOENT);
	assert_true(guest_is("echo 'no archive' >guest/boot/x; "
			     "mv guest/boot/x guest/boot/initrd.img-*"));
	assert_true(look(&convert) < 0);
	assert_non_null(text);
	make_guest("cat base.cpio");
	assert_true(guest_is("rm -r guest/usr/lib/modules"));
	assert_true(look(&convert) < 0);
}

/* Microcode and the initramfs, as GRUB's loader hands them on: one file. */
static void two_in_one(void **state)
{
	struct convert convert = {.root = "guest",
				  .modalias = (char **)(uintptr_t)virtio};
	struct entry entry = {.kernel_fd = -1};

	(void)state;
	make_guest("cat base.cpio");
	entry.kernel_fd = open_one("guest/boot/vmlinuz-*");
	entry.initrd_fd = memfd_create("initrd", MFD_CLOEXEC);
	assert_true(entry.initrd_fd >= 0);
	free(text);
	assert_int_equal(bootcheck_initramfs_look(&convert, &entry, &text),
			 BOOTCHECK_NO_DISK);
	assert_non_null(strstr(text, "virtio_blk"));
	entry_done(&entry);
}

static int done(void **state)
{
	(void)state;
	free(text);
	return scratch_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_and_after),
		cmocka_unit_test(built_in),
		cmocka_unit_test(no_such_driver),
		cmocka_unit_test(not_judged),
		cmocka_unit_test(two_in_one),
	};

	return cmocka_run_group_tests(tests, scratch_open, done);
}
