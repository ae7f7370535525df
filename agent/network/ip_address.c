/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * IP addresses, prefixes and masks from text and back.  What it returns was
 * understood in full: text goes into files only by way of ip_address_format().
 * No names are resolved.
 */
#include "network/ip_address.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <string.h>

bool ip_address_parse(const char *text, struct ip_address *ret)
{
	struct ip_address address = {0};
	char bare[IP_ADDRESS_TEXT];
	size_t length = strlen(text);
	bool bracket = *text == '[';

	if (bracket) {
		if (length < 2 || text[length - 1] != ']')
			return false;
		text++;
		length -= 2;
	}
	if (length >= sizeof(bare))
		return false;
	memcpy(bare, text, length);
	bare[length] = '\0';
	if (!bracket && inet_pton(AF_INET, bare, address.octet) == 1)
		address.family = AF_INET;
	else if (inet_pton(AF_INET6, bare, address.octet) == 1)
		address.family = AF_INET6;
	else
		return false;
	*ret = address;
	return true;
}

int ip_address_bits(int family)
{
	return family == AF_INET ? 32 : 128;
}

/* A decimal number of at most three digits. */
static bool parse_length(const char *text, int most, int *ret)
{
	size_t digits = strspn(text, "0123456789");
	int value = 0;

	if (!digits || digits > 3 || text[digits])
		return false;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (text[i] - '0');
	if (value > most)
		return false;
	*ret = value;
	return true;
}

bool ip_address_parse_net(const char *text, struct ip_address *ret,
			  int *ret_prefix)
{
	const char *slash = strchr(text, '/');
	char bare[IP_ADDRESS_TEXT + 8];
	char tail[8] = "";
	size_t length;
	int prefix = -1;
	struct ip_address address;

	if (!slash) {
		*ret_prefix = -1;
		return ip_address_parse(text, ret);
	}
	length = (size_t)(slash - text);
	if (length + 2 > sizeof(bare) || strlen(slash + 1) >= sizeof(tail))
		return false;
	memcpy(bare, text, length);
	bare[length] = '\0';
	memcpy(tail, slash + 1, strlen(slash + 1) + 1);
	if (*bare == '[' && bare[length - 1] != ']') {
		size_t end = strlen(tail);

		if (!end || tail[end - 1] != ']')
			return false;
		tail[end - 1] = '\0';
		memcpy(bare + length, "]", 2);
	}
	if (!ip_address_parse(bare, &address) ||
	    !parse_length(tail, ip_address_bits(address.family), &prefix))
		return false;
	*ret = address;
	*ret_prefix = prefix;
	return true;
}

bool ip_address_parse_mask(const char *text, int family, int *ret_prefix)
{
	struct ip_address mask;
	uint32_t bits;

	if (parse_length(text, ip_address_bits(family), ret_prefix))
		return true;
	if (family != AF_INET || !ip_address_parse(text, &mask) ||
	    mask.family != AF_INET)
		return false;
	bits = (uint32_t)mask.octet[0] << 24 | (uint32_t)mask.octet[1] << 16 |
	       (uint32_t)mask.octet[2] << 8 | mask.octet[3];
	/* Ones and then zeroes: the complement plus one is a power of two. */
	if (~bits & (~bits + 1))
		return false;
	*ret_prefix = __builtin_popcount(bits);
	return true;
}

const char *ip_address_format(const struct ip_address *address,
			      char buf[IP_ADDRESS_TEXT])
{
	if (!inet_ntop(address->family, address->octet, buf, IP_ADDRESS_TEXT))
		*buf = '\0';
	return buf;
}

static bool is_zero(const struct ip_address *address)
{
	static const uint8_t zero[16];

	return !memcmp(address->octet, zero, sizeof(zero));
}

bool ip_address_is_link_local(const struct ip_address *address)
{
	return address->family == AF_INET6 && address->octet[0] == 0xfe &&
	       (address->octet[1] & 0xc0) == 0x80;
}

bool ip_address_is_host(const struct ip_address *address)
{
	static const uint8_t loopback[16] = {[15] = 1};
	static const uint8_t all[4] = {255, 255, 255, 255};
	const uint8_t *o = address->octet;

	if (!address->family || is_zero(address))
		return false;
	if (address->family == AF_INET)
		return o[0] && o[0] != 127 && (o[0] & 0xf0) != 0xe0 &&
		       memcmp(o, all, sizeof(all)) != 0;
	return o[0] != 0xff && memcmp(o, loopback, sizeof(loopback)) != 0;
}

bool ip_address_same_net(const struct ip_address *a, const struct ip_address *b,
			 int prefix)
{
	size_t whole = (size_t)prefix / 8;
	unsigned int rest = (unsigned int)prefix % 8;

	if (a->family != b->family || memcmp(a->octet, b->octet, whole) != 0)
		return false;
	return !rest || (a->octet[whole] ^ b->octet[whole]) >> (8 - rest) == 0;
}

void ip_address_mask(struct ip_address *address, int prefix)
{
	size_t whole = (size_t)prefix / 8;
	unsigned int rest = (unsigned int)prefix % 8;

	if (rest)
		address->octet[whole++] &= (uint8_t)(0xff << (8 - rest));
	memset(address->octet + whole, 0, sizeof(address->octet) - whole);
}
