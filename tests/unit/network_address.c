/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network=: an address on each network stack; whole files out. */
#include "guest_nics.h"

#define UDEV(version)                                           \
	"mkdir -p usr/lib/udev/rules.d usr/lib/systemd\n"       \
	": >usr/lib/systemd/libsystemd-shared-" version ".so\n" \
	"echo 'IMPORT{builtin}=\"net_setup_link\"' "            \
	">usr/lib/udev/rules.d/80-net-setup-link.rules\n"

#define OLD1 "00:50:56:aa:00:01"
#define NEW1 "52:54:00:00:00:01"

static const struct convert_nic nic[] = {{NEW1, "virtio_net"}};

#define IFUPDOWN                               \
	"source /etc/network/interfaces.d/*\n" \
	"auto lo\niface lo inet loopback\n"    \
	"allow-hotplug ens192\n"               \
	"iface ens192 inet static\n"           \
	"    address 192.0.2.10/24\n"          \
	"    gateway 192.0.2.1\n"

/* network=: the same word on each stack, then the whole file. */
static void address(const char *word)
{
	nics_state.network = word;
	nics_run(nic, 1, NULL);
	nics_again(nic, 1, NULL);
	nics_state.network = NULL;
}

#define STATIC "static:198.51.100.5/24,198.51.100.1,192.0.2.53,192.0.2.54"

static void address_ifupdown(void **state)
{
	static const char want[] = "source /etc/network/interfaces.d/*\n"
				   "auto lo\niface lo inet loopback\n"
				   "allow-hotplug ens192\n"
				   "iface ens192 inet static\n"
				   "\taddress 198.51.100.5/24\n"
				   "\tgateway 198.51.100.1\n"
				   "\tdns-nameservers 192.0.2.53 192.0.2.54\n"
				   "\n# the end";

	(void)state;
	nics_make(UDEV("252") "mkdir -p usr/sbin; : >usr/sbin/ifup");
	nics_put("/etc/resolv.conf",
		 "search a.example\nnameserver 192.0.2.9\n");
	nics_put("/etc/network/interfaces", IFUPDOWN "\n# the end");
	nics_put("/etc/network/interfaces.d/v6",
		 "iface ens192 inet6 static\n  address 2001:db8::5/64\n");
	address(STATIC);
	/* The sourced file is read after the one that sources it. */
	nics_holds("/etc/network/interfaces", want);
	nics_holds("/etc/network/interfaces.d/v6", "");
	nics_holds("/etc/resolv.conf",
		   "search a.example\nnameserver 192.0.2.53\n"
		   "nameserver 192.0.2.54\n");
	nics_holds("/etc/network/v6.lander-bak",
		   "iface ens192 inet6 static\n  address 2001:db8::5/64\n");
	nics_holds("/etc/network/interfaces.lander-bak",
		   IFUPDOWN "\n# the end");
	address("dhcp");
	assert_true(guest_is("grep -qx 'iface ens192 inet dhcp' "
			     "guest/etc/network/interfaces"));
	assert_false(guest_is("grep -q address guest/etc/network/interfaces"));
}

static void address_netplan(void **state)
{
	static const char before[] =
		"network:\n  version: 2\n  ethernets:\n"
		"    a:\n      match:\n        macaddress: %s\n"
		"      set-name: ens160\n      addresses:\n"
		"      - 192.0.2.10/24\n      mtu: 9000\n"
		"      routes:\n      - to: default\n        via: 192.0.2.1\n"
		"  renderer: networkd\n";
	static const char after[] =
		"network:\n  version: 2\n  ethernets:\n"
		"    a:\n      match:\n        macaddress: " NEW1 "\n"
		"      set-name: ens160\n      mtu: 9000\n"
		"      addresses: [\"198.51.100.5/24\"]\n"
		"      routes: [{to: \"0.0.0.0/0\", via: \"198.51.100.1\"}]\n"
		"      nameservers: {addresses: [\"192.0.2.53\", "
		"\"192.0.2.54\"]}\n"
		"  renderer: networkd\n";
	char *text = NULL;

	(void)state;
	assert_true(asprintf(&text, before, OLD1) > 0);
	nics_make(UDEV("249") "mkdir -p usr/sbin; : >usr/sbin/netplan");
	nics_put("/etc/netplan/01.yaml", text);
	address(STATIC);
	nics_holds("/etc/netplan/01.yaml", after);
	nics_holds("/etc/netplan/01.yaml.lander-bak", text);
	free(text);
	/* One id that fits any NIC. */
	nics_make(UDEV("249") "mkdir -p usr/sbin; : >usr/sbin/netplan");
	nics_put("/etc/netplan/01.yaml",
		 "network:\n  ethernets:\n    all: {match: {name: x}}\n");
	address("dhcp");
	nics_said(STEP_FAILED, "is left out");
	nics_put("/etc/netplan/01.yaml",
		 "network:\n ethernets:\n  all:\n   match: {name: en*}\n"
		 "   dhcp6: true");
	address("dhcp");
	nics_holds("/etc/netplan/01.yaml",
		   "network:\n ethernets:\n  all:\n   match: {name: en*}\n"
		   "   dhcp4: true\n");
}

