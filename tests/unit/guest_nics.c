/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network of copied systems on other NICs: whole trees in, whole files out.
 * The roots of Ubuntu, RHEL, SUSE and Arch are made by hand from what their
 * installers write; they are not boot-tested. */
#include "guest_nics.h"

/* systemd of that version under /usr/lib, and its rule for .link files. */
#define UDEV(version)                                           \
	"mkdir -p usr/lib/udev/rules.d usr/lib/systemd\n"       \
	": >usr/lib/systemd/libsystemd-shared-" version ".so\n" \
	"echo 'IMPORT{builtin}=\"net_setup_link\"' "            \
	">usr/lib/udev/rules.d/80-net-setup-link.rules\n"
#define UDEV_DEBIAN                                                        \
	"mkdir -p usr/lib/udev/rules.d usr/lib/x86_64-linux-gnu/systemd\n" \
	": >usr/lib/x86_64-linux-gnu/systemd/"                             \
	"libsystemd-shared-252.22-1~deb12u1.so\n"                          \
	"echo 'IMPORT{builtin}=\"net_setup_link\"' "                       \
	">usr/lib/udev/rules.d/80-net-setup-link.rules\n"

#define MADE                                                         \
	"# Made by lander: the name that this interface had on the " \
	"machine it was\n# copied from.\n"
#define LINK(mac, name)                                                      \
	MADE "[Match]\nMACAddress=" mac "\nType=ether\n\n[Link]\nName=" name \
	     "\n"
#define RULE(mac, name)                                          \
	"SUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", " \
	"ATTR{address}==\"" mac "\", ATTR{type}==\"1\", NAME=\"" name "\"\n"

#define OLD1 "00:50:56:aa:00:01"
#define OLD2 "00:50:56:aa:00:02"
#define NEW1 "52:54:00:00:00:01"
#define NEW2 "52:54:00:00:00:02"

static const struct convert_nic nic[] = {{NEW1, "virtio_net"},
					 {NEW2, "virtio_net"}};
static const struct convert_nic old[] = {{OLD2, "e1000"}, {OLD1, "e1000"}};

#define IFUPDOWN                               \
	"source /etc/network/interfaces.d/*\n" \
	"auto lo\niface lo inet loopback\n"    \
	"allow-hotplug ens192\n"               \
	"iface ens192 inet static\n"           \
	"    address 192.0.2.10/24\n"          \
	"    gateway 192.0.2.1\n"

static void debian_ifupdown(void **state)
{
	(void)state;
	nics_make(UDEV_DEBIAN "mkdir -p etc/network/interfaces.d var/lib/dhcp\n"
			      ": >var/lib/dhcp/dhclient.ens192.leases");
	nics_put("/etc/network/interfaces", IFUPDOWN);
	nics_run(nic, 1, NULL);
	nics_said(STEP_DONE, "ens192 stays the name of the NIC " NEW1
			     " (virtio_net), the only one of both: "
			     "/etc/systemd/network/10-lander-ens192.link");
	nics_holds("/etc/systemd/network/10-lander-ens192.link",
		   LINK(NEW1, "ens192"));
	nics_holds("/etc/network/interfaces", IFUPDOWN);
	nics_said(STEP_SKIPPED, "leases of the old NICs stay in /var/lib/dhcp");
	nics_again(nic, 1, NULL);
}

/* Where .link files do nothing, or not enough: udev's own rule. */
static void older_udev(void **state)
{
	static const char *const script[] = {
		"", UDEV("237"), UDEV("239"),
		UDEV("252") "mkdir -p etc/udev/rules.d\nln -s /dev/null "
			    "etc/udev/rules.d/80-net-setup-link.rules"};

	(void)state;
	for (size_t i = 0; i < sizeof(script) / sizeof(*script); i++) {
		nics_make(script[i]);
		nics_put("/etc/network/interfaces", IFUPDOWN);
		nics_run(nic, 1, NULL);
		nics_holds("/etc/udev/rules.d/70-lander-net.rules",
			   MADE RULE(NEW1, "ens192"));
		assert_false(tree_has("guest", "/etc/systemd/network"));
		nics_again(nic, 1, NULL);
	}
}

