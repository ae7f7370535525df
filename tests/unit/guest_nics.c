/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network of copied systems on other NICs: whole trees in, whole files out.
 * The roots of RHEL, SUSE and Arch are not boot-tested. */
#include "guest_nics.h"

#define UDEV_12                                                          \
	"mkdir -p usr/lib/udev/rules.d usr/lib/x86_64-linux-gnu/systemd\n" \
	": >usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so\n" \
	"echo 'IMPORT{builtin}=\"net_setup_link\"' "                     \
	">usr/lib/udev/rules.d/80-net-setup-link.rules\n"

static const struct convert_nic one[] = {{"52:54:00:aa:00:01", "virtio_net"}};

static void debian_ifupdown(void **state)
{
	static const char interfaces[] =
		"# The loopback network interface\n"
		"source /etc/network/interfaces.d/*\n"
		"auto lo\n"
		"iface lo inet loopback\n"
		"allow-hotplug ens192\n"
		"iface ens192 inet static\n"
		"    address 192.0.2.10/24\n"
		"    gateway 192.0.2.1\n";

	(void)state;
	nics_make(UDEV_12 "mkdir -p etc/network/interfaces.d");
	nics_put("/etc/network/interfaces", interfaces);
	nics_run(one, 1, NULL);
	nics_said(STEP_DONE, "ens192 stays the name of the NIC "
			     "52:54:00:aa:00:01 (virtio_net), the only one of "
			     "both: /etc/systemd/network/"
			     "10-lander-ens192.link");
	nics_holds("/etc/systemd/network/10-lander-ens192.link",
		   "# Made by lander: the name that this interface had on the "
		   "machine it was\n# copied from.\n"
		   "[Match]\nMACAddress=52:54:00:aa:00:01\nType=ether\n\n"
		   "[Link]\nName=ens192\n");
	nics_holds("/etc/network/interfaces", interfaces);
	nics_again(one, 1, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian_ifupdown),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
