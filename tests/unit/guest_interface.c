/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which NICs each kind of configuration is about, one file at a time. */
#include "guest/ifcfg.h"
#include "guest/ifupdown.h"
#include "guest/interface.h"
#include "guest/keyfile.h"
#include "guest/netfile.h"
#include "guest/netplan.h"
#include "guest/netunit.h"
#include "guest/persistent.h"
#include "guest/steps.h"
#include "guest_tree.h"

static struct interfaces list;
static struct steps steps;

static void start(void)
{
	steps_free(&steps);
	list = (struct interfaces){0};
}

static void read_it(enum netfile_kind kind, const char *path, const char *text)
{
	struct netfile file = {
		.kind = kind, .path = strdup(path), .text = strdup(text)};

	switch (kind) {
	case NETFILE_IFUPDOWN:
		ifupdown_read(&file, &list);
		break;
	case NETFILE_NETPLAN:
		netplan_read(&file, &steps, &list);
		break;
	case NETFILE_KEYFILE:
		keyfile_read(&file, &list);
		break;
	case NETFILE_IFCFG:
		ifcfg_read(&file, &list);
		break;
	case NETFILE_UDEV:
		persistent_read(&file, &list);
		break;
	case NETFILE_SWAP:
		break;
	case NETFILE_NETWORK:
	case NETFILE_NETDEV:
	case NETFILE_LINK:
		netunit_read(&file, &list);
		break;
	}
	free(file.path);
	free(file.text);
}

/* "eth0 -/00:50:56:00:00:01 eth1/52:…": names with what MAC they are tied to,
 * "+" behind one that is kept. */
static void are(const char *want)
{
	char has[4096] = "";
	char mac[MAC_TEXT];
	size_t used = 0;

	interface_sort(&list);
	for (size_t i = 0; i < list.count; i++) {
		const struct interface *item = &list.item[i];

		used += (size_t)snprintf(
			has + used, sizeof(has) - used, "%s%s%s%s%s",
			i ? " " : "", *item->name ? item->name : "-",
			item->tied ? "/" : "",
			item->tied ? mac_format(&item->mac, ':', mac) : "",
			item->kept ? "+" : "");
	}
	assert_string_equal(has, want);
}

static void one(enum netfile_kind kind, const char *text, const char *want)
{
	start();
	read_it(kind, "/etc/file", text);
	are(want);
}

