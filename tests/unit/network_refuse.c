/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What network_generate() refuses: every message, in full, and no file left. */
#include "network_case.h"

#define METHODS                                                               \
	" is not one of dhcp, on, any, dhcp4, dhcp6, auto6, either6, link6, " \
	"link-local, none, off"
#define NAMES \
	" is not a name (at most 15 letters, digits, '.', '_', '-') or a MAC"
#define VLANS \
	" holds no VLAN number 1..4094 (vlan5, vlan0005, eth0.5, eth0.0005)"
#define MODES                                                             \
	" is not one of: balance-rr active-backup balance-xor broadcast " \
	"802.3ad balance-tlb balance-alb"

/* The word at fault is the last of the command line unless it is given. */
struct refusal {
	const char *cmdline;
	const char *problem;
	const char *word;
};

static const struct refusal refusals[] = {
	{"ip=10.0.0.5::10.0.0.1:99::eth0:none",
	 "netmask '99' is not a prefix length (1..32) or a dotted mask", NULL},
	{"ip=10.0.0.5::10.0.0.1:255.0.255.0::eth0:none",
	 "netmask '255.0.255.0' is not a prefix length (1..32) or a dotted "
	 "mask",
	 NULL},
	{"ip=10.0.0.5::10.0.0.1:0::eth0:none",
	 "netmask '0' is not possible for a machine's address", NULL},
	{"ip=10.0.0.5::10.0.0.1:::eth0:none",
	 "the netmask of '10.0.0.5' is missing", NULL},
	{"ip=10.0.0.5", "the netmask of '10.0.0.5' is missing", NULL},
	{"ip=10.0.0.5/24::10.0.0.1:25::eth0:none",
	 "netmask '25' and '/24' do not agree", NULL},
	{"ip=10.0.0.555::10.0.0.1:24::eth0:none",
	 "client address '10.0.0.555' is not an IP address", NULL},
	{"ip=0.0.0.0::10.0.0.1:24::eth0:none",
	 "client address '0.0.0.0' is not one that a machine can have", NULL},
	{"ip=224.0.0.1::10.0.0.1:24::eth0:none",
	 "client address '224.0.0.1' is not one that a machine can have", NULL},
	{"ip=10.0.0.5::10.0.0:24::eth0:none",
	 "gateway '10.0.0' is not the IP address of a machine", NULL},
	{"ip=10.0.0.5::[fd00::1]:24::eth0:none",
	 "gateway '[fd00::1]' is not of the client address's family", NULL},
	{"ip=10.0.0.5:host:10.0.0.1:24::eth0:none",
	 "peer 'host' is not an address like '10.0.0.5'", NULL},
	{"ip=::10.0.0.1:24::eth0:none", "netmask '24' without a client address",
	 NULL},
	{"ip=::10.0.0.1:::eth0:none",
	 "gateway '10.0.0.1' without a client address", NULL},
	{"ip=10.0.0.5::10.0.0.1:24:-web:eth0:none", "'-web' is not a host name",
	 NULL},
	{"ip=10.0.0.5::10.0.0.1:24:web..x:eth0:none",
	 "'web..x' is not a host name", NULL},
	{"ip=10.0.0.5::10.0.0.1:24::eth0/1:none", "interface 'eth0/1'" NAMES,
	 NULL},
	{"ip=10.0.0.5::10.0.0.1:24::abcdefghijklmnop:none",
	 "interface 'abcdefghijklmnop'" NAMES, NULL},
	{"ip=10.0.0.5::10.0.0.1:24::eth0:static", "'static'" METHODS, NULL},
	{"ip=10.0.0.5::10.0.0.1:24::eth0:none:67",
	 "MTU '67' is not in 68..65535", NULL},
	{"ip=10.0.0.5::10.0.0.1:24::eth0:none:99999",
	 "MTU '99999' is not in 68..65535", NULL},
	{"ip=10.0.0.5::10.0.0.1:24::eth0:none::01:00:5e:00:00:01",
	 "'01:00:5e:00:00:01' is not the MAC of a NIC", NULL},
	{"ip=10.0.0.5::10.0.0.1:24::eth0:none:dns",
	 "DNS server 'dns' is not an IP address", NULL},
	{"ip=10.0.0.5::10.0.0.1:24::eth0:none:10.0.0.2:10.0.0.3:10.0.0.4:10.0."
	 "0.6",
	 "'10.0.0.2' at the end is neither MTU nor MAC nor server", NULL},
	{"ip=10.0.0.5::10.0.0.1:24::eth0:none:1500:zz",
	 "DNS server 'zz' is not an IP address", NULL},
	{"ip=fd00::2::fd00::1:64::eth0:none",
	 "client address 'fd00' is not an IP address (IPv6 goes inside [ ])",
	 NULL},
	{"ip=[fd00::2::[fd00::1]:64::eth0:none",
	 "too many fields, or [ ] do not pair", NULL},
	{"ip=[fd00::2]::[fd00::1]:129::eth0:none",
	 "netmask '129' is not a prefix length (1..128)", NULL},
	{"ip=[fd00::2]::[fd00::1]:255.255.255.0::eth0:none",
	 "netmask '255.255.255.0' is not a prefix length (1..128)", NULL},
	{"ip=ibft",
	 "ibft (settings from iSCSI firmware) is not supported: give the "
	 "address",
	 NULL},
	{"ip=eth0:ibft",
	 "ibft (settings from iSCSI firmware) is not supported: give the "
	 "address",
	 NULL},
	{"ip=", "''" METHODS, NULL},
	{"ip=:", "neither an address nor a method like dhcp", NULL},
	{"ip=eth0", "'eth0'" METHODS, NULL},
	{"ip=dchp", "'dchp'" METHODS, NULL},
	{"ip=eth0:dchp", "'dchp'" METHODS, NULL},
	{"ip=eth0:dhcp,dchp", "'dchp'" METHODS, NULL},
	{"ip=eth0:dhcp,", "'dhcp,'" METHODS, NULL},
	{"ip=eth0:dhcp:1500:x", "'x' at the end is neither MTU nor MAC", NULL},
	{"ip=BOOTIF:dhcp", "there is no BOOTIF= word", NULL},
	{"ip=dhcp:1500", "'1500'" METHODS, NULL},
	{"ip=:dhcp:1500", "MTU '1500' without an interface", NULL},
	{"ip=eth0:dhcp:1500 ip=10.0.0.5:::24::eth0:none:1400",
	 "MTU '1400': another word says 1500", NULL},
	{"ifname=lan0:52:54:00:00:00:01 ip=lan0:dhcp::52:54:00:00:00:02",
	 "MAC at the end: ifname= gives 'lan0' another", NULL},
	{"ifname=lan0",
	 "this is not NAME:MAC with a name of at most 15 letters, digits, '.', "
	 "'_', '-'",
	 NULL},
	{"ifname=lan0:52:54", "'52:54' is not the MAC of a NIC", NULL},
	{"ifname=lan0:ff:ff:ff:ff:ff:ff",
	 "'ff:ff:ff:ff:ff:ff' is not the MAC of a NIC", NULL},
	{"ifname=a b",
	 "this is not NAME:MAC with a name of at most 15 letters, digits, '.', "
	 "'_', '-'",
	 "ifname=a"},
	{"ifname=lan0:52:54:00:00:00:01 ifname=lan1:52:54:00:00:00:01",
	 "this NIC is named 'lan0' by another word", NULL},
	{"ifname=lan0:52:54:00:00:00:01 ifname=lan0:52:54:00:00:00:02",
	 "another word gives 'lan0' to another NIC", NULL},
	{"BOOTIF=hello",
	 "this is not 01- and the MAC of a NIC (01-52-54-00-12-34-56)", NULL},
	{"BOOTIF=20-52-54-00-00-00-01",
	 "this is not 01- and the MAC of a NIC (01-52-54-00-12-34-56)", NULL},
	{"rd.bootif=maybe", "'maybe' is not 0 or 1", NULL},
	{"nameserver=10.0.0", "'10.0.0' is not an IP address", NULL},
	{"nameserver=", "'' is not an IP address", NULL},
	{"team=team0:eth0,eth1",
	 "team devices are not supported: use bond=", NULL},
	{"vlan=foo:eth0", "'foo'" VLANS, NULL},
	{"vlan=vlan0:eth0", "'vlan0'" VLANS, NULL},
	{"vlan=eth0.4095:eth0", "'eth0.4095'" VLANS, NULL},
	{"vlan=eth0.5", "this is not NAME:INTERFACE", NULL},
	{"vlan=eth0.5:eth0:x", "this is not NAME:INTERFACE", NULL},
	{"vlan=eth0.5:eth0.5", "'eth0.5' stands on itself", NULL},
	{"vlan=eth0.5:eth0 vlan=eth0.5:eth1",
	 "'eth0.5' is defined by another word too", NULL},
	{"vlan=vlan5:vlan6 vlan=vlan6:vlan5", "'vlan5' stands on itself",
	 "vlan=vlan5:vlan6"},
	{"vlan=eth0.5:eth/0", "interface 'eth/0' is not a name or a MAC", NULL},
	{"vlan=bond0.5:bond0 bond=bond0:bond0.5,eth1",
	 "'bond0.5' stands on itself", "vlan=bond0.5:bond0"},
	{"bond=bond0:eth0,eth1:mod=1", "unknown bond option 'mod'", NULL},
	{"bond=bond0:eth0,eth1:mode=7", "bond option mode: '7'" MODES, NULL},
	{"bond=bond0:eth0,eth1:mode=active_backup",
	 "bond option mode: 'active_backup'" MODES, NULL},
	{"bond=bond0:eth0,eth1:mode", "bond option 'mode' has no value", NULL},
	{"bond=bond0:eth0,eth1:xmit_hash_policy=vlan+srcmac",
	 "bond option xmit_hash_policy: 'vlan+srcmac' is not one of: layer2 "
	 "layer3+4 layer2+3 encap2+3 encap3+4",
	 NULL},
	{"bond=bond0:eth0,eth1:miimon=fast",
	 "bond option miimon: 'fast' is not in 0..3600000", NULL},
	{"bond=bond0:eth0,eth1:miimon=99999999999",
	 "bond option miimon: '99999999999' is not in 0..3600000", NULL},
	{"bond=bond0:eth0,eth1:mode=1,miimon=100,arp_interval=100,arp_ip_"
	 "target=10.0.0.1",
	 "bond options miimon and arp_interval exclude each other", NULL},
	{"bond=bond0:eth0,eth1:mode=1,arp_interval=100",
	 "bond options arp_interval and arp_ip_target go together", NULL},
	{"bond=bond0:eth0,eth1:mode=1,arp_ip_target=10.0.0.1",
	 "bond options arp_interval and arp_ip_target go together", NULL},
	{"bond=bond0:eth0,eth1:mode=1,arp_interval=100,arp_ip_target=10.0.0",
	 "bond option arp_ip_target: '10.0.0' is not an IPv4 address", NULL},
	{"bond=bond0:eth0,eth1:mode=4,arp_interval=100,arp_ip_target=10.0.0.1",
	 "bond option arp_interval does not work in mode 802.3ad", NULL},
	{"bond=bond0:eth0,eth1:mode=4,primary=eth0",
	 "bond option primary needs mode active-backup, balance-tlb or "
	 "balance-alb",
	 NULL},
	{"bond=bond0:eth0,eth1:mode=1,primary=eth2",
	 "bond option primary: 'eth2' is not in 'bond0'", NULL},
	{"bond=bond0:eth0,eth1:use_carrier=0",
	 "bond option use_carrier: only 1 is possible", NULL},
	{"bond=bond0:eth0,eth1:ad_actor_system=x",
	 "bond option ad_actor_system: 'x' is not a MAC (between '-' or inside "
	 "[ ])",
	 NULL},
	{"bond=bond0:eth0,eth1:all_slaves_active=2",
	 "bond option all_slaves_active: '2' is not one of: 0 1", NULL},
	{"bond=bond0:eth0,eth1:mode=1:10", "MTU '10' is not in 68..65535",
	 NULL},
	{"bond=bond0:eth0,eth1:mode=1:1500:x",
	 "this is not NAME:SLAVES:OPTIONS:MTU", NULL},
	{"bond=bond0:", "'bond0' has no interface in it", NULL},
	{"bond=bond/0:eth0", "'bond/0' is not a name for an interface", NULL},
	{"bond=bond0:eth0 bond=bond1:eth0", "'eth0' is in 'bond0' already",
	 NULL},
	{"bond=bond0:bond1 bond=bond1:eth0", "'bond1' cannot be in 'bond0'",
	 "bond=bond0:bond1"},
	{"bond=bond0:eth0,eth1 ip=eth0:dhcp",
	 "'eth0' is in 'bond0' and cannot have an address of its own "
	 "(ip=eth0:dhcp)",
	 "bond=bond0:eth0,eth1"},
	{"bond=bond0:eth0 ip=10.0.0.5:::24:::none",
	 "which interface is ip=10.0.0.5:::24:::none for?", "bond=bond0:eth0"},
	{"bridge=br0:eth0:x", "this is not NAME:PORTS", NULL},
	{"bridge=br0:br1 bridge=br1:eth0", "'br1' cannot be in 'br0'",
	 "bridge=br0:br1"},
	{"rd.route=10.50.0.0/16", "neither gateway nor interface", NULL},
	{"rd.route=10.50.0.0/33:10.0.0.1",
	 "'10.50.0.0/33' is not a network (10.0.0.0/8, [2001:db8::/32])", NULL},
	{"rd.route=10.50.0.0/16:[fd00::1]",
	 "gateway '[fd00::1]' is not an address like '10.50.0.0/16'", NULL},
	{"rd.route=10.50.0.0/16:10.0.0.1:eth/0",
	 "interface 'eth/0' is not a name or a MAC", NULL},
	{"rd.route=x:10.0.0.1",
	 "'x' is not a network (10.0.0.0/8, [2001:db8::/32])", NULL},
	{"rd.route=10.50.0.0/16:10.0.0.1:eth0:x",
	 "this is not NET/LENGTH:GATEWAY:INTERFACE", NULL},
	{"ip=eth0:dhcp rd.route=10.50.0.0/16:10.0.0.1:eth1",
	 "no ip= gives 'eth1' an address", NULL},
	{"ip=eth0:dhcp ip=eth1:dhcp rd.route=10.50.0.0/16:10.0.0.1",
	 "which interface is this for? (add it at the end)", NULL},
	{"ip=eth0:dhcp bootdev=eth1", "no ip= gives it an address", NULL},
	{"bond=bond0:eth0 bootdev=eth0", "this interface is inside another",
	 NULL},
	{"bootdev=-x", "'-x' is not the name of an interface or a MAC", NULL},
};

