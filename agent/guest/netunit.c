/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * systemd's .network, .netdev and .link files: which NICs they are about.
 */
#include "guest/netunit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/ini.h"
#include "guest/interface.h"
#include "guest/netfile.h"

struct unit {
	char **names; /* of Name= in [Match] */
	struct mac mac;
	bool tied;
	bool wide;    /* more than one MAC: a set of NICs */
	bool more;    /* other conditions */
	bool virtual; /* Kind= or a Type= that is no "ether" */
	char link[INTERFACE_NAME];
	char netdev[INTERFACE_NAME];
};

static void read_macs(const struct line *value, struct unit *unit)
{
	char **words = line_words(value);

	for (size_t i = 0; words && words[i]; i++) {
		unit->wide |= unit->tied;
		unit->tied |= mac_parse(words[i], &unit->mac);
	}
	line_free_words(words);
}

static void read_name(const struct line *value, char name[INTERFACE_NAME])
{
	if (value->length < INTERFACE_NAME)
		(void)snprintf(name, INTERFACE_NAME, "%.*s", (int)value->length,
			       value->text);
}

static void read_line(const struct ini *ini, struct unit *unit)
{
	if (ini_is(ini, "Match", "MACAddress") ||
	    ini_is(ini, "Match", "PermanentMACAddress")) {
		read_macs(&ini->value, unit);
	} else if (ini_is(ini, "Match", "Name")) {
		line_free_words(unit->names);
		unit->names = line_words(&ini->value);
	} else if (ini_is(ini, "Match", "Type")) {
		unit->virtual |= !line_is(&ini->value, "ether");
	} else if (ini_is(ini, "Match", "Kind")) {
		unit->virtual = true;
	} else if (ini_is(ini, "Link", "Name")) {
		read_name(&ini->value, unit->link);
	} else if (ini_is(ini, "NetDev", "Name")) {
		read_name(&ini->value, unit->netdev);
	} else if (ini->has_key && line_is(&ini->section, "Match")) {
		unit->more = true;
	}
}

static void add_network(const struct unit *unit, const struct netfile *file,
			struct interfaces *list)
{
	const struct mac *mac = unit->tied && !unit->wide ? &unit->mac : NULL;
	size_t count = 0;

	if (unit->virtual)
		return;
	while (unit->names && unit->names[count])
		count++;
	if (!count && mac)
		interface_add(list, NULL, mac, file->path);
	for (size_t i = 0; i < count; i++)
		if (strpbrk(unit->names[i], "*?["))
			interface_pattern(list, unit->names[i], file->path);
		else if (*unit->names[i] != '!')
			interface_add(list, unit->names[i],
				      count == 1 ? mac : NULL, file->path);
}

void netunit_read(const struct netfile *file, struct interfaces *list)
{
	struct ini ini = {.at = file->text};
	struct unit unit = {0};

	while (ini_next(&ini))
		read_line(&ini, &unit);
	if (file->kind == NETFILE_NETWORK)
		add_network(&unit, file, list);
	else if (file->kind == NETFILE_NETDEV && *unit.netdev)
		interface_exclude(list, unit.netdev);
	else if (file->kind == NETFILE_LINK && unit.tied && !unit.wide &&
		 *unit.link)
		interface_tie(list, unit.link, &unit.mac,
			      !unit.more && !unit.names && !file->own);
	line_free_words(unit.names);
}
