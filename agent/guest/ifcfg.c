/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ifcfg files of RHEL's and SUSE's kind: which NICs they are about.  They are
 * shell texts; only lines of the form KEY=value are understood.
 */
#include "guest/ifcfg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "guest/interface.h"
#include "guest/line.h"
#include "guest/netfile.h"

struct ifcfg {
	char name[64];
	bool has_device;
	bool other; /* a bridge, a bond, a VLAN … */
	struct mac mac;
	bool tied;
};

static bool is_key(const struct line *key, const char *const *list)
{
	for (size_t i = 0; list[i]; i++)
		if (line_is(key, list[i]))
			return true;
	return false;
}

static bool is_yes(const struct line *value)
{
	return (value->length == 3 && !strncasecmp(value->text, "yes", 3)) ||
	       line_is(value, "1");
}

/* TYPE=Ethernet, and what says that it is none. */
static bool says_other(const struct line *key, const struct line *value)
{
	static const char *const yes[] = {"VLAN", "BRIDGE", "BONDING_MASTER",
					  NULL};
	static const char *const any[] = {
		"BONDING_OPTS",	  "ETHERDEVICE", "BRIDGE_PORTS",
		"PHYSDEV",	  "ESSID",	 "WIRELESS_ESSID",
		"TUNNEL",	  "TEAM_CONFIG", "OVS_BRIDGE",
		"MACVLAN_DEVICE", NULL};

	if (line_is(key, "TYPE"))
		return value->length &&
		       !(value->length == 8 &&
			 !strncasecmp(value->text, "Ethernet", 8));
	return (is_key(key, yes) && is_yes(value)) ||
	       (is_key(key, any) && value->length);
}

static bool has_members(const struct line *key)
{
	static const char *const name[] = {"BRIDGE_PORTS", "ETHERDEVICE",
					   "PHYSDEV", NULL};
	static const char slave[] = "BONDING_SLAVE";

	return is_key(key, name) || (key->length >= strlen(slave) &&
				     !memcmp(key->text, slave, strlen(slave)));
}

static void read_line(const struct line *key, const struct line *value,
		      const struct netfile *file, struct ifcfg *ifcfg,
		      struct interfaces *list)
{
	char text[MAC_TEXT + 1];

	ifcfg->other |= says_other(key, value);
	if (line_is(key, "DEVICE") && value->length) {
		(void)snprintf(ifcfg->name, sizeof(ifcfg->name), "%.*s",
			       (int)value->length, value->text);
		ifcfg->has_device = true;
	} else if (line_is(key, "HWADDR")) {
		(void)snprintf(text, sizeof(text), "%.*s", (int)value->length,
			       value->text);
		ifcfg->tied = mac_parse(text, &ifcfg->mac);
	} else if (has_members(key)) {
		char **words = line_words(value);

		for (size_t i = 0; words && words[i]; i++)
			interface_add(list, words[i], NULL, file->path);
		line_free_words(words);
	}
}

/* SUSE until 11: ifcfg-eth-id-00:50:56:aa:bb:cc */
static void take_name(struct ifcfg *ifcfg, const char *name)
{
	static const char id[] = "eth-id-";

	(void)snprintf(ifcfg->name, sizeof(ifcfg->name), "%s", name);
	if (strncmp(name, id, strlen(id)) != 0)
		return;
	ifcfg->tied = mac_parse(name + strlen(id), &ifcfg->mac);
	*ifcfg->name = '\0';
}

static bool looks_like_nic(const char *name)
{
	return (!strncmp(name, "eth", 3) || !strncmp(name, "en", 2) ||
		!strncmp(name, "em", 2)) &&
	       strpbrk(name, "0123456789");
}

void ifcfg_read(const struct netfile *file, struct interfaces *list)
{
	struct ifcfg ifcfg = {0};
	const char *at = file->text;
	struct line line;

	take_name(&ifcfg, strrchr(file->path, '/') + strlen("/ifcfg-"));
	while (line_next(&at, &line)) {
		struct line key;
		struct line value;

		if (line_value(&line, '=', &key, &value))
			read_line(&key, &value, file, &ifcfg, list);
	}
	/* A second address of the same one: ifcfg-eth0:1. */
	ifcfg.name[strcspn(ifcfg.name, ":")] = '\0';
	if (ifcfg.other) {
		interface_exclude(list, ifcfg.name);
		return;
	}
	/* RHEL: without DEVICE= the file's name is but a title ("Wired_1"),
	 * unless it looks like an interface's, which old initscripts take. */
	if (strstr(file->path, "network-scripts") && !ifcfg.has_device &&
	    (ifcfg.tied || !looks_like_nic(ifcfg.name)))
		*ifcfg.name = '\0';
	if (*ifcfg.name || ifcfg.tied)
		interface_add(list, *ifcfg.name ? ifcfg.name : NULL,
			      ifcfg.tied ? &ifcfg.mac : NULL, file->path);
}