/* What an earlier boot left does not outlive a wrong word. */
static void each_wrong_word_is_named_and_nothing_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		const struct refusal *one = &refusals[i];
		const char *blank = strrchr(one->cmdline, ' ');
		struct error *error = NULL;
		char wanted[512];
		char *files;

		assert_int_equal(network_generate("", network_directory, NULL),
				 0);
		if (network_generate(one->cmdline, network_directory, &error) ==
		    0)
			fail_msg("accepted: %s", one->cmdline);
		(void)snprintf(wanted, sizeof(wanted), "%s: %s",
			       one->word ? one->word
			       : blank	 ? blank + 1
					 : one->cmdline,
			       one->problem);
		assert_string_equal(error->msg, wanted);
		assert_int_equal(error->kind, ERROR_CONFIG);
		error_free(error);
		files = take_files();
		assert_string_equal(files, "");
		free(files);
	}
}

static void all_wrong_words_are_told_at_once(void **state)
{
	struct error *error = NULL;

	(void)state;
	assert_true(network_generate("ip=dchp nameserver=x quiet vlan=foo:eth0 "
				     "ip=eth0:dhcp",
				     network_directory, &error) < 0);
	assert_string_equal(error->msg,
			    "vlan=foo:eth0: 'foo'" VLANS "; "
			    "ip=dchp: 'dchp'" METHODS "; "
			    "nameserver=x: 'x' is not an IP address");
	error_clear(&error);
	assert_true(network_generate("ip=a ip=b ip=c ip=d ip=e ip=f ip=g ip=h "
				     "ip=i ip=j",
				     network_directory, &error) < 0);
	assert_non_null(strstr(error->msg, "; and 2 more"));
	error_clear(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_wrong_word_is_named_and_nothing_is_written),
		cmocka_unit_test(all_wrong_words_are_told_at_once),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
