/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Static addresses, selected by name, MAC, ifname= or not at all; servers,
 * routes. */
#include "network_case.h"

static const struct network_case cases[] = {
	{"net.ifnames=0 ip=10.0.0.5::10.0.0.1:255.255.255.0:web01:eth0:none "
	 "nameserver=10.0.0.53 nameserver=[fd00::53]",
	 "@ 30-lander-eth0.network\n"
	 "# ip=10.0.0.5::10.0.0.1:255.255.255.0:web01:eth0:none\n"
	 "[Match]\nName=eth0\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "DNS=10.0.0.53\nDNS=fd00::53\n[Address]\n"
	 "Address=10.0.0.5/24\n[Route]\nGateway=10.0.0.1\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24::enp0s2:none",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::enp0s2:none\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24::enp0s2:off",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::enp0s2:off\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24:web01::none::52:54:00:AB:cd:02",
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24:web01::none::52:54:00:AB:cd:02\n"
	 "[Match]\nPermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n" OTHERS},
	{"ifname=lan0:52:54:00:ab:cd:01 ifname=lan1:52:54:00:ab:cd:02 "
	 "ip=10.0.0.5::10.0.0.1:24::lan0:none ip=10.9.0.5:::24::lan1:none",
	 "@ 10-lander-lan0.link\n# ifname=lan0\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:01\n[Link]\nName=lan0\n"
	 "AlternativeNamesPolicy=database onboard slot path\n"
	 "@ 10-lander-lan1.link\n# ifname=lan1\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\nName=lan1\n"
	 "AlternativeNamesPolicy=database onboard slot path\n"
	 "@ 30-lander-lan0.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::lan0:none\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:01\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n@ 30-lander-lan1.network\n"
	 "# ip=10.9.0.5:::24::lan1:none\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.9.0.5/24\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24::enp0s2:none:9000:02:00:00:00:00:07",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::enp0s2:none:9000:02:00:00:00:00:07\n"
	 "[Match]\nName=enp0s2\n[Link]\n"
	 "MACAddress=02:00:00:00:00:07\nMTUBytes=9000\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24::enp0s2:none:10.0.0.53:10.0.0.54:10.0.0.123",
	 "@ 30-lander-enp0s2.network\n"
	 "# "
	 "ip=10.0.0.5::10.0.0.1:24::enp0s2:none:10.0.0.53:10.0.0.54:10.0.0."
	 "123\n"
	 "[Match]\nName=enp0s2\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "DNS=10.0.0.53\nDNS=10.0.0.54\nNTP=10.0.0.123\n[Address]\n"
	 "Address=10.0.0.5/24\n[Route]\nGateway=10.0.0.1\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24::enp0s2:none:1400:10.0.0.53",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::enp0s2:none:1400:10.0.0.53\n"
	 "[Match]\nName=enp0s2\n[Link]\nMTUBytes=1400\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "DNS=10.0.0.53\n[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24::enp0s2:none::[fd00::53]",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::enp0s2:none::[fd00::53]\n"
	 "[Match]\nName=enp0s2\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "DNS=fd00::53\n[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n" OTHERS},
	{"ip=[fd00::2]::[fd00::1]:64::enp0s2:none",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=[fd00::2]::[fd00::1]:64::enp0s2:none\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv6\n"
	 "[Network]\nDHCP=no\nIPv6AcceptRA=no\n"
	 "LinkLocalAddressing=ipv6\n[Address]\nAddress=fd00::2/64\n"
	 "[Route]\nGateway=fd00::1\n" OTHERS},
	{"ip=[fd00::2]::[fe80::1]:64::enp0s2:none "
	 "ip=10.0.0.5::10.0.0.1:24::enp0s2:none",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=[fd00::2]::[fe80::1]:64::enp0s2:none "
	 "ip=10.0.0.5::10.0.0.1:24::enp0s2:none\n"
	 "[Match]\nName=enp0s2\n[Link]\n"
	 "RequiredFamilyForOnline=any\n[Network]\nDHCP=no\n"
	 "IPv6AcceptRA=no\nLinkLocalAddressing=ipv6\n[Address]\n"
	 "Address=fd00::2/64\n[Address]\nAddress=10.0.0.5/24\n"
	 "[Route]\nGateway=fe80::1\n[Route]\nGateway=10.0.0.1\n" OTHERS},
	{"ip=192.0.2.7:192.0.2.9:192.0.2.9:::enp0s2:none",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=192.0.2.7:192.0.2.9:192.0.2.9:::enp0s2:none\n"
	 "[Match]\nName=enp0s2\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=192.0.2.7/32\nPeer=192.0.2.9/32\n"
	 "[Route]\nGateway=192.0.2.9\n" OTHERS},
	{"ip=192.0.2.7::198.51.100.1:32::enp0s2:none",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=192.0.2.7::198.51.100.1:32::enp0s2:none\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=192.0.2.7/32\n[Route]\n"
	 "Gateway=198.51.100.1\nGatewayOnLink=yes\n" OTHERS},
	{"ip=10.0.0.5/24::10.0.0.1:::enp0s2",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5/24::10.0.0.1:::enp0s2\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24::enp0s2:none "
	 "ip=10.1.0.5::10.1.0.1:24::enp0s3:none",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::enp0s2:none\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\nMetric=100\n@ 30-lander-enp0s3.network\n"
	 "# ip=10.1.0.5::10.1.0.1:24::enp0s3:none\n[Match]\n"
	 "Name=enp0s3\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.1.0.5/24\n[Route]\n"
	 "Gateway=10.1.0.1\nMetric=101\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24::enp0s2:none "
	 "ip=10.1.0.5::10.1.0.1:24::enp0s3:none bootdev=enp0s3",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::enp0s2:none\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\nMetric=1024\n"
	 "@ 30-lander-enp0s3.network\n"
	 "# ip=10.1.0.5::10.1.0.1:24::enp0s3:none\n[Match]\n"
	 "Name=enp0s3\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.1.0.5/24\n[Route]\n"
	 "Gateway=10.1.0.1\nMetric=100\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24:::none",
	 "@ 90-lander-any.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24:::none\n[Match]\nType=ether\n"
	 "Kind=!*\n[Link]\nRequiredFamilyForOnline=ipv4\n[Network]"
	 "\n" NOTHING_AUTOMATIC "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n"},
	{"ip=10.0.0.5::10.0.0.1:24:::none BOOTIF=01-52-54-00-ab-cd-02",
	 "@ 30-lander-52-54-00-ab-cd-02.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24:::none\n[Match]\n"
	 "PermanentMACAddress=52:54:00:ab:cd:02\n[Link]\n"
	 "RequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n" OTHERS},
	{"ip=10.0.0.5::10.0.0.1:24:::none bootdev=enp0s3",
	 "@ 30-lander-enp0s3.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24:::none\n[Match]\nName=enp0s3\n"
	 "[Link]\nRequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\nMetric=100\n" OTHERS},
	{"ip=10.0.0.5:::24::enp0s2:dhcp",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5:::24::enp0s2:dhcp\n[Match]\nName=enp0s2\n"
	 "[Link]\nRequiredFamilyForOnline=ipv4\n[Network]"
	 "\n" DHCP_AND_RA DHCP_EXTRAS
	 "[Address]\nAddress=10.0.0.5/24\n" DHCP4 DHCP6 OTHERS},
	{"ip=10.0.0.5:::24::enp0s2:none ip=10.1.0.5:::24::enp0s3:none "
	 "rd.route=10.50.7.1/16:10.1.0.9 rd.route=10.60.0.0/16::enp0s2 "
	 "rd.route=[2001:db8:3::/48]:[fe80::1]:enp0s3",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5:::24::enp0s2:none\n[Match]\nName=enp0s2\n"
	 "[Link]\nRequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Destination=10.60.0.0/16\nScope=link\n"
	 "@ 30-lander-enp0s3.network\n"
	 "# ip=10.1.0.5:::24::enp0s3:none\n[Match]\nName=enp0s3\n"
	 "[Link]\nRequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.1.0.5/24\n[Route]\n"
	 "Destination=10.50.0.0/16\nGateway=10.1.0.9\n[Route]\n"
	 "Destination=2001:db8:3::/48\nGateway=fe80::1\n" OTHERS},
	{"ip=dhcp rd.route=10.50.0.0/16:10.0.2.9 "
	 "rd.route=10.60.0.0/16:10.0.3.9:enp0s3",
	 "@ 30-lander-enp0s3.network\n# ip=dhcp\n[Match]\n"
	 "Name=enp0s3\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" DHCP_AND_RA DHCP_EXTRAS
	 "[Route]\nDestination=10.60.0.0/16\nGateway=10.0.3.9\n" DHCP4 DHCP6
	 "@ 90-lander-any.network\n# ip=dhcp\n[Match]\nType=ether\n"
	 "Kind=!*\n[Link]\nRequiredFamilyForOnline=ipv4\n[Network]"
	 "\n" DHCP_AND_RA DHCP_EXTRAS
	 "[Route]\nDestination=10.50.0.0/16\nGateway=10.0.2.9\n" DHCP4 DHCP6},
	{"\"ip=10.0.0.5::10.0.0.1:24::enp0s2:none\" ip=10.0.0.6:::24:::none "
	 "quiet",
	 "@ 30-lander-enp0s2.network\n"
	 "# ip=10.0.0.5::10.0.0.1:24::enp0s2:none\n[Match]\n"
	 "Name=enp0s2\n[Link]\nRequiredFamilyForOnline=ipv4\n"
	 "[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.5/24\n[Route]\n"
	 "Gateway=10.0.0.1\n@ 90-lander-any.network\n"
	 "# ip=10.0.0.6:::24:::none\n[Match]\nType=ether\nKind=!*\n"
	 "[Link]\nRequiredFamilyForOnline=ipv4\n[Network]\n" NOTHING_AUTOMATIC
	 "[Address]\nAddress=10.0.0.6/24\n"},
};

static void static_addresses_give_these_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_case(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(static_addresses_give_these_files),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