static void debian_persistent_rules(void **state)
{
	(void)state;
	nics_make("mkdir -p etc/udev/rules.d");
	nics_put("/etc/network/interfaces",
		 "iface eth0 inet dhcp\niface eth1 inet dhcp\n");
	nics_put("/etc/udev/rules.d/70-persistent-net.rules",
		 RULE(OLD1, "eth0") RULE(OLD2, "eth1"));
	/* The MACs came along, in another order. */
	nics_run(old, 2, NULL);
	nics_holds("/etc/udev/rules.d/70-lander-net.rules",
		   MADE RULE(OLD1, "eth0") RULE(OLD2, "eth1"));
	nics_holds("/etc/udev/rules.d/70-persistent-net.rules.lander-bak",
		   RULE(OLD1, "eth0") RULE(OLD2, "eth1"));
	assert_false(
		tree_has("guest", "/etc/udev/rules.d/70-persistent-net.rules"));
	nics_said(STEP_DONE, "which has the same MAC");
	nics_again(old, 2, NULL);
}

static void debian_networkd(void **state)
{
	(void)state;
	nics_make(UDEV_DEBIAN);
	nics_put("/etc/systemd/network/10-lan.network",
		 "[Match]\nName=ens192\n\n[Network]\nAddress=192.0.2.10/24\n");
	nics_put("/etc/systemd/network/20-dmz.network",
		 "[Match]\nMACAddress=" OLD2 "\n\n[Network]\nDHCP=yes\n"
		 "[Link]\nMACAddress=02:00:00:00:00:01\n");
	nics_put("/etc/systemd/network/10-dmz.link",
		 "[Match]\nPermanentMACAddress=" OLD2
		 "\n[Link]\nName=dmz\nMTUBytes=9000\n");
	nics_run(nic, 2, NULL);
	nics_holds("/etc/systemd/network/10-lander-ens192.link",
		   LINK(NEW2, "ens192"));
	nics_holds("/etc/systemd/network/20-dmz.network",
		   "[Match]\nMACAddress=" NEW1 "\n\n[Network]\nDHCP=yes\n"
		   "[Link]\nMACAddress=02:00:00:00:00:01\n");
	nics_holds("/etc/systemd/network/10-dmz.link",
		   "[Match]\nPermanentMACAddress=" NEW1
		   "\n[Link]\nName=dmz\nMTUBytes=9000\n");
	assert_false(
		tree_has("guest", "/etc/systemd/network/10-lander-dmz.link"));
	nics_said(STEP_SKIPPED, "dmz: the system itself gives");
	nics_said(STEP_SKIPPED, "02:00:00:00:00:01, which is no NIC");
	nics_said(STEP_DONE, "by order: ");
	nics_again(nic, 2, NULL);
}

static void ubuntu_netplan(void **state)
{
	static const char yaml[] =
		"network:\n    version: 2\n    ethernets:\n        ens160:\n"
		"            dhcp4: true\n            match:\n"
		"                macaddress: %s # old\n"
		"            set-name: ens160\n";
	char *before = NULL;
	char *after = NULL;

	(void)state;
	assert_true(asprintf(&before, yaml, OLD1) > 0);
	assert_true(asprintf(&after, yaml, NEW1) > 0);
	nics_make(UDEV("249") "mkdir -p etc/cloud/cloud.cfg.d\n"
			      "echo 'users: [default]' >etc/cloud/cloud.cfg");
	nics_put("/etc/netplan/50-cloud-init.yaml", before);
	nics_run(nic, 1, NULL);
	nics_holds("/etc/netplan/50-cloud-init.yaml", after);
	nics_holds("/etc/netplan/50-cloud-init.yaml.lander-bak", before);
	nics_holds("/etc/cloud/cloud.cfg.d/99-lander-network.cfg",
		   "# Made by lander: the network stays as it was copied.\n"
		   "network: {config: disabled}\n");
	assert_false(tree_has("guest", "/etc/systemd/network"));
	nics_said(STEP_SKIPPED, "ens160: the system itself gives");
	nics_again(nic, 1, NULL);
	nics_said(STEP_SKIPPED, "cloud-init leaves the network alone");
	free(before);
	free(after);
}

