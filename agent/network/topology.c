/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The interfaces that a command line speaks of, and how they are stacked.
 * All of it is bounded: a command line of 2 KiB cannot ask for more.  Nothing
 * here looks at this machine's NICs: when it is filled, there are none yet.
 */
#include "network/topology.h"

#include <stdio.h>
#include <string.h>

bool topology_name_valid(const char *name)
{
	size_t length = strlen(name);

	return length && length < TOPOLOGY_NAME && *name != '.' &&
	       *name != '-' &&
	       strspn(name,
		      "abcdefghijklmnopqrstuvwxyz"
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length &&
	       strspn(name, "0123456789") != length;
}

static struct topology_interface *add_interface(struct topology *t)
{
	if (t->count == TOPOLOGY_INTERFACES)
		return NULL;
	return &t->interface[t->count++];
}

struct topology_interface *topology_by_name(struct topology *t,
					    const char *name)
{
	struct topology_interface *found;

	for (size_t i = 0; i < t->count; i++)
		if (!strcmp(t->interface[i].name, name))
			return &t->interface[i];
	found = add_interface(t);
	if (found)
		memccpy(found->name, name, 0, sizeof(found->name) - 1);
	return found;
}

struct topology_interface *topology_by_mac(struct topology *t,
					   const struct mac *mac)
{
	struct topology_interface *found;

	for (size_t i = 0; i < t->count; i++)
		if (t->interface[i].has_mac &&
		    mac_equal(&t->interface[i].mac, mac))
			return &t->interface[i];
	found = add_interface(t);
	if (found) {
		found->has_mac = true;
		found->mac = *mac;
	}
	return found;
}

struct topology_interface *topology_find(struct topology *t, const char *text)
{
	char bare[MAC_TEXT];
	struct mac mac;
	size_t length = strlen(text);

	if (!strcmp(text, "BOOTIF"))
		return t->has_bootif ? topology_by_mac(t, &t->bootif) : NULL;
	if (*text == '[' && length == MAC_TEXT + 1 && text[length - 1] == ']') {
		memcpy(bare, text + 1, MAC_TEXT - 1);
		bare[MAC_TEXT - 1] = '\0';
		text = bare;
	}
	if (mac_parse(text, &mac))
		return topology_by_mac(t, &mac);
	return topology_name_valid(text) ? topology_by_name(t, text) : NULL;
}

const char *topology_label(const struct topology_interface *i,
			   char buf[MAC_TEXT])
{
	if (*i->name)
		(void)snprintf(buf, MAC_TEXT, "%s", i->name);
	else
		mac_format(&i->mac, '-', buf);
	return buf;
}

bool topology_is_parent(const struct topology *t,
			const struct topology_interface *i)
{
	for (size_t k = 0; k < t->count; k++)
		if (t->interface[k].parent == i)
			return true;
	return false;
}

bool topology_add_server(struct topology_servers *servers,
			 const struct ip_address *address)
{
	for (size_t i = 0; i < servers->count; i++)
		if (ip_address_same_net(&servers->server[i], address,
					ip_address_bits(address->family)))
			return true;
	if (servers->count == TOPOLOGY_SERVERS)
		return false;
	servers->server[servers->count++] = *address;
	return true;
}

bool topology_merge(struct topology_setup *to,
		    const struct topology_setup *from)
{
	size_t used = strlen(to->words);
	bool good = true;

	to->methods |= from->methods;
	for (size_t i = 0; i < from->address_count; i++) {
		if (to->address_count == TOPOLOGY_ADDRESSES)
			return false;
		to->address[to->address_count++] = from->address[i];
	}
	for (size_t i = 0; i < from->route_count; i++) {
		if (to->route_count == TOPOLOGY_ROUTES)
			return false;
		to->route[to->route_count++] = from->route[i];
	}
	for (size_t i = 0; i < from->dns.count; i++)
		good &= topology_add_server(&to->dns, &from->dns.server[i]);
	for (size_t i = 0; i < from->ntp.count; i++)
		good &= topology_add_server(&to->ntp, &from->ntp.server[i]);
	if (*from->hostname)
		memcpy(to->hostname, from->hostname, sizeof(to->hostname));
	if (*from->words)
		(void)snprintf(to->words + used, sizeof(to->words) - used,
			       "%s%s", used ? " " : "", from->words);
	return good;
}

bool topology_has_name(const struct topology *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++)
		if (!strcmp(t->interface[i].name, name))
			return true;
	return false;
}
