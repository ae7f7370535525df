/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The job's word for the copied system's address.  What comes out of here is
 * written into configuration files, so it is what inet_ntop() makes of it.
 */
#include "network/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns AF_INET, AF_INET6, or 0. */
static int take_ip(const char *text, char ret[ADDRESS_TEXT])
{
	static const int families[] = {AF_INET, AF_INET6};
	unsigned char bytes[sizeof(struct in6_addr)];

	for (size_t i = 0; i < 2; i++)
		if (inet_pton(families[i], text, bytes) == 1 &&
		    inet_ntop(families[i], bytes, ret, ADDRESS_TEXT))
			return families[i];
	return 0;
}

static bool take_prefix(const char *text, unsigned most, unsigned *ret)
{
	char *end = NULL;
	unsigned long value;

	if (!text || !isdigit((unsigned char)*text))
		return false;
	value = strtoul(text, &end, 10);
	if (*end || value == 0 || value > most)
		return false;
	*ret = (unsigned)value;
	return true;
}

static bool take_fields(char *fields, struct address *ret)
{
	char *slash = strchr(fields, '/');
	char *rest = strchr(fields, ',');
	char *word;
	int family;

	if (rest)
		*rest++ = '\0';
	if (!slash || (rest && slash > rest))
		return false;
	*slash = '\0';
	family = take_ip(fields, ret->ip);
	ret->ipv6 = family == AF_INET6;
	if (!family ||
	    !take_prefix(slash + 1, ret->ipv6 ? 128 : 32, &ret->prefix))
		return false;
	word = strsep(&rest, ",");
	if (word && *word && take_ip(word, ret->gateway) != family)
		return false;
	while ((word = strsep(&rest, ","))) {
		if (ret->servers == ADDRESS_DNS ||
		    !take_ip(word, ret->dns[ret->servers]))
			return false;
		ret->servers++;
	}
	return true;
}

bool address_parse(const char *text, struct address *ret)
{
	static const char start[] = "static:";
	char *copy;
	bool good;

	*ret = (struct address){.dhcp = !strcmp(text, "dhcp")};
	if (ret->dhcp)
		return true;
	if (strncmp(text, start, strlen(start)) != 0)
		return false;
	copy = strdup(text + strlen(start));
	good = copy && take_fields(copy, ret);
	free(copy);
	return good;
}

const char *address_describe(const struct address *address, char *buf,
			     unsigned room)
{
	if (address->dhcp)
		(void)snprintf(buf, room, "DHCP");
	else
		(void)snprintf(buf, room, "%s/%u%s%s", address->ip,
			       address->prefix, *address->gateway ? " by " : "",
			       address->gateway);
	return buf;
}
