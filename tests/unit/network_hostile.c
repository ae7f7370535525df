/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No command line, however made, gets a line of its own into a file: each line
 * that is written has one of the known keys and harmless letters behind it.
 */
#include "network_case.h"

static const char *const sections[] = {
	"[Match]",  "[Link]",	"[Network]", "[Address]",
	"[Route]",  "[DHCPv4]", "[DHCPv6]",  "[IPv6AcceptRA]",
	"[NetDev]", "[VLAN]",	"[Bond]",
};

static const char *const keys[] = {
	"Name",
	"PermanentMACAddress",
	"Type",
	"Kind",
	"MACAddress",
	"MTUBytes",
	"ActivationPolicy",
	"RequiredForOnline",
	"RequiredFamilyForOnline",
	"Bond",
	"Bridge",
	"PrimarySlave",
	"VLAN",
	"DHCP",
	"IPv6AcceptRA",
	"LinkLocalAddressing",
	"DNS",
	"NTP",
	"UseDomains",
	"IgnoreCarrierLoss",
	"Address",
	"Peer",
	"Destination",
	"Gateway",
	"Scope",
	"GatewayOnLink",
	"Metric",
	"ClientIdentifier",
	"UseMTU",
	"UseHostname",
	"SendHostname",
	"Hostname",
	"UseDNS",
	"RouteMetric",
	"DUIDType",
	"WithoutRA",
	"Id",
	"AlternativeNamesPolicy",
	"Mode",
	"MACAddressPolicy",
	"OriginalName",
	"MIIMonitorSec",
	"UpDelaySec",
	"DownDelaySec",
	"ARPIntervalSec",
	"ARPIPTargets",
	"LACPTransmitRate",
	"TransmitHashPolicy",
	"FailOverMACPolicy",
};

/* Words that are good, to be broken. */
static const char *const seeds[] = {
	"ip=dhcp",
	"ip=eth0:dhcp,dhcp6:1400:02-00-00-00-00-01",
	"ip=10.0.0.5::10.0.0.1:24:web01:eth0:none:1500:52:54:00:ab:cd:01",
	"ip=10.0.0.5:10.0.0.6:10.0.0.1:255.255.255.0:w:eth1:off:10.0.0.53",
	"ip=[fd00::2]::[fd00::1]:64::eth0:none:[fd00::53]:[fd00::54]:[fd00::7]",
	"ip=10.0.0.7::10.0.0.1:24:h::none::52:54:00:ab:cd:02",
	"ip=BOOTIF:dhcp",
	"ip=52-54-00-ab-cd-03:auto6",
	"BOOTIF=01-52-54-00-ab-cd-02",
	"ifname=lan0:52:54:00:ab:cd:04",
	"nameserver=10.0.0.53",
	"nameserver=[fd00::53]",
	"vlan=eth0.5:eth0",
	"vlan=vlan0007:bond0",
	"bond=bond0:eth2,eth3:mode=active-backup,miimon=100,primary=eth2:9000",
	"bond=bond1:a,b:mode=1,arp_interval=9,arp_ip_target=10.0.0.1;10.0.0.2",
	"bridge=br0:eth4,eth5",
	"rd.route=10.50.0.0/16:10.0.0.9:eth0",
	"rd.route=[2001:db8::/32]:[fd00::1]",
	"bootdev=eth0",
	"rd.peerdns=0",
};

static bool is_in(const char *const *list, size_t count, const char *text,
		  size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length &&
		    !strncmp(list[i], text, length))
			return true;
	return false;
}

