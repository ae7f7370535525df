/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NetworkManager's keyfiles: which NIC each connection is for.
 */
#include "guest/keyfile.h"

#include <stdio.h>
#include <string.h>

#include "guest/ini.h"
#include "guest/interface.h"
#include "guest/netfile.h"

struct connection {
	char type[32];
	char name[INTERFACE_NAME];
	char parent[INTERFACE_NAME];
	char mac[MAC_TEXT + 1];
	char pattern[64];
};

/* Cut where there is no room: one byte too long is no valid name or MAC. */
static void copy(char *to, size_t room, const struct line *value)
{
	(void)snprintf(to, room, "%.*s", (int)value->length, value->text);
}

static void read_key(const struct ini *ini, struct connection *ret)
{
	if (ini_is(ini, "connection", "type"))
		copy(ret->type, sizeof(ret->type), &ini->value);
	else if (ini_is(ini, "connection", "interface-name") &&
		 ini->value.length < sizeof(ret->name))
		copy(ret->name, sizeof(ret->name), &ini->value);
	else if (ini_is(ini, "vlan", "parent") &&
		 ini->value.length < sizeof(ret->parent))
		copy(ret->parent, sizeof(ret->parent), &ini->value);
	else if (ini_is(ini, "ethernet", "mac-address") ||
		 ini_is(ini, "802-3-ethernet", "mac-address"))
		copy(ret->mac, sizeof(ret->mac), &ini->value);
	else if (ini_is(ini, "match", "interface-name"))
		copy(ret->pattern, sizeof(ret->pattern), &ini->value);
}

void keyfile_read(const struct netfile *file, struct interfaces *list)
{
	struct ini ini = {.at = file->text};
	struct connection has = {0};
	struct mac mac;
	bool tied;

	while (ini_next(&ini))
		read_key(&ini, &has);
	tied = mac_parse(has.mac, &mac);
	if (*has.parent)
		interface_add(list, has.parent, NULL, file->path);
	if (strcmp(has.type, "ethernet") != 0 &&
	    strcmp(has.type, "802-3-ethernet") != 0) {
		if (*has.name && *has.type)
			interface_exclude(list, has.name);
		return;
	}
	if (*has.name || tied)
		interface_add(list, *has.name ? has.name : NULL,
			      tied ? &mac : NULL, file->path);
	else if (*has.pattern && !strchr(has.pattern, ' '))
		interface_pattern(list, has.pattern, file->path);
}
