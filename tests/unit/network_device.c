/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vlan=, bond= with its options, bridge=, and stacks of them. */
#include "network_case.h"

static const struct network_case cases[] = {
	{"vlan=enp0s2.5:enp0s2 ip=10.0.5.5::10.0.5.1:24::enp0s2.5:none",
	 "@ 20-lander-enp0s2.5.netdev\n[NetDev]\nName=enp0s2.5\n"
	 "Kind=vlan\n[VLAN]\nId=5\n@ 30-lander-enp0s2.5.network\n"
	 "# ip=10.0.5.5::10.0.5.1:24::enp0s2.5:none\n[Match]\n"
	 "Name=enp0s2.5\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.5.5/24\n[Route]\n"
	 "Gateway=10.0.5.1\n@ 30-lander-enp0s2.network\n"
	 "# no address of its own\n[Match]\nName=enp0s2\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nVLAN=enp0s2.5\n" NOTHING_AUTOMATIC
		 OTHERS},
	{"vlan=enp0s2.0005:enp0s2 vlan=vlan7:enp0s2 vlan=vlan0009:enp0s2 "
	 "ip=enp0s2:dhcp4 ip=vlan7:off",
	 "@ 20-lander-enp0s2.0005.netdev\n[NetDev]\n"
	 "Name=enp0s2.0005\nKind=vlan\n[VLAN]\nId=5\n"
	 "@ 20-lander-vlan0009.netdev\n[NetDev]\nName=vlan0009\n"
	 "Kind=vlan\n[VLAN]\nId=9\n@ 20-lander-vlan7.netdev\n"
	 "[NetDev]\nName=vlan7\nKind=vlan\n[VLAN]\nId=7\n"
	 "@ 30-lander-enp0s2.0005.network\n# no address of its own\n"
	 "[Match]\nName=enp0s2.0005\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "@ 30-lander-enp0s2.network\n# ip=enp0s2:dhcp4\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=no\nVLAN=enp0s2.0005\nVLAN=vlan7\n"
	 "VLAN=vlan0009\n" DHCP_EXTRAS DHCP4
	 "@ 30-lander-vlan0009.network\n# no address of its own\n"
	 "[Match]\nName=vlan0009\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "@ 30-lander-vlan7.network\n# ip=vlan7:off\n[Match]\n"
	 "Name=vlan7\n[Link]\nRequiredForOnline=no\n[Network]"
	 "\n" NOTHING_AUTOMATIC OTHERS},
	{"vlan=vlan5:52-54-00-ab-cd-02",
	 "@ 20-lander-vlan5.netdev\n[NetDev]\nName=vlan5\n"
	 "Kind=vlan\n[VLAN]\nId=5\n"
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# no address of its own\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nVLAN=vlan5\n" NOTHING_AUTOMATIC
	 "@ 30-lander-vlan5.network\n# no ip= given: DHCP\n[Match]\n"
	 "Name=vlan5\n[Link]\nRequiredFamilyForOnline=any\n"
	 "[Network]\nDHCP=yes\nIPv6AcceptRA=yes\n"
	 "LinkLocalAddressing=ipv6\n" DHCP_EXTRAS DHCP4 DHCP6
	 "WithoutRA=solicit\n@ 90-lander-any.network\n"
	 "# no ip= given: DHCP\n[Match]\nType=ether\nKind=!*\n"
	 "[Link]\nRequiredFamilyForOnline=any\n[Network]\nDHCP=yes\n"
	 "IPv6AcceptRA=yes\nLinkLocalAddressing=ipv6\n" DHCP_EXTRAS DHCP4 DHCP6
	 "WithoutRA=solicit\n"},
	{"bond=bond0:enp0s2,enp0s3:mode=active-backup,miimon=100 "
	 "ip=bond0:dhcp4",
	 "@ 10-lander-bond0.link\n[Match]\nOriginalName=bond0\n"
	 "[Link]\nMACAddressPolicy=none\n@ 20-lander-bond0.netdev\n"
	 "[NetDev]\nName=bond0\nKind=bond\nMACAddress=none\n[Bond]\n"
	 "Mode=active-backup\nMIIMonitorSec=100ms\n"
	 "@ 30-lander-bond0.network\n# ip=bond0:dhcp4\n[Match]\n"
	 "Name=bond0\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=no\n" DHCP_EXTRAS DHCP4
	 "@ 30-lander-enp0s2.network\n# no address of its own\n"
	 "[Match]\nName=enp0s2\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-enp0s3.network\n# no address of its own\n"
	 "[Match]\nName=enp0s3\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nBond=bond0\n" NOTHING_AUTOMATIC OTHERS},
	{"bond=bond0:lan0,lan1:mode=1,miimon=200,primary=lan1,fail_over_mac="
	 "active,updelay=400,downdelay=200:9000 ifname=lan0:52:54:00:ab:cd:01 "
	 "ifname=lan1:52:54:00:ab:cd:02 ip=10.0.0.5::10.0.0.1:24::bond0:none",
	 "@ 10-lander-bond0.link\n[Match]\nOriginalName=bond0\n"
	 "[Link]\nMACAddressPolicy=none\n@ 10-lander-lan0.link\n"
	 "# ifname=lan0\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:01\n[Link]\nName=lan0\n"
	 "AlternativeNamesPolicy=database onboard slot path\n"
	 "@ 10-lander-lan1.link\n# ifname=lan1\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\nName=lan1\n"
	 "AlternativeNamesPolicy=database onboard slot path\n"
	 "@ 20-lander-bond0.netdev\n[NetDev]\nName=bond0\n"
	 "Kind=bond\nMACAddress=52:54:00:ab:cd:01\n[Bond]\n"
	 "Mode=active-backup\nMIIMonitorSec=200ms\n"
	 "FailOverMACPolicy=active\nUpDelaySec=400ms\n"
	 "DownDelaySec=200ms\n@ 30-lander-bond0.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::bond0:none\n[Match]\n"
	 "Name=bond0\n[Link]\nMTUBytes=9000\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n@ 30-lander-lan0.network\n"
	 "# no address of its own\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:01\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-lan1.network\n# no address of its own\n"
	 "[Match]\nPermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nBond=bond0\n"
	 "PrimarySlave=yes\n" NOTHING_AUTOMATIC OTHERS},
	{"bond=bond0:52-54-00-ab-cd-01,[52:54:00:ab:cd:02]:mode=802.3ad,lacp_"
	 "rate=fast,xmit_hash_policy=layer3+4,ad_select=2,min_links=1 "
	 "vlan=bond0.7:bond0 ip=bond0.7:dhcp4",
	 "@ 10-lander-bond0.link\n[Match]\nOriginalName=bond0\n"
	 "[Link]\nMACAddressPolicy=none\n"
	 "@ 20-lander-bond0.7.netdev\n[NetDev]\nName=bond0.7\n"
	 "Kind=vlan\n[VLAN]\nId=7\n@ 20-lander-bond0.netdev\n"
	 "[NetDev]\nName=bond0\nKind=bond\n"
	 "MACAddress=52:54:00:ab:cd:01\n[Bond]\nMode=802.3ad\n"
	 "LACPTransmitRate=fast\nTransmitHashPolicy=layer3+4\n"
	 "AdSelect=count\nMinLinks=1\nMIIMonitorSec=100ms\n"
	 "@ 30-lander-52-54-00-ab-cd-01.network\n"
	 "# no address of its own\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:01\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# no address of its own\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-bond0.7.network\n# ip=bond0.7:dhcp4\n[Match]\n"
	 "Name=bond0.7\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=no\n" DHCP_EXTRAS DHCP4
	 "@ 30-lander-bond0.network\n# no address of its own\n"
	 "[Match]\nName=bond0\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nVLAN=bond0.7\n" NOTHING_AUTOMATIC OTHERS},
	{"bond=bond0:a,b:mode=active-backup,arp_interval=500,arp_ip_target=10."
	 "0.0.1;10.0.0.2,arp_validate=all,arp_all_targets=any,arp_missed_max=3,"
	 "primary_reselect=better,num_grat_arp=2,resend_igmp=1,all_slaves_"
	 "active=1,peer_notif_delay=300 ip=bond0:dhcp4",
	 "@ 10-lander-bond0.link\n[Match]\nOriginalName=bond0\n"
	 "[Link]\nMACAddressPolicy=none\n@ 20-lander-bond0.netdev\n"
	 "[NetDev]\nName=bond0\nKind=bond\nMACAddress=none\n[Bond]\n"
	 "Mode=active-backup\nARPIntervalSec=500ms\n"
	 "ARPIPTargets=10.0.0.1\nARPIPTargets=10.0.0.2\n"
	 "ARPValidate=all\nARPAllTargets=any\nARPMissedMax=3\n"
	 "PrimaryReselectPolicy=better\nGratuitousARP=2\n"
	 "ResendIGMP=1\nAllSlavesActive=yes\n"
	 "PeerNotifyDelaySec=300ms\n@ 30-lander-a.network\n"
	 "# no address of its own\n[Match]\nName=a\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-b.network\n# no address of its own\n[Match]\n"
	 "Name=b\n[Link]\nRequiredForOnline=no\n[Network]\n"
	 "Bond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-bond0.network\n# ip=bond0:dhcp4\n[Match]\n"
	 "Name=bond0\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=no\n" DHCP_EXTRAS DHCP4 OTHERS},
	{"bond=bond0:a,b:mode=4,ad_actor_sys_prio=9,ad_actor_system=02-00-00-"
	 "00-00-01,ad_user_port_key=5,use_carrier=1,lp_interval=2,packets_per_"
	 "slave=3,tlb_dynamic_lb=0 ip=bond0:dhcp4",
	 "@ 10-lander-bond0.link\n[Match]\nOriginalName=bond0\n"
	 "[Link]\nMACAddressPolicy=none\n@ 20-lander-bond0.netdev\n"
	 "[NetDev]\nName=bond0\nKind=bond\nMACAddress=none\n[Bond]\n"
	 "Mode=802.3ad\nAdActorSystemPriority=9\n"
	 "AdActorSystem=02:00:00:00:00:01\nAdUserPortKey=5\n"
	 "LearnPacketIntervalSec=2s\nPacketsPerSlave=3\n"
	 "DynamicTransmitLoadBalancing=no\nMIIMonitorSec=100ms\n"
	 "@ 30-lander-a.network\n# no address of its own\n[Match]\n"
	 "Name=a\n[Link]\nRequiredForOnline=no\n[Network]\n"
	 "Bond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-b.network\n# no address of its own\n[Match]\n"
	 "Name=b\n[Link]\nRequiredForOnline=no\n[Network]\n"
	 "Bond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-bond0.network\n# ip=bond0:dhcp4\n[Match]\n"
	 "Name=bond0\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=no\n" DHCP_EXTRAS DHCP4 OTHERS},
	{"bond",
	 "@ 10-lander-bond0.link\n[Match]\nOriginalName=bond0\n"
	 "[Link]\nMACAddressPolicy=none\n@ 20-lander-bond0.netdev\n"
	 "[NetDev]\nName=bond0\nKind=bond\nMACAddress=none\n[Bond]\n"
	 "Mode=balance-rr\nMIIMonitorSec=100ms\n"
	 "@ 30-lander-bond0.network\n# no ip= given: DHCP\n[Match]\n"
	 "Name=bond0\n[Link]\nRequiredFamilyForOnline=any\n"
	 "[Network]\nDHCP=yes\nIPv6AcceptRA=yes\n"
	 "LinkLocalAddressing=ipv6\n" DHCP_EXTRAS DHCP4 DHCP6
	 "WithoutRA=solicit\n@ 30-lander-eth0.network\n"
	 "# no address of its own\n[Match]\nName=eth0\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-eth1.network\n# no address of its own\n"
	 "[Match]\nName=eth1\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 90-lander-any.network\n# no ip= given: DHCP\n[Match]\n"
	 "Type=ether\nKind=!*\n[Link]\nRequiredFamilyForOnline=any\n"
	 "[Network]\nDHCP=yes\nIPv6AcceptRA=yes\n"
	 "LinkLocalAddressing=ipv6\n" DHCP_EXTRAS DHCP4 DHCP6
	 "WithoutRA=solicit\n"},
	{"bridge=br0:enp0s2,enp0s3 ip=br0:dhcp4",
	 "@ 10-lander-br0.link\n[Match]\nOriginalName=br0\n[Link]\n"
	 "MACAddressPolicy=none\n@ 20-lander-br0.netdev\n[NetDev]\n"
	 "Name=br0\nKind=bridge\nMACAddress=none\n"
	 "@ 30-lander-br0.network\n# ip=br0:dhcp4\n[Match]\n"
	 "Name=br0\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=no\n" DHCP_EXTRAS DHCP4
	 "@ 30-lander-enp0s2.network\n# no address of its own\n"
	 "[Match]\nName=enp0s2\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nBridge=br0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-enp0s3.network\n# no address of its own\n"
	 "[Match]\nName=enp0s3\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nBridge=br0\n" NOTHING_AUTOMATIC OTHERS},
	{"bond=bond0:enp0s2,enp0s3 bridge=br0:bond0 vlan=br0.3:br0 ip=dhcp",
	 "@ 10-lander-bond0.link\n[Match]\nOriginalName=bond0\n"
	 "[Link]\nMACAddressPolicy=none\n@ 10-lander-br0.link\n"
	 "[Match]\nOriginalName=br0\n[Link]\nMACAddressPolicy=none\n"
	 "@ 20-lander-bond0.netdev\n[NetDev]\nName=bond0\n"
	 "Kind=bond\nMACAddress=none\n[Bond]\nMode=balance-rr\n"
	 "MIIMonitorSec=100ms\n@ 20-lander-br0.3.netdev\n[NetDev]\n"
	 "Name=br0.3\nKind=vlan\n[VLAN]\nId=3\n"
	 "@ 20-lander-br0.netdev\n[NetDev]\nName=br0\nKind=bridge\n"
	 "MACAddress=none\n@ 30-lander-bond0.network\n"
	 "# no address of its own\n[Match]\nName=bond0\n[Link]\n"
	 "RequiredForOnline=no\n[Network]\nBridge=br0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-br0.3.network\n# ip=dhcp\n[Match]\n"
	 "Name=br0.3\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" DHCP_AND_RA DHCP_EXTRAS DHCP4 DHCP6
	 "@ 30-lander-br0.network\n# no address of its own\n"
	 "[Match]\nName=br0\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nVLAN=br0.3\n" NOTHING_AUTOMATIC
	 "@ 30-lander-enp0s2.network\n# no address of its own\n"
	 "[Match]\nName=enp0s2\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 30-lander-enp0s3.network\n# no address of its own\n"
	 "[Match]\nName=enp0s3\n[Link]\nRequiredForOnline=no\n"
	 "[Network]\nBond=bond0\n" NOTHING_AUTOMATIC
	 "@ 90-lander-any.network\n# ip=dhcp\n[Match]\nType=ether\n"
	 "Kind=!*\n[Link]\nRequiredFamilyForOnline=ipv4\n[Network]"
	 "\n" DHCP_AND_RA DHCP_EXTRAS DHCP4 DHCP6},
};

static void made_interfaces_give_these_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_case(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_interfaces_give_these_files),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
