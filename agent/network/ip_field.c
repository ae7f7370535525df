/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fields of an ip= word.  Each is understood in full or named as a
 * problem; nothing is guessed from a broken one.  Which interface the word is
 * about is the business of the ip room.  Facts: dracut.cmdline(7).
 */
#include "network/ip_field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/problems.h"

static const struct {
	const char *name;
	unsigned int bits;
} methods[] = {
	{"none", 0},
	{"off", 0},
	{"dhcp", TOPOLOGY_DHCP4 | TOPOLOGY_RA},
	{"on", TOPOLOGY_DHCP4 | TOPOLOGY_RA},
	{"any", TOPOLOGY_DHCP4 | TOPOLOGY_RA},
	{"single-dhcp", TOPOLOGY_DHCP4 | TOPOLOGY_RA},
	{"dhcp4", TOPOLOGY_DHCP4},
	{"dhcp6", TOPOLOGY_DHCP6 | TOPOLOGY_RA},
	{"auto6", TOPOLOGY_RA},
	{"either6", TOPOLOGY_DHCP6 | TOPOLOGY_RA},
	{"link6", TOPOLOGY_LINK6},
	{"link-local", TOPOLOGY_LINK6 | TOPOLOGY_LINK4},
};

static const char method_list[] =
	"dhcp, on, any, dhcp4, dhcp6, auto6, either6, link6, link-local, none, "
	"off";

/* True when the first name of a list is a method: tells the forms apart. */
bool ip_field_is_method(const char *text)
{
	size_t length = strcspn(text, ",");

	if (length == 4 && !strncmp(text, "ibft", 4))
		return true;
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strlen(methods[i].name) == length &&
		    !strncmp(methods[i].name, text, length))
			return true;
	return false;
}

bool ip_field_unknown(struct ip_field *f, const char *name)
{
	return problems_add(f->problems, f->word, "'%s' is not one of %s", name,
			    method_list);
}

static bool read_method(struct ip_field *f, const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (!strcmp(methods[i].name, name)) {
			f->setup.methods |= methods[i].bits;
			return true;
		}
	if (!strcmp(name, "ibft"))
		return problems_add(f->problems, f->word,
				    "ibft (settings from iSCSI firmware) is "
				    "not supported: give the address");
	return ip_field_unknown(f, name);
}

bool ip_field_methods(struct ip_field *f, char *list)
{
	char *save = NULL;

	if (!*list || list[strlen(list) - 1] == ',' || *list == ',')
		return read_method(f, list);
	for (char *name = strtok_r(list, ",", &save); name;
	     name = strtok_r(NULL, ",", &save))
		if (!read_method(f, name))
			return false;
	return true;
}

static bool read_mtu(struct ip_field *f, const char *text)
{
	unsigned long value = 0;

	if (strlen(text) <= 5)
		value = strtoul(text, NULL, 10);
	if (value < 68 || value > 65535)
		return problems_add(f->problems, f->word,
				    "MTU '%s' is not in 68..65535", text);
	f->mtu = (unsigned int)value;
	return true;
}

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* A MAC is six fields of the word, or one written with '-'.  Returns how many
 * fields it took, 0 when there is none. */
static size_t read_mac(struct ip_field *f, size_t at)
{
	char text[MAC_TEXT] = "";
	size_t used = 0;

	if (at >= f->fields.count)
		return 0;
	if (mac_parse(f->fields.field[at], &f->mac)) {
		f->has_mac = true;
		return 1;
	}
	if (f->fields.count - at < 6)
		return 0;
	for (size_t i = 0; i < 6; i++) {
		if (strlen(f->fields.field[at + i]) != 2)
			return 0;
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", i ? ":" : "",
					 f->fields.field[at + i]);
	}
	f->has_mac = mac_parse(text, &f->mac);
	if (!f->has_mac)
		(void)problems_add(f->problems, f->word,
				   "'%s' is not the MAC of a NIC", text);
	return 6;
}

static bool read_server(struct ip_field *f, const char *what, const char *text,
			struct topology_servers *servers)
{
	struct ip_address address;

	if (!*text)
		return true;
	if (!ip_address_parse(text, &address) || !ip_address_is_host(&address))
		return problems_add(f->problems, f->word,
				    "%s '%s' is not an IP address", what, text);
	(void)topology_add_server(servers, &address);
	return true;
}

