/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Ethernet interfaces that a copied system configures, gathered from all
 * its stacks.  A system may hold the same one in several of them.
 */
#include "guest/interface.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool interface_valid(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_.-");

	return length > 0 && length < INTERFACE_NAME && name[length] == '\0' &&
	       isalnum((unsigned char)*name);
}

bool interface_is_nic(const char *name)
{
	/* Followed by digits, or by nothing. */
	static const char *const other[] = {
		"lo",	 "br",	   "bond",   "team",  "vlan",	"tun",
		"tap",	 "wg",	   "ppp",    "dummy", "docker", "virbr",
		"vmbr",	 "veth",   "sit",    "gre",   "vxlan",	"ib",
		"can",	 "ifb",	   "ip6tnl", "tunl",  "gretap", "macvlan",
		"nlmon", "bridge", "wwan",   "wlan",  "ovsbr",	"lxcbr",
		"lxdbr", "cni",	   "vti",    "xenbr", "isdn",	"slip"};

	if (!interface_valid(name) || strchr(name, '.'))
		return false;
	/* Names by place: wlp3s0, wwp0s20, ibp5s0. */
	if (!strncmp(name, "wlp", 3) || !strncmp(name, "wwp", 3) ||
	    !strncmp(name, "wlx", 3) || !strncmp(name, "ibp", 3) ||
	    !strncmp(name, "br-", 3) || !strncmp(name, "wls", 3))
		return false;
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		size_t length = strlen(other[i]);

		if (!strncmp(name, other[i], length) &&
		    strspn(name + length, "0123456789") ==
			    strlen(name + length))
			return false;
	}
	return true;
}

static bool is_other(const struct interfaces *list, const char *name)
{
	for (size_t i = 0; i < list->others; i++)
		if (!strcmp(list->other[i], name))
			return true;
	return false;
}

static struct interface *find(struct interfaces *list, const char *name,
			      const struct mac *mac)
{
	for (size_t i = 0; i < list->count; i++) {
		struct interface *item = &list->item[i];

		if (name && !strcmp(item->name, name))
			return item;
		if (mac && item->tied && mac_equal(&item->mac, mac) &&
		    (!name || !*item->name))
			return item;
	}
	return NULL;
}

static void complete(struct interface *item, const char *name,
		     const struct mac *mac)
{
	if (name && !*item->name)
		(void)snprintf(item->name, sizeof(item->name), "%s", name);
	if (mac && !item->tied) {
		item->mac = *mac;
		item->tied = true;
	}
}

/* One known by its name and one known by its MAC turned out to be the same. */
static void merge(struct interfaces *list, const struct interface *into)
{
	for (size_t i = 0; i < list->count; i++) {
		struct interface *item = &list->item[i];

		if (item == into || *item->name || !into->tied ||
		    !mac_equal(&item->mac, &into->mac))
			continue;
		memmove(item, item + 1, (list->count - i - 1) * sizeof(*item));
		list->count--;
		return;
	}
}

void interface_add(struct interfaces *list, const char *name,
		   const struct mac *mac, const char *file)
{
	struct interface *item;

	if (name && (!interface_is_nic(name) || is_other(list, name)))
		return;
	item = find(list, name, mac);
	if (!item) {
		if (list->count == INTERFACE_MAX) {
			list->overflow = true;
			return;
		}
		item = &list->item[list->count++];
		*item = (struct interface){0};
		(void)snprintf(item->file, sizeof(item->file), "%s", file);
	}
	complete(item, name, mac);
	merge(list, item);
}

void interface_exclude(struct interfaces *list, const char *name)
{
	if (!interface_valid(name) || is_other(list, name))
		return;
	if (list->others == INTERFACE_MAX) {
		list->overflow = true;
		return;
	}
	(void)snprintf(list->other[list->others++], INTERFACE_NAME, "%s", name);
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->item[i].name, name)) {
			memmove(&list->item[i], &list->item[i + 1],
				(list->count - i - 1) * sizeof(*list->item));
			list->count--;
			return;
		}
}

void interface_tie(struct interfaces *list, const char *name,
		   const struct mac *mac, bool kept)
{
	struct interface *item = find(list, name, NULL);

	if (!interface_is_nic(name) || is_other(list, name))
		return;
	if (!item)
		item = find(list, NULL, mac);
	if (!item || (*item->name && strcmp(item->name, name) != 0))
		return;
	complete(item, name, mac);
	item->kept |= kept && mac_equal(&item->mac, mac);
	merge(list, item);
}

void interface_pattern(struct interfaces *list, const char *pattern,
		       const char *file)
{
	if (fnmatch(pattern, "enp1s0", 0) == 0 ||
	    fnmatch(pattern, "eth0", 0) == 0)
		return;
	(void)snprintf(list->pattern, sizeof(list->pattern), "%s in %s",
		       pattern, file);
}

static int by_number(const void *a, const void *b)
{
	const struct interface *one = a;
	const struct interface *other = b;

	if (!*one->name || !*other->name)
		return !*one->name - !*other->name;
	return strverscmp(one->name, other->name);
}

void interface_sort(struct interfaces *list)
{
	qsort(list->item, list->count, sizeof(*list->item), by_number);
}

const char *interface_text(const struct interface *item, char buf[MAC_TEXT])
{
	return *item->name ? item->name : mac_format(&item->mac, ':', buf);
}