static void names(void **state)
{
	static const char *const good[] = {
		"eth0",	 "ens192", "eno1", "enp1s0f1np0",
		"em1",	 "p2p1",   "lan",  "enx0050560a0b0c",
		"broad0"};
	static const char *const bad[] = {
		"lo",	   "br0",    "bond1",
		"wlan0",   "wlp2s0", "eth0.5",
		"",	   ".",	     "..",
		"-rf",	   "a/b",    "a b",
		"a\nb",	   "virbr0", "a$(x)",
		"docker0", "veth1",  "sixteen-bytes-xx",
		"tun0",	   "a\"b"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!interface_is_nic(good[i]))
			fail_msg("'%s' is a NIC's name", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (interface_is_nic(bad[i]))
			fail_msg("'%s' is no NIC's name", bad[i]);
}

static void sorted_by_numbers(void **state)
{
	(void)state;
	start();
	interface_add(&list, "eth10", NULL, "/f");
	interface_add(&list, "eth2", NULL, "/f");
	interface_add(&list, "eth1", NULL, "/f");
	interface_add(&list, "eth2", NULL, "/g");
	are("eth1 eth2 eth10");
}

static void too_many(void **state)
{
	(void)state;
	start();
	for (int i = 0; i <= INTERFACE_MAX; i++) {
		char name[INTERFACE_NAME];

		(void)snprintf(name, sizeof(name), "eth%d", i);
		interface_add(&list, name, NULL, "/f");
	}
	assert_int_equal(list.count, INTERFACE_MAX);
	assert_true(list.overflow);
}

static void ifupdown(void **state)
{
	(void)state;
	one(NETFILE_IFUPDOWN,
	    "auto lo eth0\niface lo inet loopback\n"
	    "iface eth0 inet static\n\taddress 192.0.2.1/24\n"
	    "iface eth0:1 inet static\n\taddress 192.0.2.2/24\n"
	    "#iface eth9 inet dhcp\n",
	    "eth0");
	one(NETFILE_IFUPDOWN,
	    "iface vmbr0 inet static\n\tbridge_ports eno1 eno2\n"
	    "iface lan inet manual\n bridge-ports none\n"
	    "iface up inet manual\n bond-slaves eno3 \\\n  eno4\n"
	    " bond-mode 802.3ad\n",
	    "eno1 eno2 eno3 eno4");
	one(NETFILE_IFUPDOWN,
	    "iface ens1.100 inet dhcp\niface v7 inet dhcp\n"
	    "  vlan-raw-device ens2\niface ens3 inet manual\n"
	    " bond-master agg\niface agg inet dhcp\niface sit0 inet6 v4tunnel\n"
	    "iface wifi inet dhcp\n\twpa-ssid x\n",
	    "ens1 ens2 ens3");
	one(NETFILE_IFUPDOWN, "iface\niface \\\n\niface /eth* inet dhcp\n", "");
}

static void netplan(void **state)
{
	(void)state;
	one(NETFILE_NETPLAN,
	    "# This file is generated\nnetwork:\n  version: 2\n"
	    "  ethernets:\n    ens160:\n      dhcp4: true\n"
	    "    ens192: {dhcp4: no}   # flow\n"
	    "  bonds:\n    up:\n      interfaces: [ens160]\n"
	    "  vlans:\n    vlan5:\n      id: 5\n      link: up\n",
	    "ens160 ens192");
	one(NETFILE_NETPLAN,
	    "network:\n  ethernets:\n    nic0:\n      match:\n"
	    "        macaddress: \"00:50:56:AA:00:01\"\n"
	    "      set-name: eth0\n"
	    "    nic1:\n      match: {macaddress: '00:50:56:aa:00:02'}\n",
	    "eth0/00:50:56:aa:00:01+ -/00:50:56:aa:00:02");
	one(NETFILE_NETPLAN,
	    "network:\n    ethernets:\n        all:\n            match:\n"
	    "                name: \"en*\"\n            dhcp4: true\n"
	    "            nameservers: {addresses: [\n"
	    "   2001:db8::1,\n  ethernets: ]}\n        eno7:\n"
	    "            routes:\n            - to: default\n"
	    "              via: 192.0.2.1\n",
	    "eno7");
	assert_string_equal(list.pattern, "");
	one(NETFILE_NETPLAN,
	    "network:\n  ethernets:\n    a:\n      match: {name: ens*}\n", "");
	assert_string_equal(list.pattern, "ens* in /etc/file");
}

static void netplan_that_is_refused(void **state)
{
	static const char *const text[] = {
		"network:\n\tethernets:\n",
		"network:\n  ethernets:\n    eth0: &a\n      dhcp4: true\n",
		"network:\n  ethernets:\n    eth0:\n      <<: *a\n",
		"network: {ethernets: {eth0: {dhcp4: true}}}\n",
		"network:\n  ethernets: {eth0: {dhcp4: true}}\n",
		"network:\n  ethernets:\n    a: {match: {name: x}}\n",
		"network:\n  ethernets:\n    eth0:\n      x: |\n        y: z\n",
		"network:\n  version: 2\n---\nnetwork:\n  version: 2\n",
		"network:\n  ethernets:\n    a:\n      match: {\n name: x}\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		one(NETFILE_NETPLAN, text[i], "");
		assert_int_equal(steps.count, 1);
		assert_int_equal(steps.step[0].outcome, STEP_FAILED);
		assert_non_null(strstr(steps.step[0].text, "not understood"));
	}
}

static void keyfile(void **state)
{
	(void)state;
	one(NETFILE_KEYFILE,
	    "[connection]\nid=a\ntype=ethernet\ninterface-name=ens192\n\n"
	    "[ethernet]\nmac-address=00:50:56:AA:00:01\n",
	    "ens192/00:50:56:aa:00:01");
	one(NETFILE_KEYFILE,
	    "[connection]\ntype=802-3-ethernet\n[802-3-ethernet]\n"
	    "mac-address=00:50:56:AA:00:01\n",
	    "-/00:50:56:aa:00:01");
	one(NETFILE_KEYFILE,
	    "[connection]\ntype=vlan\ninterface-name=v5\n[vlan]\nid=5\n"
	    "parent=ens3\n",
	    "ens3");
	one(NETFILE_KEYFILE,
	    "[connection]\ntype=wifi\ninterface-name=lan\n"
	    "[ethernet]\ncloned-mac-address=00:50:56:AA:00:01\n",
	    "");
	one(NETFILE_KEYFILE, "[connection]\ntype=ethernet\n", "");
}

static void ifcfg_one(const char *path, const char *text, const char *want)
{
	start();
	read_it(NETFILE_IFCFG, path, text);
	are(want);
}

static void ifcfg(void **state)
{
	(void)state;
	ifcfg_one("/etc/sysconfig/network-scripts/ifcfg-ens192",
		  "TYPE=\"Ethernet\"\nDEVICE=\"ens192\"\n"
		  "HWADDR=\"00:50:56:AA:00:01\"\n",
		  "ens192/00:50:56:aa:00:01");
	ifcfg_one("/etc/sysconfig/network-scripts/ifcfg-Wired_1",
		  "TYPE=Ethernet\nHWADDR=00:50:56:AA:00:01\n",
		  "-/00:50:56:aa:00:01");
	ifcfg_one("/etc/sysconfig/network-scripts/ifcfg-Wired_2",
		  "TYPE=Ethernet\nBOOTPROTO=dhcp\n", "");
	ifcfg_one("/etc/sysconfig/network-scripts/ifcfg-eth7", "ONBOOT=yes\n",
		  "eth7");
	ifcfg_one("/etc/sysconfig/network-scripts/ifcfg-agg",
		  "DEVICE=agg\nBONDING_OPTS='mode=1'\n", "");
	ifcfg_one("/etc/sysconfig/network-scripts/ifcfg-eth0:1",
		  "DEVICE=eth0:1\n", "eth0");
	ifcfg_one("/etc/sysconfig/network-scripts/ifcfg-lo", "DEVICE=lo\n", "");
	ifcfg_one("/etc/sysconfig/network/ifcfg-eth1",
		  "BOOTPROTO='static'\nIPADDR='192.0.2.1/24'\n", "eth1");
	ifcfg_one("/etc/sysconfig/network/ifcfg-eth-id-00:50:56:aa:00:01",
		  "BOOTPROTO='dhcp'\n", "-/00:50:56:aa:00:01");
	ifcfg_one("/etc/sysconfig/network/ifcfg-agg",
		  "BONDING_MASTER='yes'\nBONDING_SLAVE0='eth2'\n"
		  "BONDING_SLAVE1='eth3'\n",
		  "eth2 eth3");
	ifcfg_one("/etc/sysconfig/network/ifcfg-lan",
		  "BRIDGE='yes'\nBRIDGE_PORTS='eth4 vnet'\n", "eth4 vnet");
	ifcfg_one("/etc/sysconfig/network/ifcfg-v5", "ETHERDEVICE='eth5'\n",
		  "eth5");
}

static void networkd(void **state)
{
	(void)state;
	one(NETFILE_NETWORK,
	    "[Match]\nName=ens192\n[Network]\nDHCP=yes\n[Link]\n"
	    "MACAddress=00:50:56:aa:00:09\n",
	    "ens192");
	one(NETFILE_NETWORK, "[Match]\nMACAddress=00:50:56:aa:00:01\n",
	    "-/00:50:56:aa:00:01");
	one(NETFILE_NETWORK, "[Match]\nName=eno1 eno2 !eno3\nType=ether\n",
	    "eno1 eno2");
	one(NETFILE_NETWORK, "[Match]\nName=x\nType=wlan\n", "");
	one(NETFILE_NETWORK, "[Match]\nName=en*\n", "");
	assert_string_equal(list.pattern, "");
	start();
	read_it(NETFILE_NETWORK, "/etc/a", "[Match]\nName=up\n");
	read_it(NETFILE_NETWORK, "/etc/b", "[Match]\nName=lan0\n");
	read_it(NETFILE_NETDEV, "/etc/c", "[NetDev]\nName=up\nKind=bond\n");
	read_it(NETFILE_LINK, "/etc/d",
		"[Match]\nMACAddress=00:50:56:aa:00:01\n[Link]\nName=lan0\n");
	are("lan0/00:50:56:aa:00:01+");
	start();
	read_it(NETFILE_NETWORK, "/etc/b", "[Match]\nName=lan0\n");
	read_it(NETFILE_LINK, "/etc/d",
		"[Match]\nMACAddress=00:50:56:aa:00:01\nDriver=vmxnet3\n"
		"[Link]\nName=lan0\n");
	are("lan0/00:50:56:aa:00:01");
}

static void persistent(void **state)
{
	static const char rules[] =
		"# PCI device 0x15ad:0x07b0 (vmxnet3)\n"
		"SUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", "
		"ATTR{address}==\"00:50:56:aa:00:01\", ATTR{type}==\"1\", "
		"KERNEL==\"eth*\", NAME=\"eth1\"\n"
		"SUBSYSTEM==\"net\", ATTR{address}==\"00:50:56:aa:00:02\", "
		"ENV{ID_NAME}=\"eth2\"\n"
		"#SUBSYSTEM==\"net\", ATTR{address}==\"00:50:56:aa:00:03\", "
		"NAME=\"eth2\"\n";

	(void)state;
	start();
	interface_add(&list, "eth1", NULL, "/f");
	interface_add(&list, "eth2", NULL, "/f");
	read_it(NETFILE_UDEV, "/etc/u", rules);
	are("eth1/00:50:56:aa:00:01 eth2");
	/* It names what was known by its MAC only, and adds nothing. */
	start();
	read_it(NETFILE_UDEV, "/etc/u", rules);
	are("");
	read_it(NETFILE_NETWORK, "/etc/a",
		"[Match]\nMACAddress=00:50:56:aa:00:01\n");
	read_it(NETFILE_UDEV, "/etc/u", rules);
	are("eth1/00:50:56:aa:00:01");
}

/* Cut and bent texts: no crash, no name that is none. */
static void hostile(void **state)
{
	static const char text[] =
		"[Match]\nName=a\nnetwork:\n  ethernets:\n   \"x: {y: [\n"
		"iface eth0 inet\nbridge_ports regex\n'':\nHWADDR=\"\n=\n[]\n"
		"[\nMACAddress=00:\nmatch: {macaddress: \"00:\n{{{{\n- - -\n"
		"NAME=\"\naddress}==\"\nDEVICE=\nTYPE=\nETHERDEVICE=";

	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++)
		for (int kind = NETFILE_IFUPDOWN; kind <= NETFILE_UDEV;
		     kind++) {
			char part[sizeof(text)];

			(void)snprintf(part, sizeof(part), "%s", text + cut);
			start();
			read_it((enum netfile_kind)kind, "/etc/ifcfg-x", part);
			part[(sizeof(text) - cut) / 2] = '\0';
			read_it((enum netfile_kind)kind, "/etc/ifcfg-", part);
			for (size_t i = 0; i < list.count; i++)
				assert_true(
					!*list.item[i].name ||
					interface_is_nic(list.item[i].name));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(sorted_by_numbers),
		cmocka_unit_test(too_many),
		cmocka_unit_test(ifupdown),
		cmocka_unit_test(netplan),
		cmocka_unit_test(netplan_that_is_refused),
		cmocka_unit_test(keyfile),
		cmocka_unit_test(ifcfg),
		cmocka_unit_test(networkd),
		cmocka_unit_test(persistent),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