/* What follows the methods: [MTU][:MAC], then servers where they may be. */
bool ip_field_rest(struct ip_field *f, size_t at, bool servers)
{
	char **field = f->fields.field;
	size_t count = f->fields.count;
	size_t mac = 0;

	if (at < count && is_number(field[at])) {
		if (!read_mtu(f, field[at++]))
			return false;
		mac = read_mac(f, at);
	} else if (at < count && !*field[at]) {
		mac = read_mac(f, at + 1);
		at += mac ? 1 : 0;
	} else {
		mac = read_mac(f, at);
	}
	if (mac && !f->has_mac)
		return false;
	at += mac;
	if (count > at + (servers ? 3 : 0)) {
		/* Empty fields at the end say nothing. */
		while (count > at && !*field[count - 1])
			count--;
		if (count > at + (servers ? 3 : 0))
			return problems_add(
				f->problems, f->word,
				"'%s' at the end is neither MTU nor MAC%s",
				field[at], servers ? " nor server" : "");
	}
	for (size_t i = at; i < count; i++)
		if (!(i < at + 2 ? read_server(f, "DNS server", field[i],
					       &f->setup.dns)
				 : read_server(f, "NTP server", field[i],
					       &f->setup.ntp)))
			return false;
	return true;
}

/* Field 5: letters, digits, '-', '_' in labels between dots. */
bool ip_field_hostname(struct ip_field *f, const char *text)
{
	size_t length = strlen(text);
	const char *label = text;

	if (!length)
		return true;
	for (;;) {
		size_t part =
			strspn(label, "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

		if (!part || part > 63 || *label == '-' ||
		    label[part - 1] == '-' || length > 253 ||
		    (label[part] && label[part] != '.'))
			return problems_add(f->problems, f->word,
					    "'%s' is not a host name", text);
		if (!label[part])
			break;
		label += part + 1;
	}
	memcpy(f->setup.hostname, text, length + 1);
	return true;
}

/* The mask field, or what stands behind the address or the peer. */
static bool read_prefix(struct ip_field *f, const char *client,
			const char *mask, int written)
{
	struct topology_address *own = &f->setup.address[0];

	own->prefix = written;
	if (*mask &&
	    !ip_address_parse_mask(mask, own->address.family, &own->prefix))
		return problems_add(f->problems, f->word,
				    "netmask '%s' is not a prefix length "
				    "(1..%d)%s",
				    mask, ip_address_bits(own->address.family),
				    strchr(client, '.') ? " or a dotted mask"
							: "");
	if (written >= 0 && written != own->prefix)
		return problems_add(f->problems, f->word,
				    "netmask '%s' and '/%d' do not agree", mask,
				    written);
	if (own->prefix < 0 && own->peer.family)
		own->prefix = ip_address_bits(own->address.family);
	if (own->prefix < 0)
		return problems_add(f->problems, f->word,
				    "the netmask of '%s' is missing", client);
	if (own->prefix == 0)
		return problems_add(f->problems, f->word,
				    "netmask '%s' is not possible for a "
				    "machine's address",
				    mask);
	f->setup.address_count = 1;
	return true;
}

/* Fields 1, 2 and 4: the address itself. */
bool ip_field_client(struct ip_field *f, const char *client, const char *peer,
		     const char *mask)
{
	struct topology_address *own = &f->setup.address[0];
	int prefix = -1;
	int peer_prefix = -1;

	if (!ip_address_parse_net(client, &own->address, &prefix))
		return problems_add(
			f->problems, f->word,
			"client address '%s' is not an IP address%s", client,
			f->fields.count > 10 ? " (IPv6 goes inside [ ])" : "");
	if (!ip_address_is_host(&own->address))
		return problems_add(f->problems, f->word,
				    "client address '%s' is not one that a "
				    "machine can have",
				    client);
	if (*peer && (!ip_address_parse_net(peer, &own->peer, &peer_prefix) ||
		      own->peer.family != own->address.family ||
		      !ip_address_is_host(&own->peer)))
		return problems_add(f->problems, f->word,
				    "peer '%s' is not an address like '%s'",
				    peer, client);
	return read_prefix(f, client, mask, *peer ? peer_prefix : prefix);
}

bool ip_field_gateway(struct ip_field *f, const char *text)
{
	struct topology_route *route = &f->setup.route[0];
	int family = f->setup.address[0].address.family;

	if (!*text)
		return true;
	if (!ip_address_parse(text, &route->gateway) ||
	    !ip_address_is_host(&route->gateway))
		return problems_add(f->problems, f->word,
				    "gateway '%s' is not the IP address of a "
				    "machine",
				    text);
	if (family && family != route->gateway.family)
		return problems_add(f->problems, f->word,
				    "gateway '%s' is not of the client "
				    "address's family",
				    text);
	f->setup.route_count = 1;
	return true;
}
