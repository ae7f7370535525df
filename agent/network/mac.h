/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_MAC_H
#define LANDER_NETWORK_MAC_H

#include <stdbool.h>
#include <stdint.h>

#define MAC_TEXT 18 /* "52:54:00:12:34:56" and its zero */

/** An Ethernet address. */
struct mac {
	uint8_t octet[6];
};

/** mac_parse(text, ret): six hexadecimal pairs, all between ':' or all between
 *  '-', either case.  False for anything else, and for an address that no NIC
 *  can have (all zero, or a group address). */
bool mac_parse(const char *text, struct mac *ret);

/** mac_parse_bootif(text, ret): what PXE loaders put in BOOTIF=, the hardware
 *  type (01, Ethernet) before the six pairs; without the type too. */
bool mac_parse_bootif(const char *text, struct mac *ret);

/** mac_format(mac, separator, buf): lower case. */
const char *mac_format(const struct mac *mac, char separator,
		       char buf[MAC_TEXT]);

bool mac_equal(const struct mac *a, const struct mac *b);

#endif
