/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text in the files below /run/systemd/netif and what becomes of it.  It
 * opens nothing.  Every server is parsed and written anew: a DHCP server is a
 * stranger.
 */
#include "network/netif.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/ip_address.h"
#include "network/problems.h"

#define SERVERS_MOST 3

void netif_value(const char *text, const char *start, char *buf, size_t room)
{
	size_t length = strlen(start);

	*buf = '\0';
	while (*text) {
		size_t line = strcspn(text, "\n");

		if (line >= length && !strncmp(text, start, length)) {
			char *value = strndup(text + length, line - length);

			if (value)
				problems_clean(value, buf, room);
			free(value);
			return;
		}
		text += line + (text[line] == '\n');
	}
}

/* "10.0.0.1", "fe80::1%2": networkd writes the index, libc takes both. */
static bool put_server(FILE *out, const char *text)
{
	char bare[80];
	char zone[IF_NAMESIZE + 1] = "";
	char written[IP_ADDRESS_TEXT];
	struct ip_address address;
	size_t length = strcspn(text, "%");

	if (length >= sizeof(bare) || strlen(text + length) > IF_NAMESIZE)
		return false;
	memcpy(bare, text, length);
	bare[length] = '\0';
	if (text[length])
		memcpy(zone, text + length, strlen(text + length) + 1);
	if (!ip_address_parse(bare, &address) || strchr(bare, '[') ||
	    (*zone && (zone[strspn(zone + 1, "abcdefghijklmnopqrstuvwxyz"
					     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "0123456789._-") +
			    1] ||
		       !zone[1])))
		return false;
	fprintf(out, "nameserver %s%s\n", ip_address_format(&address, written),
		zone);
	return true;
}

static bool is_domain(const char *text)
{
	return *text && strlen(text) < 254 &&
	       !text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")];
}

void netif_resolv(const char *dns, const char *domains, char *buf, size_t room)
{
	char *copy = NULL;
	char *save = NULL;
	size_t count = 0;
	const char *separator = "search ";
	FILE *out = fmemopen(buf, room, "w");

	*buf = '\0';
	if (!out)
		return;
	copy = strdup(dns);
	for (char *one = copy ? strtok_r(copy, " ", &save) : NULL;
	     one && count < SERVERS_MOST; one = strtok_r(NULL, " ", &save))
		count += put_server(out, one);
	free(copy);
	copy = count ? strdup(domains) : NULL;
	for (char *one = copy ? strtok_r(copy, " ", &save) : NULL; one;
	     one = strtok_r(NULL, " ", &save)) {
		/* "~corp" only routes queries; libc has no such thing. */
		if (!is_domain(one))
			continue;
		fprintf(out, "%s%s", separator, one);
		separator = " ";
	}
	if (*separator == ' ')
		fprintf(out, "\n");
	free(copy);
	if (fclose(out) != 0 || !count)
		*buf = '\0';
}
