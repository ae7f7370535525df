/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the kernel's own kind on NICs in another order: the unit, and its
 * script on a made-up /sys/class/net whose "ip" renames as Linux does: it fails
 * when the name is taken. */
#include "guest_nics.h"

#define SYSTEMD                                                  \
	"mkdir -p usr/lib/systemd; : >usr/lib/systemd/systemd\n" \
	": >usr/lib/systemd/libsystemd-shared-252.so\n"          \
	"mkdir -p usr/lib/udev/rules.d\n"                        \
	"echo net_setup_link >usr/lib/udev/rules.d/80-net-setup-link.rules\n"

#define MAC0 "52:54:00:00:00:01"
#define MAC1 "52:54:00:00:00:02"
#define MAC2 "52:54:00:00:00:03"

static const struct convert_nic nic[] = {
	{MAC0, "virtio_net"}, {MAC1, "virtio_net"}, {MAC2, "e1000"}};

#define SCRIPT "guest/etc/systemd/lander-net-names"
#define WANTED                                      \
	"/etc/systemd/system/sysinit.target.wants/" \
	"lander-net-names.service"

static void put_interfaces(void)
{
	nics_put("/etc/network/interfaces",
		 "iface eth0 inet dhcp\niface eth1 inet dhcp\n");
}

/* /sys/class/net as the kernel makes it, then the script, twice. */
static void boot(const char *names)
{
	char *line = NULL;

	assert_true(
		asprintf(&line,
			 "rm -rf net bin; mkdir bin\n"
			 "i=1; for n in %s; do mkdir -p net/$n/device\n"
			 "echo 52:54:00:00:00:0$i >net/$n/address\n"
			 "i=$((i+1)); done; mkdir net/lo net/eth0.5\n"
			 "echo 00:00:00:00:00:00 >net/lo/address\n"
			 "echo " MAC1 " >net/eth0.5/address\n"
			 "printf '#!/bin/sh\\n"
			 "test ! -e net/$6 && mv net/$4 net/$6\\n' >bin/ip\n"
			 "printf '#!/bin/sh\\n' >bin/udevadm\n"
			 "chmod +x bin/*\n"
			 "PATH=$PWD/bin:$PATH sh -e " SCRIPT " net\n"
			 "PATH=$PWD/bin:$PATH sh -e " SCRIPT " net\n",
			 names) > 0);
	assert_true(guest_is(line));
	free(line);
}

static void two_in_a_circle(void **state)
{
	static const char *const words[] = {"eth0=" MAC1, "eth1=" MAC0, NULL};

	(void)state;
	nics_make(SYSTEMD);
	put_interfaces();
	nics_run(nic, 2, words);
	nics_said(STEP_DONE, "eth0 becomes the name of the NIC " MAC1);
	assert_true(guest_is("test -L guest" WANTED));
	assert_true(guest_is("grep -q '^Before=network-pre.target' guest/etc/"
			     "systemd/system/lander-net-names.service"));
	/* udev's own try would fail, so it has none. */
	assert_false(tree_has("guest", "/etc/systemd/network"));
	assert_false(tree_has("guest", "/etc/udev/rules.d"));
	boot("eth0 eth1");
	assert_true(guest_is("grep -q " MAC1 " net/eth0/address && "
			     "grep -q " MAC0 " net/eth1/address"));
	boot("enp1s0 enp2s0");
	assert_true(guest_is("grep -q " MAC1 " net/eth0/address && "
			     "grep -q " MAC0 " net/eth1/address"));
	boot("eth1 eth0");
	assert_true(guest_is("grep -q " MAC1 " net/eth0/address && "
			     "grep -q " MAC0 " net/eth1/address && "
			     "test -d net/eth0.5"));
	nics_again(nic, 2, words);
}

static void one_that_has_no_interface(void **state)
{
	static const char *const words[] = {"eth0=" MAC2, "eth1=" MAC1, NULL};

	(void)state;
	nics_make(SYSTEMD);
	put_interfaces();
	nics_run(nic, 3, words);
	boot("eth0 eth1 eth2");
	assert_true(guest_is("grep -q " MAC2 " net/eth0/address && "
			     "grep -q " MAC1 " net/eth1/address && "
			     "grep -q " MAC0 " net/lander0/address"));
	nics_again(nic, 3, words);
}

static void the_same_order_needs_none(void **state)
{
	(void)state;
	nics_make(SYSTEMD);
	put_interfaces();
	nics_run(nic, 2, NULL);
	assert_false(tree_has("guest", "/etc/systemd/lander-net-names"));
	assert_true(
		tree_has("guest", "/etc/systemd/network/10-lander-eth0.link"));
	nics_again(nic, 2, NULL);
}

/* An earlier run for another machine left a .link file. */
static void what_is_stale_goes(void **state)
{
	static const char *const words[] = {"eth0=" MAC1, "eth1=" MAC0, NULL};

	(void)state;
	nics_make(SYSTEMD);
	put_interfaces();
	nics_run(nic, 2, NULL);
	nics_run(nic, 2, words);
	assert_false(
		tree_has("guest", "/etc/systemd/network/10-lander-eth0.link"));
	nics_again(nic, 2, words);
}

/* The MACs came along in another order; what told that is put aside. */
static void by_mac_and_again(void **state)
{
	(void)state;
	nics_make(SYSTEMD);
	put_interfaces();
	nics_put("/etc/udev/rules.d/70-persistent-net.rules",
		 "ATTR{address}==\"" MAC1 "\", NAME=\"eth0\"\n"
		 "ATTR{address}==\"" MAC0 "\", NAME=\"eth1\"\n");
	nics_run(nic, 2, NULL);
	nics_again(nic, 2, NULL);
	boot("eth0 eth1");
	assert_true(guest_is("grep -q " MAC1 " net/eth0/address"));
}

/* An earlier run with another mapping left the unit. */
static void the_unit_goes(void **state)
{
	static const char *const swap[] = {"eth0=" MAC1, "eth1=" MAC0, NULL};
	static const char *const none[] = {"eth0=" MAC0, "eth1=" MAC1, NULL};

	(void)state;
	nics_make(SYSTEMD);
	put_interfaces();
	nics_run(nic, 2, swap);
	nics_run(nic, 2, none);
	assert_false(guest_is("test -L guest" WANTED));
	assert_true(
		tree_has("guest", "/etc/systemd/network/10-lander-eth0.link"));
	nics_again(nic, 2, none);
}

/* udev of that time waits until the name is free. */
static void without_systemd(void **state)
{
	static const char *const words[] = {"eth0=" MAC1, "eth1=" MAC0, NULL};

	(void)state;
	nics_make("");
	put_interfaces();
	nics_run(nic, 2, words);
	assert_true(guest_is("grep -c NAME= guest/etc/udev/rules.d/"
			     "70-lander-net.rules | grep -qx 2"));
	assert_false(tree_has("guest", "/etc/systemd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_in_a_circle),
		cmocka_unit_test(one_that_has_no_interface),
		cmocka_unit_test(the_same_order_needs_none),
		cmocka_unit_test(what_is_stale_goes),
		cmocka_unit_test(by_mac_and_again),
		cmocka_unit_test(the_unit_goes),
		cmocka_unit_test(without_systemd),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