static void address_others(void **state)
{
	(void)state;
	nics_make(UDEV("252") "mkdir -p etc/systemd/system/multi-user.target."
			      "wants\nln -s /usr/lib/systemd/system/x "
			      "etc/systemd/system/multi-user.target.wants/"
			      "NetworkManager.service");
	nics_put("/etc/NetworkManager/system-connections/a.nmconnection",
		 "[connection]\ntype=ethernet\ninterface-name=ens192\n");
	address(STATIC);
	nics_holds("/etc/NetworkManager/system-connections/lander.nmconnection",
		   "# Made by lander\n[connection]\nid=lander\ntype=ethernet\n"
		   "autoconnect-priority=999\ninterface-name=ens192\n\n"
		   "[ipv4]\nmethod=manual\n"
		   "address1=198.51.100.5/24,198.51.100.1\n"
		   "dns=192.0.2.53;192.0.2.54;\n\n[ipv6]\nmethod=auto\n");
	assert_true(guest_is("test \"$(stat -c %a guest/etc/NetworkManager/"
			     "system-connections/lander.nmconnection)\" = "
			     "600"));
	nics_make(UDEV("252") "mkdir -p etc/systemd/system/multi-user.target."
			      "wants\nln -s /usr/lib/systemd/system/x "
			      "etc/systemd/system/multi-user.target.wants/"
			      "systemd-networkd.service");
	nics_put("/etc/systemd/network/20-wired.network",
		 "[Match]\nName=en*\n[Network]\nDHCP=yes\n");
	address("static:2001:db8::5/64,2001:db8::1,2001:db8::53");
	nics_holds("/etc/systemd/network/05-lander-nic.network",
		   "# Made by lander\n[Match]\nMACAddress=" NEW1
		   "\nType=ether\n\n[Network]\nAddress=2001:db8::5/64\n"
		   "Gateway=2001:db8::1\nDNS=2001:db8::53\n");
}

static void address_ifcfg(void **state)
{
	(void)state;
	nics_make("mkdir -p usr/sbin; : >usr/sbin/ifup");
	nics_put("/etc/sysconfig/network-scripts/ifcfg-eth0",
		 "DEVICE=eth0\nHWADDR=00:50:56:AA:00:01\nBOOTPROTO=dhcp\n");
	address(STATIC);
	nics_holds("/etc/sysconfig/network-scripts/ifcfg-eth0",
		   "# Made by lander\nDEVICE=eth0\nTYPE=Ethernet\nONBOOT=yes\n"
		   "BOOTPROTO=none\nIPADDR=198.51.100.5\nPREFIX=24\n"
		   "GATEWAY=198.51.100.1\nDNS1=192.0.2.53\nDNS2=192.0.2.54\n");
	nics_holds("/etc/sysconfig/ifcfg-eth0.lander-bak",
		   "DEVICE=eth0\nHWADDR=00:50:56:AA:00:01\nBOOTPROTO=dhcp\n");
	nics_make("mkdir -p usr/sbin; : >usr/sbin/wicked");
	nics_put("/etc/sysconfig/network/config",
		 "NETCONFIG_DNS_STATIC_SEARCHLIST=\"\"\n"
		 "NETCONFIG_DNS_STATIC_SERVERS=\"192.0.2.9\"\n");
	nics_put("/etc/sysconfig/network/routes",
		 "default 192.0.2.1 - -\n10.0.0.0/8 192.0.2.2 - -\n");
	nics_put("/etc/sysconfig/network/ifcfg-eth0",
		 "BOOTPROTO='static'\nIPADDR='192.0.2.10/24'\n");
	address(STATIC);
	nics_holds("/etc/sysconfig/network/ifcfg-eth0",
		   "# Made by lander\nSTARTMODE='auto'\nBOOTPROTO='static'\n"
		   "IPADDR='198.51.100.5/24'\n");
	nics_holds("/etc/sysconfig/network/ifroute-eth0",
		   "default 198.51.100.1 - eth0\n");
	nics_holds("/etc/sysconfig/network/routes",
		   "10.0.0.0/8 192.0.2.2 - -\n");
	nics_holds("/etc/sysconfig/network/config",
		   "NETCONFIG_DNS_STATIC_SEARCHLIST=\"\"\n"
		   "NETCONFIG_DNS_STATIC_SERVERS=\"192.0.2.53 192.0.2.54\"\n");
}

static void address_refused(void **state)
{
	static const char *const bad[] = {
		"static:",
		"static:192.0.2.5",
		"static:192.0.2.5/33",
		"static:192.0.2.5/0",
		"static:x/24",
		"dhcp6",
		"static:192.0.2.5/24,2001:db8::1",
		"static:192.0.2.5/24,,x",
		"static:192.0.2.5/24,,192.0.2.1,192.0.2.1,192.0.2.1,192.0.2.1,"
		"192.0.2.1",
		"static:192.0.2.5/24\n,x"};

	(void)state;
	nics_make("mkdir -p usr/sbin; : >usr/sbin/ifup");
	nics_put("/etc/network/interfaces", IFUPDOWN);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		address(bad[i]);
		nics_said(STEP_FAILED, "is not understood");
	}
	nics_holds("/etc/network/interfaces", IFUPDOWN);
	nics_put("/etc/network/interfaces",
		 "iface br0 inet static\nbridge_ports ens192\n");
	address("dhcp");
	nics_said(STEP_FAILED, "bridges, bonds or VLANs");
	nics_make("");
	nics_put("/etc/network/interfaces", IFUPDOWN);
	address("dhcp");
	nics_said(STEP_FAILED, "no network stack is in use");
	address("keep");
	nics_holds("/etc/network/interfaces", IFUPDOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_ifupdown),
		cmocka_unit_test(address_netplan),
		cmocka_unit_test(address_others),
		cmocka_unit_test(address_ifcfg),
		cmocka_unit_test(address_refused),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