static void cloud_init_that_is_off(void **state)
{
	static const char *const script[] = {
		"mkdir -p etc/cloud/cloud.cfg.d; : >etc/cloud/cloud.cfg\n"
		"echo 'network: {config: disabled}' "
		">etc/cloud/cloud.cfg.d/99-disable-network-config.cfg",
		"mkdir -p etc/cloud/cloud.cfg.d; : >etc/cloud/cloud.cfg\n"
		"printf 'network:\\n  config: disabled\\n' "
		">etc/cloud/cloud.cfg",
		"mkdir -p etc/cloud/cloud.cfg.d; : >etc/cloud/cloud.cfg\n"
		": >etc/cloud/cloud-init.disabled"};

	(void)state;
	for (size_t i = 0; i < sizeof(script) / sizeof(*script); i++) {
		nics_make(script[i]);
		nics_put("/etc/network/interfaces", IFUPDOWN);
		nics_run(nic, 1, NULL);
		assert_false(tree_has("guest", "/etc/cloud/cloud.cfg.d/"
					       "99-lander-network.cfg"));
	}
}

static void rhel_keyfile(void **state)
{
	static const char path[] = "/etc/NetworkManager/system-connections/"
				   "ens192.nmconnection";
	static const char text[] =
		"[connection]\nid=ens192\nuuid=c7a8b5a0-1d0e-4f2b-9a93-"
		"0a6f0a7d8f11\ntype=ethernet\ninterface-name=ens192\n\n"
		"[ethernet]\nmac-address=%s\n"
		"cloned-mac-address=02:00:00:00:00:07\n\n"
		"[ipv4]\naddress1=192.0.2.10/24,192.0.2.1\nmethod=manual\n";
	char *before = NULL;
	char *after = NULL;

	(void)state;
	assert_true(asprintf(&before, text, "00:50:56:AA:00:0B") > 0);
	assert_true(asprintf(&after, text, "52:54:00:00:00:01") > 0);
	nics_make(UDEV("252") "mkdir -p etc/NetworkManager/system-connections");
	nics_put(path, before);
	assert_true(guest_is("chmod 600 guest/etc/NetworkManager/"
			     "system-connections/*"));
	nics_run(nic, 1, NULL);
	nics_holds(path, after);
	nics_holds("/etc/systemd/network/10-lander-ens192.link",
		   LINK(NEW1, "ens192"));
	/* NetworkManager reads every file of that directory. */
	nics_holds("/etc/NetworkManager/ens192.nmconnection.lander-bak",
		   before);
	assert_true(guest_is("cd guest/etc/NetworkManager && test "
			     "\"$(ls -A system-connections)\" = "
			     "ens192.nmconnection && test -z "
			     "\"$(find . -type f ! -perm 600)\""));
	nics_again(nic, 1, NULL);
	free(before);
	free(after);
}

