/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses, masks, MACs, the words of a command line, networkd's own text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "network/ip_address.h"
#include "network/mac.h"
#include "network/netif.h"
#include "network/problems.h"
#include "network/words.h"

static void addresses_are_read_in_full_or_not_at_all(void **state)
{
	static const char *const good[][2] = {
		{"10.0.0.5", "10.0.0.5"},
		{"[fd00::5]", "fd00::5"},
		{"FD00:0:0::5", "fd00::5"},
		{"::ffff:10.0.0.5", "::ffff:10.0.0.5"},
	};
	static const char *const bad[] = {
		"",	      "10.0.0",	    "10.0.0.5 ",  "10.0.0.256",
		"010.0.0.1",  "[10.0.0.5]", "[fd00::5",	  "fd00::5]",
		"fd00::5%et", "fd00:::5",   "10.0.0.5/8", "[]",
		"1",
	};
	char text[IP_ADDRESS_TEXT];
	struct ip_address address;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(ip_address_parse(good[i][0], &address));
		assert_string_equal(ip_address_format(&address, text),
				    good[i][1]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (ip_address_parse(bad[i], &address))
			fail_msg("accepted '%s'", bad[i]);
}

static void masks_have_no_gaps(void **state)
{
	static const struct {
		const char *text;
		int prefix; /* -1: refused */
	} masks[] = {
		{"255.255.255.0", 24},
		{"255.255.255.255", 32},
		{"0.0.0.0", 0},
		{"128.0.0.0", 1},
		{"255.255.252.0", 22},
		{"24", 24},
		{"32", 32},
		{"33", -1},
		{"255.0.255.0", -1},
		{"0.0.0.1", -1},
		{"255.255.255", -1},
		{"-1", -1},
		{"", -1},
		{"0024", -1},
	};
	int prefix;

	(void)state;
	for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
		bool good = ip_address_parse_mask(masks[i].text, 2, &prefix);

		if (good != (masks[i].prefix >= 0) ||
		    (good && prefix != masks[i].prefix))
			fail_msg("mask '%s'", masks[i].text);
	}
}

static void nets_are_read_and_compared(void **state)
{
	struct ip_address net;
	struct ip_address address;
	char text[IP_ADDRESS_TEXT];
	int prefix;

	(void)state;
	assert_true(ip_address_parse_net("[2001:DB8:3::/48]", &net, &prefix));
	assert_int_equal(prefix, 48);
	assert_true(ip_address_parse_net("[2001:db8:3::]/8", &net, &prefix));
	assert_int_equal(prefix, 8);
	ip_address_mask(&net, prefix);
	assert_string_equal(ip_address_format(&net, text), "2000::");
	assert_true(ip_address_parse_net("10.77.3.9/13", &net, &prefix));
	assert_true(ip_address_parse("10.79.255.255", &address));
	assert_true(ip_address_same_net(&net, &address, prefix));
	assert_true(ip_address_parse("10.80.0.0", &address));
	assert_false(ip_address_same_net(&net, &address, prefix));
	ip_address_mask(&net, prefix);
	assert_string_equal(ip_address_format(&net, text), "10.72.0.0");
	assert_false(ip_address_parse_net("10.0.0.0/", &net, &prefix));
	assert_false(ip_address_parse_net("/8", &net, &prefix));
	assert_false(ip_address_parse_net("10.0.0.0/8/8", &net, &prefix));
	assert_false(ip_address_parse_net("[fd00::/129]", &net, &prefix));
	assert_false(ip_address_parse_net("[fd00::/64", &net, &prefix));
}

static void macs_come_in_three_forms(void **state)
{
	static const char *const bad[] = {
		"",
		"52:54:00:ab:cd",
		"52:54:00:ab:cd:0",
		"52:54:00:ab:cd:0g",
		"52:54-00:ab:cd:01",
		"00:00:00:00:00:00",
		"01:54:00:ab:cd:01",
		"52:54:00:ab:cd:01:",
	};
	char text[MAC_TEXT];
	struct mac mac;

	(void)state;
	assert_true(mac_parse("52:54:00:AB:cd:01", &mac));
	assert_string_equal(mac_format(&mac, '-', text), "52-54-00-ab-cd-01");
	assert_true(mac_parse("52-54-00-ab-cd-01", &mac));
	assert_true(mac_parse_bootif("01-52-54-00-ab-cd-02", &mac));
	assert_string_equal(mac_format(&mac, ':', text), "52:54:00:ab:cd:02");
	assert_true(mac_parse_bootif("01:52:54:00:ab:cd:02", &mac));
	assert_false(mac_parse_bootif("06-52-54-00-ab-cd-02", &mac));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (mac_parse(bad[i], &mac))
			fail_msg("accepted '%s'", bad[i]);
}

