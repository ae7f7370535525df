/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's own tool makes its initramfs, in a chroot that leaves nothing. */
#include "inject_case.h"

/* The guest's own tool, in its own root: a script of a few words here.  It
 * sees what such a tool needs, and nothing of it stays. */
static void made_anew(void **state)
{
	struct convert convert = {.modalias = (char **)(uintptr_t)virtio,
				  .rebuild = true};

	(void)state;
	make_guest("zstd -qc base.cpio");
	assert_true(guest_is(
		"cd guest; mkdir -p usr/bin usr/sbin usr/lib64 dev proc sys "
		"run\n"
		"touch run/mine; echo keep >usr/sbin/policy-rc.d\n"
		"ln -s usr/bin bin; ln -s usr/sbin sbin; ln -s usr/lib64 "
		"lib64\n"
		"for p in /bin/sh /bin/cp; do cp -L $p usr/bin/; "
		"ldd $p | grep -o '/lib[^ ]*' | while read -r l; do "
		"mkdir -p ./$(dirname $l); cp -L $l ./$l; done; done\n"
		"cat >usr/sbin/update-initramfs <<'E'\n"
		"#!/bin/sh -e\n"
		"test \"$1$2\" = -u-k; test -c /dev/null; test -r "
		"/proc/1/stat\n"
		"test -d /sys/devices; test ! -e /run/mine; test -z "
		"\"$SHLVL_X\"\n"
		"test -x /usr/sbin/policy-rc.d; echo words; echo last words\n"
		"test ! -e /fail || exit 3\n"
		"cp /made /boot/initrd.img-$3\n"
		"E\n"
		"chmod +x usr/sbin/update-initramfs\n"
		"cd ../base; v=$(ls usr/lib/modules)\n"
		"cp ../modules/$v/kernel/drivers/block/virtio_blk.ko.xz "
		"usr/lib/modules/$v/\n"
		"find . | cpio -o -H newc --quiet | zstd -qc >../guest/made"));
	assert_int_equal(inject(&convert), 0);
	assert_int_equal(convert.steps.step[0].outcome, STEP_DONE);
	assert_non_null(strstr(convert.steps.step[0].text, "anew"));
	assert_true(
		guest_is("cmp guest/made guest/boot/initrd.img-*; "
			 "test \"$(cat guest/usr/sbin/policy-rc.d)\" = keep; "
			 "test \"$(ls -A guest/run)\" = mine; "
			 "test -z \"$(ls -A guest/proc guest/sys guest/dev "
			 "| grep -v :)\"; ! grep guest /proc/mounts"));
	/* It fails: its last words. */
	assert_true(guest_is("touch guest/fail"));
	assert_true(inject(&convert) < 0);
	assert_non_null(strstr(convert.steps.step[0].text, "last words"));
	/* By itself, where an append is refused. */
	assert_true(guest_is("rm guest/fail; for i in guest/boot/initrd*; do "
			     "printf junk >$i; done"));
	convert.rebuild = false;
	assert_int_equal(inject(&convert), 0);
	assert_non_null(strstr(convert.steps.step[0].text, "unknown way"));
	/* It makes one without the driver. */
	assert_true(guest_is("zstd -qc base.cpio >guest/made"));
	convert.rebuild = true;
	assert_true(inject(&convert) < 0);
	assert_non_null(strstr(convert.steps.step[0].text, "without virtio"));
	/* A loader that checks signatures. */
	convert.rebuild = false;
	assert_true(guest_is("for i in guest/boot/initrd*; do touch $i.sig; "
			     "done"));
	assert_int_equal(inject(&convert), -EPERM);
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_anew),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