static void rhel_ifcfg(void **state)
{

	(void)state;
	nics_make(UDEV("239"));
	nics_put("/etc/sysconfig/network-scripts/ifcfg-lo", "DEVICE=lo\n");
	nics_put("/etc/sysconfig/network-scripts/ifcfg-ens192",
		 "TYPE=Ethernet\nDEVICE=ens192\nHWADDR=00:50:56:AA:00:0B\n"
		 "ONBOOT=yes\nMASTER=bond0\nSLAVE=yes\n");
	nics_put("/etc/sysconfig/network-scripts/ifcfg-ens224",
		 "TYPE=Ethernet\nDEVICE=ens224\nMASTER=bond0\nSLAVE=yes\n");
	nics_put("/etc/sysconfig/network-scripts/ifcfg-bond0",
		 "DEVICE=bond0\nTYPE=Bond\nBONDING_MASTER=yes\n");
	nics_run(nic, 2, NULL);
	nics_holds("/etc/sysconfig/network-scripts/ifcfg-ens192",
		   "TYPE=Ethernet\nDEVICE=ens192\nHWADDR=52:54:00:00:00:01\n"
		   "ONBOOT=yes\nMASTER=bond0\nSLAVE=yes\n");
	nics_holds("/etc/sysconfig/ifcfg-ens192.lander-bak",
		   "TYPE=Ethernet\nDEVICE=ens192\nHWADDR=00:50:56:AA:00:0B\n"
		   "ONBOOT=yes\nMASTER=bond0\nSLAVE=yes\n");
	assert_true(guest_is("test \"$(ls guest/etc/sysconfig/network-scripts "
			     "| wc -l)\" = 4"));
	nics_holds("/etc/udev/rules.d/70-lander-net.rules",
		   MADE RULE(NEW1, "ens192") RULE(NEW2, "ens224"));
	nics_again(nic, 2, NULL);
}

static void suse_ifcfg(void **state)
{
	(void)state;
	nics_make(UDEV("254"));
	nics_put("/etc/sysconfig/network/ifcfg-lo", "STARTMODE=nfsroot\n");
	nics_put("/etc/sysconfig/network/ifcfg-eth0",
		 "BOOTPROTO='static'\nIPADDR='192.0.2.10/24'\n"
		 "STARTMODE='auto'\n");
	nics_put("/etc/udev/rules.d/70-persistent-net.rules",
		 RULE(OLD1, "eth0"));
	nics_run(nic, 1, NULL);
	nics_holds("/etc/sysconfig/network/ifcfg-eth0",
		   "BOOTPROTO='static'\nIPADDR='192.0.2.10/24'\n"
		   "STARTMODE='auto'\n");
	nics_holds("/etc/systemd/network/10-lander-eth0.link",
		   LINK(NEW1, "eth0"));
	assert_false(
		tree_has("guest", "/etc/udev/rules.d/70-persistent-net.rules"));
	nics_again(nic, 1, NULL);
}

static void arch_networkd(void **state)
{
	(void)state;
	nics_make(UDEV("256.7-1"));
	nics_put("/etc/systemd/network/20-wired.network",
		 "[Match]\nName=enp3s0\n\n[Network]\nDHCP=yes\n");
	nics_run(nic, 1, NULL);
	nics_holds("/etc/systemd/network/10-lander-enp3s0.link",
		   LINK(NEW1, "enp3s0"));
	nics_again(nic, 1, NULL);
}

static void names_that_fit_any(void **state)
{
	(void)state;
	nics_make(UDEV("256"));
	nics_put("/etc/systemd/network/20-wired.network",
		 "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n");
	nics_run(nic, 1, NULL);
	assert_int_equal(nics_state.steps.count, 0);
	assert_true(guest_is("test \"$(ls guest/etc/systemd/network)\" = "
			     "20-wired.network"));
	nics_put("/etc/systemd/network/20-wired.network",
		 "[Match]\nName=ens*\n\n[Network]\nDHCP=yes\n");
	nics_run(nic, 1, NULL);
	nics_said(STEP_FAILED, "ens* in /etc/systemd/network/20-wired.network "
			       "may fit no NIC of this machine");
}