static void check_line(const char *line, const char *cmdline)
{
	size_t length = strcspn(line, "=");

	for (const char *at = line; *at; at++)
		if (*at < ' ' || *at > '~')
			fail_msg("byte %d in '%s' from '%s'", *at, line,
				 cmdline);
	if (*line == '#' || *line == '@')
		return;
	if (is_in(sections, sizeof(sections) / sizeof(*sections), line,
		  strlen(line)))
		return;
	if (!line[length] ||
	    !is_in(keys, sizeof(keys) / sizeof(*keys), line, length) ||
	    line[length + 1 +
		 strspn(line + length + 1,
			"abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			" .:/_*!+-")])
		fail_msg("'%s' from '%s'", line, cmdline);
}

/* Returns whether the line was accepted. */
static bool check_cmdline(const char *cmdline)
{
	struct error *error = NULL;
	char *save = NULL;
	int r = network_generate(cmdline, network_directory, &error);
	char *files = take_files();

	if (r < 0) {
		assert_int_equal(error->kind, ERROR_CONFIG);
		assert_true(strlen(error->msg) < 4000);
		check_line("#", error->msg);
		for (const char *at = error->msg; *at; at++)
			assert_true(*at >= ' ' && *at <= '~');
		assert_string_equal(files, "");
	}
	for (char *line = strtok_r(files, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		check_line(line, cmdline);
	free(files);
	error_free(error);
	return r == 0;
}

static void newlines_and_sections_stay_out(void **state)
{
	static const char *const bad[] = {
		"ip=\"eth0\n[Network]\nAddress=6.6.6.6/8\":dhcp",
		"ip=10.0.0.5::10.0.0.1:24:\"web\nDHCP=yes\":eth0:none",
		"\"ip=10.0.0.5::10.0.0.1:24::eth0\n:none\"",
		"bond=bond0:eth0:\"mode=1,miimon=100\nMode=0\"",
		"bond=bond0:eth0:mode=\"1\r\"",
		"vlan=\"eth0.5\n\":eth0",
		"nameserver=\"10.0.0.1\n10.0.0.2\"",
		"rd.route=\"10.0.0.0/8\n\":10.0.0.1:eth0",
		"ifname=\"lan0\n\":52:54:00:ab:cd:04",
		"ip=eth0\xff:dhcp",
		"ip=../../etc/x:dhcp",
		"ip=*:dhcp",
		"ip=!eth0:dhcp",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(check_cmdline(bad[i]));
	/* Outside of quotes a newline is no more than a blank. */
	assert_true(check_cmdline("ip=eth0:dhcp\nDHCP=no\n\tquiet\n"));
	assert_true(check_cmdline("\"\" = == ip== \"ip=dhcp") == false);
	assert_true(check_cmdline("\"ip=dhcp"));
}

static void length_and_number_are_bounded(void **state)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	fprintf(out, "ip=");
	for (int i = 0; i < 100000; i++)
		fputc(i % 7 ? 'a' : ':', out);
	fprintf(out, " bond=bond0:");
	for (int i = 0; i < 2000; i++)
		fprintf(out, "eth%d,", i);
	assert_int_equal(fclose(out), 0);
	assert_false(check_cmdline(text));
	free(text);
	text = NULL;
	out = open_memstream(&text, &length);
	for (int i = 0; i < 64; i++)
		fprintf(out, "ip=eth%d:dhcp ", i);
	assert_int_equal(fflush(out), 0);
	assert_true(check_cmdline(text));
	fprintf(out, "ip=eth64:dhcp ");
	assert_int_equal(fclose(out), 0);
	assert_false(check_cmdline(text));
	free(text);
}

static uint64_t dice_state;

static unsigned int dice(unsigned int sides)
{
	dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(dice_state >> 33) % sides;
}

static void put_broken(FILE *out, const char *seed)
{
	static const char spice[] = ":[]-,=./ \n\"%;*0f\xff\x01";
	size_t length = strlen(seed);
	char text[128];

	memcpy(text, seed, length + 1);
	for (unsigned int n = dice(3); n; n--) {
		size_t at = dice((unsigned int)length);

		if (dice(2))
			text[at] = spice[dice(sizeof(spice) - 1)];
		else
			memmove(text + at, text + at + 1, length - at);
		length = strlen(text);
		if (!length)
			break;
	}
	fprintf(out, "%s ", text);
}

static void broken_words_do_no_harm(void **state)
{
	unsigned int accepted = 0;

	(void)state;
	for (unsigned int round = 0; round < 1500; round++) {
		char *text = NULL;
		size_t length = 0;
		FILE *out = open_memstream(&text, &length);

		dice_state = round;
		for (unsigned int n = 1 + dice(4); n; n--)
			put_broken(out,
				   seeds[dice(sizeof(seeds) / sizeof(*seeds))]);
		assert_int_equal(fclose(out), 0);
		accepted += check_cmdline(text);
		free(text);
	}
	/* Neither all nor none: the words are only a little broken. */
	assert_in_range(accepted, 150, 1350);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newlines_and_sections_stay_out),
		cmocka_unit_test(length_and_number_are_bounded),
		cmocka_unit_test(broken_words_do_no_harm),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