static void words_are_split_as_the_kernel_does(void **state)
{
	struct words words = {0};

	(void)state;
	assert_int_equal(words_split("  a b=1\tc=\"x y\" \"d=e f\"\nlast=\"",
				     &words, NULL),
			 0);
	assert_int_equal(words.count, 5);
	assert_string_equal(words.word[0].key, "a");
	assert_string_equal(words.word[0].value, "");
	assert_string_equal(words.word[1].value, "1");
	assert_string_equal(words.word[2].value, "x y");
	assert_string_equal(words.word[3].key, "d");
	assert_string_equal(words.word[3].value, "e f");
	assert_string_equal(words.word[4].value, "");
	words_done(&words);
	assert_int_equal(words_split("", &words, NULL), 0);
	assert_int_equal(words.count, 0);
	words_done(&words);
}

static void brackets_keep_colons_together(void **state)
{
	struct fields fields = {0};

	(void)state;
	assert_int_equal(words_fields("[fd00::2]::x:", ':', &fields, NULL), 0);
	assert_int_equal(fields.count, 4);
	assert_string_equal(fields.field[0], "[fd00::2]");
	assert_string_equal(fields.field[1], "");
	assert_string_equal(fields.field[2], "x");
	assert_string_equal(fields.field[3], "");
	words_fields_done(&fields);
	assert_int_equal(words_fields("[a", ':', &fields, NULL), 1);
	assert_int_equal(words_fields("a]", ':', &fields, NULL), 1);
	assert_int_equal(words_fields("[[a]]", ':', &fields, NULL), 1);
	assert_int_equal(
		words_fields(":::::::::::::::::::::::", ':', &fields, NULL), 0);
	words_fields_done(&fields);
	assert_int_equal(
		words_fields("::::::::::::::::::::::::", ':', &fields, NULL),
		1);
}

static void printed_text_is_clean_and_bounded(void **state)
{
	char text[8];

	(void)state;
	assert_string_equal(problems_clean("a\n\x1b[1m", text, sizeof(text)),
			    "a??[1m");
	assert_string_equal(problems_clean("1234567", text, sizeof(text)),
			    "1234567");
	assert_string_equal(problems_clean("12345678", text, sizeof(text)),
			    "1234...");
}

static void values_of_networkd_are_found(void **state)
{
	char text[32];

	(void)state;
	netif_value("# x\nROUTE_DNS=1\nDNS=10.0.0.1 10.0.0.2\n", "DNS=", text,
		    sizeof(text));
	assert_string_equal(text, "10.0.0.1 10.0.0.2");
	netif_value("A=1\n", "B=", text, sizeof(text));
	assert_string_equal(text, "");
	netif_value("A=", "A=", text, sizeof(text));
	assert_string_equal(text, "");
}

static void only_addresses_become_name_servers(void **state)
{
	char text[512];

	(void)state;
	netif_resolv("10.0.0.1 fe80::1%2 fd00::53 10.0.0.4", "a.example b",
		     text, sizeof(text));
	assert_string_equal(text, "nameserver 10.0.0.1\n"
				  "nameserver fe80::1%2\n"
				  "nameserver fd00::53\n"
				  "search a.example b\n");
	netif_resolv("10.0.0.1:53#x evil [fd00::1] 10.0.0.2% 10.0.0.9", "~corp",
		     text, sizeof(text));
	assert_string_equal(text, "nameserver 10.0.0.9\n");
	netif_resolv("", "a.example", text, sizeof(text));
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_in_full_or_not_at_all),
		cmocka_unit_test(masks_have_no_gaps),
		cmocka_unit_test(nets_are_read_and_compared),
		cmocka_unit_test(macs_come_in_three_forms),
		cmocka_unit_test(words_are_split_as_the_kernel_does),
		cmocka_unit_test(brackets_keep_colons_together),
		cmocka_unit_test(printed_text_is_clean_and_bounded),
		cmocka_unit_test(values_of_networkd_are_found),
		cmocka_unit_test(only_addresses_become_name_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
