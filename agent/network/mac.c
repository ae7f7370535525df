/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ethernet addresses as people, PXE loaders and dracut write them.  It does
 * not know which NIC has which.
 */
#include "network/mac.h"

#include <stdio.h>
#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool mac_parse(const char *text, struct mac *ret)
{
	struct mac mac = {{0}};
	uint8_t any = 0;

	if (strlen(text) != MAC_TEXT - 1 || (text[2] != ':' && text[2] != '-'))
		return false;
	for (size_t i = 0; i < 6; i++) {
		int high = hex_digit(text[3 * i]);
		int low = hex_digit(text[3 * i + 1]);

		if (high < 0 || low < 0 ||
		    (i < 5 && text[3 * i + 2] != text[2]))
			return false;
		mac.octet[i] = (uint8_t)(high << 4 | low);
		any |= mac.octet[i];
	}
	if (!any || (mac.octet[0] & 1))
		return false;
	*ret = mac;
	return true;
}

bool mac_parse_bootif(const char *text, struct mac *ret)
{
	if (strlen(text) == MAC_TEXT + 2) {
		if (strncmp(text, "01", 2) != 0 || text[2] != text[5])
			return false;
		text += 3;
	}
	return mac_parse(text, ret);
}

const char *mac_format(const struct mac *mac, char separator,
		       char buf[MAC_TEXT])
{
	const uint8_t *o = mac->octet;
	char s = separator;

	(void)snprintf(buf, MAC_TEXT, "%02x%c%02x%c%02x%c%02x%c%02x%c%02x",
		       o[0], s, o[1], s, o[2], s, o[3], s, o[4], s, o[5]);
	return buf;
}

bool mac_equal(const struct mac *a, const struct mac *b)
{
	return !memcmp(a->octet, b->octet, sizeof(a->octet));
}
