/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools of another hypervisor, in trees of systemd, System V and upstart;
 * golden trees, not booted here. */
#include "guest/leftovers.h"
#include "guest_golden.h"

#define ETC	     "/etc/systemd/system/"
#define LIB	     "/usr/lib/systemd/system/"
#define MASKED(unit) "test \"$(readlink guest" ETC unit ")\" = /dev/null"

static void systemd(void **state)
{
	static const struct golden row[] = {
		{"/usr/lib/systemd/systemd", "x", "x"},
		{LIB "vmtoolsd.service", "unit\n", "unit\n"},
		{LIB "run-vmblock\\x2dfuse.mount", "unit\n", "unit\n"},
		{LIB "hypervkvpd.service", "unit\n", "unit\n"},
		{LIB "ssh.service", "unit\n", "unit\n"},
		{ETC "vmware-tools.service", "own\n", NULL},
		{ETC "vmware-tools.service.lander-bak", NULL, "own\n"},
		{"/etc/init.d/vboxadd", "#!/bin/sh\nstart\n",
		 "#!/bin/sh\nstart\n"},
		{LIB "waagent.service", "unit\n", "unit\n"},
		{"/usr/bin/qemu-ga", "x", "x"},
		{LIB "qemu-guest-agent.service",
		 "[Unit]\nBindsTo=x\n[Install]\nWantedBy=dev-v.device\n",
		 "[Unit]\nBindsTo=x\n[Install]\nWantedBy=dev-v.device\n"},
	};
	struct convert convert = {.root = "guest", .hypervisor = "kvm"};

	(void)state;
	golden_make(GOLDEN_ROWS(row));
	assert_int_equal(golden_twice(leftovers_convert, &convert), 0);
	assert_true(guest_is(MASKED("vmtoolsd.service")));
	assert_true(guest_is(MASKED("'run-vmblock\\x2dfuse.mount'")));
	assert_true(guest_is(MASKED("hypervkvpd.service")));
	assert_true(guest_is(MASKED("vmware-tools.service")));
	assert_true(guest_is(MASKED("vboxadd.service")));
	assert_false(guest_is("test -L guest" ETC "ssh.service"));
	assert_false(guest_is("test -L guest" ETC "waagent.service"));
	assert_true(golden_told(&convert, STEP_SKIPPED, "waagent"));
	assert_true(
		guest_is("test \"$(readlink guest" ETC
			 "dev-v.device.wants/qemu-guest-agent.service)\" = " LIB
			 "qemu-guest-agent.service"));
	assert_true(guest_is("rm guest" ETC "vmware-tools.service"));
	golden_check(GOLDEN_ROWS(row));
	steps_free(&convert.steps);
}

static void its_own_tools_stay(void **state)
{
	static const struct golden row[] = {
		{"/usr/lib/systemd/systemd", "x", "x"},
		{LIB "vmtoolsd.service", "unit\n", "unit\n"},
		{LIB "hypervkvpd.service", "unit\n", "unit\n"},
	};
	struct convert convert = {.root = "guest", .hypervisor = "microsoft"};
	struct convert unknown = {.root = "guest"};

	(void)state;
	golden_make(GOLDEN_ROWS(row));
	assert_int_equal(golden_twice(leftovers_convert, &unknown), 0);
	assert_false(guest_is("test -e guest/etc"));
	assert_int_equal(golden_twice(leftovers_convert, &convert), 0);
	assert_true(guest_is(MASKED("vmtoolsd.service")));
	assert_false(guest_is("test -L guest" ETC "hypervkvpd.service"));
	steps_free(&convert.steps);
	steps_free(&unknown.steps);
}

