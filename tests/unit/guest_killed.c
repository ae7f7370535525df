/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole conversion, with the guest's own tool and scripts of the job, killed
 * at moments spread over all of it: nothing of it is left running or mounted,
 * and the next start makes of the tree what one start would have made. */
#include <sys/wait.h>

#include <signal.h>
#include <time.h>

#include "guest/script.h"
#include "guest_golden.h"
#include "guest_system.h"
#include "inject_case.h"

#define MOMENTS 10
#define UUID	"11111111-2222-3333-4444-5555555500aa"

/* What is done to it: names, an old tool, the initramfs, scripts, labels. */
static const char more[] =
	"cd guest\n" SYSTEM
	"mkdir -p etc/systemd/system boot/grub usr/lib/systemd/system "
	"etc/selinux\n"
	"touch usr/lib/systemd/systemd usr/sbin/invoke-rc.d\n"
	"echo '/dev/sda1 / ext4 defaults 0 1' >etc/fstab\n"
	"echo 'linux /boot/vmlinuz-x root=/dev/sda1 ro' >boot/grub/grub.cfg\n"
	"echo '[Service]' >usr/lib/systemd/system/open-vm-tools.service\n"
	"echo SELINUX=enforcing >etc/selinux/config\n"
	"cat >usr/sbin/update-initramfs <<'E'\n"
	"#!/bin/sh -e\n"
	"echo x >\"$TMPDIR/x\"; sleep 0.1\n"
	"cp /made /boot/initrd.img-$3.new\n"
	"sleep 0.1\n"
	"mv /boot/initrd.img-$3.new /boot/initrd.img-$3\n"
	"E\n"
	"chmod +x usr/sbin/update-initramfs\n"
	"cd ../base; v=$(ls usr/lib/modules)\n"
	"cp ../modules/$v/kernel/drivers/block/virtio_blk.ko.xz "
	"usr/lib/modules/$v/\n"
	"find . | cpio -o -H newc --quiet | zstd -qc >../guest/made\n"
	"cd ..; rm -rf pristine; cp -a guest pristine\n";

static const struct script scripts[] = {
	{SCRIPT_POST, "/bin/sh", "sleep 0.1; echo 1 >/etc/post1; sync", "a:1"},
	{SCRIPT_FIRSTBOOT, "/bin/sh", "true", "a:4"},
	{SCRIPT_POST, "/bin/sh",
	 "setsid sleep 60 & touch /etc/post2; sleep 0.1", "a:8"},
};

/* In a process of its own, which is killed after this time (0: never). */
static void convert_for(double seconds)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct volume volume =
			golden_volume("/dev/loop0p1", "ext4", UUID, "p-1", 1);
		const struct volumes volumes = {.volume = &volume, .count = 1};
		struct convert convert = {.root = "guest",
					  .volumes = &volumes,
					  .root_volume = &volume,
					  .disks = 1,
					  .modalias =
						  (char **)(uintptr_t)virtio,
					  .hypervisor = "kvm",
					  .rebuild = true,
					  .script = scripts,
					  .scripts = 3};
		struct error *error = NULL;
		int r = convert_run(&convert, &error);

		if (r < 0)
			print_message("  %s\n", error->msg);
		_exit(r < 0);
	}
	assert_true(pid > 0);
	if (seconds > 0) {
		struct timespec wait = {
			.tv_sec = (time_t)seconds,
			.tv_nsec = (long)((seconds - (double)(time_t)seconds) *
					  1e9)};

		(void)nanosleep(&wait, NULL);
		(void)kill(pid, SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (seconds == 0)
		assert_int_equal(status, 0);
	assert_true(system_is_left_alone());
	guest_stayed_inside();
}

static void the_next_start_makes_it_whole(void **state)
{
	double began;
	double whole;
	char *expected;

	(void)state;
	make_guest("zstd -qc base.cpio");
	assert_true(guest_is(more));
	began = io_seconds();
	convert_for(0);
	whole = io_seconds() - began;
	expected = system_state();
	assert_true(guest_is(
		"grep -q " UUID " guest/etc/fstab; test -e guest/etc/post2; "
		"cmp guest/made guest/boot/initrd.img-*-amd64; "
		"test -e guest/var/lib/lander/firstboot/run; "
		"test -e guest/.autorelabel; "
		"test -L guest/etc/systemd/system/open-vm-tools.service; "
		"test ! -e guest/usr/sbin/policy-rc.d; "
		"test ! -e guest/etc/resolv.conf; "
		"test -z \"$(ls -A guest/var/tmp)\"; "
		"test -z \"$(find guest -name '*.lander.new')\""));
	for (int i = 0; i < MOMENTS; i++) {
		char *after;

		assert_true(guest_is("rm -rf guest; cp -a pristine guest"));
		convert_for(whole * (i + 0.5) / MOMENTS);
		convert_for(0);
		after = system_state();
		assert_string_equal(expected, after);
		free(after);
	}
	free(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_start_makes_it_whole),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