static void what_is_not_certain(void **state)
{
	static const char *const words[] = {"ens192=" NEW2, NULL};
	static const char *const wrong[] = {"ens192=02:00:00:00:00:99", NULL};
	static const char *const bent[] = {"ens192", "=" NEW1, NULL};

	(void)state;
	nics_make(UDEV("252"));
	nics_put("/etc/network/interfaces", IFUPDOWN);
	nics_put("/etc/udev/rules.d/70-persistent-net.rules",
		 RULE(OLD1, "ens192"));
	nics_run(nic, 2, NULL);
	nics_said(STEP_FAILED,
		  "these are left as they were: ens192 "
		  "(/etc/network/interfaces); the NICs that are left: " NEW1
		  " virtio_net, " NEW2 " virtio_net; nics=ens192=MAC");
	assert_false(tree_has("guest", "/etc/systemd/network"));
	nics_said(STEP_FAILED, "70-persistent-net.rules stays");
	nics_run(nic, 2, wrong);
	nics_said(STEP_FAILED, "this machine has no such NIC");
	nics_run(nic, 2, bent);
	nics_said(STEP_FAILED, "nics=ens192 is not NAME=MAC");
	nics_run(nic, 0, NULL);
	nics_said(STEP_FAILED, "the NICs that are left: none");
	assert_false(tree_has("guest", "/etc/systemd/network"));
	nics_run(nic, 2, words);
	nics_said(STEP_DONE, "as the job says");
	nics_holds("/etc/systemd/network/10-lander-ens192.link",
		   LINK(NEW2, "ens192"));
	nics_again(nic, 2, words);
}

/* A second start on yet another machine. */
static void another_machine(void **state)
{
	(void)state;
	nics_make(UDEV("252"));
	nics_put("/etc/network/interfaces", IFUPDOWN);
	nics_run(nic, 1, NULL);
	nics_run(nic + 1, 1, NULL);
	nics_holds("/etc/systemd/network/10-lander-ens192.link",
		   LINK(NEW2, "ens192"));
	nics_again(nic + 1, 1, NULL);
}

static void hostile(void **state)
{
	(void)state;
	nics_make(
		"mkdir -p etc/network etc/netplan etc/systemd/network\n"
		"mkdir -p etc/NetworkManager etc/udev/rules.d\n"
		"ln -s ../../../outside etc/NetworkManager/system-connections\n"
		"mkfifo etc/netplan/a.yaml\n"
		"printf 'network:\\n\\0' >etc/netplan/b.yaml\n"
		"ln -s c.yaml etc/netplan/c.yaml\n"
		"truncate -s 300K etc/systemd/network/big.network\n"
		"ln -s /dev/null etc/systemd/network/99-default.link\n"
		"printf 'source interfaces\\nsource-directory .\\n"
		"source ../../../../outside/*\\nsource *\\n"
		"iface \\033[2Jx inet dhcp\\niface a\"b inet dhcp\\n"
		"iface $(reboot) inet dhcp\\n' >etc/network/interfaces\n");
	nics_run(nic, 1, NULL);
	nics_said(STEP_FAILED, "a.yaml is left alone: it is no plain file");
	nics_said(STEP_FAILED, "b.yaml is left alone: it is no text");
	nics_said(STEP_FAILED, "c.yaml is left alone");
	nics_said(STEP_FAILED, "big.network is left alone: it is too large");
	assert_false(
		tree_has("guest", "/etc/udev/rules.d/70-lander-net.rules"));
	nics_again(nic, 1, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian_ifupdown),
		cmocka_unit_test(older_udev),
		cmocka_unit_test(debian_persistent_rules),
		cmocka_unit_test(debian_networkd),
		cmocka_unit_test(ubuntu_netplan),
		cmocka_unit_test(cloud_init_that_is_off),
		cmocka_unit_test(rhel_keyfile),
		cmocka_unit_test(rhel_ifcfg),
		cmocka_unit_test(suse_ifcfg),
		cmocka_unit_test(arch_networkd),
		cmocka_unit_test(names_that_fit_any),
		cmocka_unit_test(what_is_not_certain),
		cmocka_unit_test(another_machine),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
