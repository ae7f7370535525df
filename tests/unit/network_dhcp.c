/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip= with automatic addresses, BOOTIF=, and no ip= at all: words in, files
 * out. */
#include "network_case.h"

static const struct network_case cases[] = {
	{"", "@ 90-lander-any.network\n# no ip= given: DHCP\n[Match]\n"
	     "Type=ether\nKind=!*\n[Link]\nRequiredFamilyForOnline=any\n"
	     "[Network]\nDHCP=yes\nIPv6AcceptRA=yes\n"
	     "LinkLocalAddressing=ipv6\n" DHCP_EXTRAS DHCP4 DHCP6
	     "WithoutRA=solicit\n"},
	{"ip=dhcp", "@ 90-lander-any.network\n# ip=dhcp\n[Match]\nType=ether\n"
		    "Kind=!*\n[Link]\nRequiredFamilyForOnline=ipv4\n[Network]"
		    "\n" DHCP_AND_RA DHCP_EXTRAS DHCP4 DHCP6},
	{"ip=enp0s2:dhcp6",
	 "@ 30-lander-enp0s2.network\n# ip=enp0s2:dhcp6\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv6\n"
	 "[Network]\nDHCP=ipv6\nIPv6AcceptRA=yes\n"
	 "LinkLocalAddressing=ipv6\nUseDomains=yes\n" DHCP6
	 "WithoutRA=solicit\n" OTHERS},
	{"ip=auto6",
	 "@ 90-lander-any.network\n# ip=auto6\n[Match]\nType=ether\n"
	 "Kind=!*\n[Link]\nRequiredFamilyForOnline=ipv6\n[Network]\n"
	 "DHCP=no\nIPv6AcceptRA=yes\nLinkLocalAddressing=ipv6\n"
	 "UseDomains=yes\n" DHCP6},
	{"ip=enp0s2:either6",
	 "@ 30-lander-enp0s2.network\n# ip=enp0s2:either6\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv6\n"
	 "[Network]\nDHCP=ipv6\nIPv6AcceptRA=yes\n"
	 "LinkLocalAddressing=ipv6\nUseDomains=yes\n" DHCP6
	 "WithoutRA=solicit\n" OTHERS},
	{"ip=enp0s2:link6",
	 "@ 30-lander-enp0s2.network\n# ip=enp0s2:link6\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv6\n"
	 "[Network]\nDHCP=no\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=ipv6\n" OTHERS},
	{"ip=link-local",
	 "@ 90-lander-any.network\n# ip=link-local\n[Match]\n"
	 "Type=ether\nKind=!*\n[Link]\nRequiredFamilyForOnline=any\n"
	 "[Network]\nDHCP=no\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=yes\n"},
	{"ip=off", OTHERS},
	{"ip=enp0s2:off",
	 "@ 30-lander-enp0s2.network\n# ip=enp0s2:off\n[Match]\n"
	 "Name=enp0s2\n[Link]\nActivationPolicy=manual\n"
	 "RequiredForOnline=no\n[Network]\n" NOTHING_AUTOMATIC OTHERS},
	{"ip=enp0s2:dhcp,dhcp6",
	 "@ 30-lander-enp0s2.network\n# ip=enp0s2:dhcp,dhcp6\n"
	 "[Match]\nName=enp0s2\n[Link]\n"
	 "RequiredFamilyForOnline=any\n[Network]\nDHCP=yes\n"
	 "IPv6AcceptRA=yes\nLinkLocalAddressing=ipv6\n" DHCP_EXTRAS DHCP4 DHCP6
	 "WithoutRA=solicit\n" OTHERS},
	{"ip=dhcp ip=10.0.0.5::10.0.0.1:24::eth1:none",
	 "@ 30-lander-eth1.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::eth1:none\n[Match]\n"
	 "Name=eth1\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n@ 90-lander-any.network\n# ip=dhcp\n"
	 "[Match]\nType=ether\nKind=!*\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" DHCP_AND_RA DHCP_EXTRAS
		 DHCP4 DHCP6},
	{"ip=dhcp BOOTIF=01-52-54-00-AB-cd-02",
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# ip=dhcp BOOTIF=52:54:00:ab:cd:02\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" DHCP_AND_RA DHCP_EXTRAS
		 DHCP4 DHCP6 OTHERS},
	{"BOOTIF=01-52-54-00-ab-cd-02 rd.bootif=0",
	 "@ 90-lander-any.network\n# no ip= given: DHCP\n[Match]\n"
	 "Type=ether\nKind=!*\n[Link]\nRequiredFamilyForOnline=any\n"
	 "[Network]\nDHCP=yes\nIPv6AcceptRA=yes\n"
	 "LinkLocalAddressing=ipv6\n" DHCP_EXTRAS DHCP4 DHCP6
	 "WithoutRA=solicit\n"},
	{"BOOTIF=52:54:00:ab:cd:02",
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# no ip= given: DHCP BOOTIF=52:54:00:ab:cd:02\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=any\n[Network]\nDHCP=yes\n"
	 "IPv6AcceptRA=yes\nLinkLocalAddressing=ipv6\n" DHCP_EXTRAS DHCP4 DHCP6
	 "WithoutRA=solicit\n" OTHERS},
	{"BOOTIF=01-52-54-00-ab-cd-02 ip=BOOTIF:dhcp",
	 "@ 30-lander-52-54-00-ab-cd-02.network\n# ip=BOOTIF:dhcp\n"
	 "[Match]\nPermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" DHCP_AND_RA DHCP_EXTRAS
		 DHCP4 DHCP6 OTHERS},
	{"ip=::::web01.example:eth0:dhcp rd.peerdns=0",
	 "@ 30-lander-eth0.network\n"
	 "# ip=::::web01.example:eth0:dhcp\n[Match]\nName=eth0\n"
	 "[Link]\nRequiredFamilyForOnline=ipv4\n[Network]"
	 "\n" DHCP_AND_RA DHCP_EXTRAS
	 "[DHCPv4]\nClientIdentifier=mac\nUseMTU=yes\n"
	 "UseHostname=no\nHostname=web01.example\nUseDNS=no\n"
	 "[DHCPv6]\nDUIDType=link-layer\nUseHostname=no\n"
	 "Hostname=web01.example\nUseDNS=no\n[IPv6AcceptRA]\n"
	 "UseDNS=no\n" OTHERS},
	{"ip=dhcp bootdev=enp0s3",
	 "@ 30-lander-enp0s3.network\n# ip=dhcp\n[Match]\n"
	 "Name=enp0s3\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" DHCP_AND_RA DHCP_EXTRAS DHCP4 "RouteMetric=100\n" DHCP6
	 "[IPv6AcceptRA]\nRouteMetric=100\n@ 90-lander-any.network\n"
	 "# ip=dhcp\n[Match]\nType=ether\nKind=!*\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" DHCP_AND_RA
		 DHCP_EXTRAS DHCP4 "RouteMetric=1024\n" DHCP6
	 "[IPv6AcceptRA]\nRouteMetric=1024\n"},
	{"ip=enp0s2:dhcp:1400:02-00-00-00-00-07",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=enp0s2:dhcp:1400:02-00-00-00-00-07\n[Match]\n"
	 "Name=enp0s2\n[Link]\nMACAddress=02:00:00:00:00:07\n"
	 "MTUBytes=1400\nRequiredFamilyForOnline=ipv4\n[Network]\n" DHCP_AND_RA
		 DHCP_EXTRAS DHCP4 DHCP6 OTHERS},
	{"ip=52-54-00-ab-cd-02:dhcp4",
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# ip=52-54-00-ab-cd-02:dhcp4\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\nDHCP=ipv4\n"
	 "IPv6AcceptRA=no\nLinkLocalAddressing=no\n" DHCP_EXTRAS DHCP4 OTHERS},
	{"ip=[52:54:00:ab:cd:02]:dhcp4",
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# ip=[52:54:00:ab:cd:02]:dhcp4\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\nDHCP=ipv4\n"
	 "IPv6AcceptRA=no\nLinkLocalAddressing=no\n" DHCP_EXTRAS DHCP4 OTHERS},
	{"ip=:dhcp4::52:54:00:ab:cd:02",
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# ip=:dhcp4::52:54:00:ab:cd:02\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\nDHCP=ipv4\n"
	 "IPv6AcceptRA=no\nLinkLocalAddressing=no\n" DHCP_EXTRAS DHCP4 OTHERS},
};

static void automatic_addresses_give_these_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_case(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(automatic_addresses_give_these_files),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