static void system_v(void **state)
{
	static const char script[] = "#!/bin/sh\n### BEGIN INIT INFO\n"
				     "# Provides: vmware-tools\n"
				     "### END INIT INFO\n"
				     "\n"
				     ". /etc/vmware-tools/x\n";
	static const struct golden row[] = {
		{"/etc/init.d/vmware-tools", script,
		 "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: vmware-tools\n"
		 "### END INIT INFO\n\n"
		 "exit 0 # lander: a tool of another hypervisor\n"
		 ". /etc/vmware-tools/x\n"},
		{"/etc/init.d/../vmware-tools.lander-bak", NULL, script},
		{"/etc/init.d/vmware-tools.lander-bak", NULL, NULL},
		{"/etc/init.d/xe-daemon", "#!/usr/bin/perl\nrun\n",
		 "#!/usr/bin/perl\nrun\n"},
		{"/etc/init/vmware-tools.conf", "exec x\n", NULL},
		{"/etc/init/vmware-tools.conf.lander-bak", NULL, "exec x\n"},
		{"/etc/init/hvc0.conf", "exec getty hvc0\n", NULL},
		{"/etc/inittab",
		 "id:2:initdefault:\n"
		 "1:2345:respawn:/sbin/getty 38400 tty1\n"
		 "hvc0:2345:respawn:/sbin/getty 38400 hvc0\n",
		 "id:2:initdefault:\n"
		 "1:2345:respawn:/sbin/getty 38400 tty1\n"
		 "#hvc0:2345:respawn:/sbin/getty 38400 hvc0\n"},
		{"/boot/grub/menu.lst",
		 "kernel /vmlinuz root=/dev/xvda1 console=hvc0\n",
		 "kernel /vmlinuz root=/dev/xvda1 console=hvc0\n"},
	};
	struct convert convert = {.root = "guest", .hypervisor = "kvm"};

	(void)state;
	golden_make(GOLDEN_ROWS(row));
	assert_true(guest_is("chmod 755 guest/etc/init.d/vmware-tools"));
	assert_int_equal(golden_twice(leftovers_convert, &convert), 0);
	golden_check(GOLDEN_ROWS(row));
	assert_true(guest_is("test -x guest/etc/init.d/vmware-tools"));
	assert_true(guest_is("sh guest/etc/init.d/vmware-tools"));
	assert_true(golden_told(&convert, STEP_FAILED, "xe-daemon"));
	assert_true(golden_told(&convert, STEP_SKIPPED, "console=hvc0"));
	steps_free(&convert.steps);
}

static void the_last_login_stays(void **state)
{
	static const struct golden row[] = {
		{"/etc/inittab",
		 "#1:2345:respawn:/sbin/getty 38400 tty1\n"
		 "co:2345:respawn:/sbin/agetty xvc0 9600 vt100-nav\n",
		 "#1:2345:respawn:/sbin/getty 38400 tty1\n"
		 "co:2345:respawn:/sbin/agetty tty1 9600 vt100-nav\n"},
	};
	struct convert convert = {.root = "guest", .hypervisor = "vmware"};

	(void)state;
	golden_make(GOLDEN_ROWS(row));
	assert_int_equal(golden_twice(leftovers_convert, &convert), 0);
	golden_check(GOLDEN_ROWS(row));
	steps_free(&convert.steps);
}

static void hostile(void **state)
{
	struct convert convert = {.root = "guest", .hypervisor = "kvm"};

	(void)state;
	guest_make("mkdir -p usr/lib/systemd/system etc/systemd/system usr/bin;"
		   "echo x >usr/lib/systemd/systemd;"
		   "echo x >usr/lib/systemd/system/vmtoolsd.service;"
		   "mkdir etc/systemd/system/vmtoolsd.service;"
		   "echo x >usr/lib/systemd/system/vboxadd.service;"
		   "ln -s ../../../../outside etc/systemd/system/vboxadd."
		   "service;"
		   "mkfifo etc/inittab; echo x >usr/bin/qemu-ga;"
		   "printf 'WantedBy=../../../x\\n' >"
		   "usr/lib/systemd/system/qemu-guest-agent.service");
	assert_int_equal(leftovers_convert(&convert, NULL), 0);
	guest_stayed_inside();
	assert_true(guest_is(MASKED("vboxadd.service")));
	assert_true(guest_is("test -p guest/etc/inittab"));
	assert_true(golden_told(&convert, STEP_FAILED, "/etc/inittab"));
	steps_free(&convert.steps);
}

static void scripts_that_are_none(void **state)
{
	struct convert convert = {.root = "guest", .hypervisor = "kvm"};

	(void)state;
	guest_make("mkdir -p etc/init.d;"
		   "printf '#!/bin/sh\\n\\0x' >etc/init.d/vboxadd;"
		   "ln -s vmware-tools etc/init.d/vmware-tools;"
		   ": >etc/init.d/vboxservice;"
		   "printf '#!/bin/sh' >etc/init.d/prltoolsd");
	assert_int_equal(leftovers_convert(&convert, NULL), 0);
	assert_int_equal(golden_count(&convert, STEP_FAILED), 2);
	assert_true(guest_is("test \"$(wc -c <guest/etc/init.d/vboxadd)\" = "
			     "12"));
	assert_true(guest_is("test \"$(sed -n 2p guest/etc/init.d/prltoolsd |"
			     "cut -c1-6)\" = 'exit 0'"));
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systemd),
		cmocka_unit_test(its_own_tools_stay),
		cmocka_unit_test(system_v),
		cmocka_unit_test(the_last_login_stays),
		cmocka_unit_test(hostile),
		cmocka_unit_test(scripts_that_are_none),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
