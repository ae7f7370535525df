/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * netplan's files: which NICs they are about.  What is not understood is left
 * alone as a whole file, since half of it would be a guess.
 */
#include "guest/netplan.h"

#include <stdio.h>
#include <string.h>

#include "guest/interface.h"
#include "guest/netfile.h"
#include "guest/steps.h"
#include "guest/yamlmap.h"

/* One id of ethernets:. */
struct ethernet {
	char id[64];
	char name[64]; /* match: name */
	char set_name[64];
	char mac[64];
	bool match;
	bool driver; /* match: driver */
};

struct reader {
	const struct netfile *file;
	struct interfaces *list;
	struct ethernet ethernet;
	const char *refused;
	bool dry; /* only look whether it is understood */
};

static void copy(char to[64], const struct line *from)
{
	(void)snprintf(to, 64, "%.*s", (int)from->length, from->text);
}

static void add(struct reader *reader)
{
	const struct ethernet *ethernet = &reader->ethernet;
	const char *path = reader->file->path;
	const char *name = *ethernet->set_name ? ethernet->set_name
			   : !ethernet->match  ? ethernet->id
			   : *ethernet->name   ? ethernet->name
					       : NULL;
	struct mac mac;
	bool tied = mac_parse(ethernet->mac, &mac);

	if (!*ethernet->id || reader->dry)
		return;
	if (ethernet->driver)
		interface_pattern(reader->list, "match: driver", path);
	if (name && name == ethernet->name && strpbrk(name, "*?[")) {
		interface_pattern(reader->list, name, path);
		return;
	}
	if (name || tied)
		interface_add(reader->list, name, tied ? &mac : NULL, path);
	if (*ethernet->set_name && tied)
		interface_tie(reader->list, name, &mac, !ethernet->driver);
}

static void take_match(struct reader *reader, const struct line *key,
		       const struct line *value)
{
	struct ethernet *ethernet = &reader->ethernet;

	ethernet->match = true;
	if (line_is(key, "macaddress"))
		copy(ethernet->mac, value);
	else if (line_is(key, "name"))
		copy(ethernet->name, value);
	else if (line_is(key, "driver"))
		ethernet->driver = true;
}

static bool is_flow(const struct line *value)
{
	return value->length && *value->text == '{';
}

static void take_ethernet(struct reader *reader, const struct yamlmap *map)
{
	const struct line *key = &map->key[map->depth - 1];

	if (map->depth == 3) {
		add(reader);
		reader->ethernet = (struct ethernet){0};
		copy(reader->ethernet.id, key);
		if (is_flow(&map->value) &&
		    (memmem(map->value.text, map->value.length, "match", 5) ||
		     memmem(map->value.text, map->value.length, "set-name", 8)))
			reader->refused = "match: in one line with its id";
	} else if (map->depth == 4 && line_is(key, "set-name")) {
		copy(reader->ethernet.set_name, &map->value);
	} else if (map->depth == 4 && line_is(key, "match")) {
		const char *at = map->value.text;
		struct line inner;
		struct line value;

		reader->ethernet.match = true;
		if (is_flow(&map->value) && map->open)
			reader->refused = "match: in several lines of braces";
		while (is_flow(&map->value) && !map->open &&
		       yamlmap_flow(&at, map->value.text + map->value.length,
				    &inner, &value))
			take_match(reader, &inner, &value);
	} else if (map->depth == 5 && line_is(&map->key[3], "match")) {
		take_match(reader, key, &map->value);
	}
}

static void take(struct reader *reader, const struct yamlmap *map)
{
	static const char *const plain[] = {"version", "renderer", "ethernets"};
	char id[64];

	if (!line_is(&map->key[0], "network"))
		return;
	if (map->depth <= 2 && is_flow(&map->value) &&
	    !line_is(&map->value, "{}"))
		reader->refused = "network: in one line";
	if (map->depth < 3)
		return;
	if (line_is(&map->key[1], "ethernets")) {
		take_ethernet(reader, map);
		return;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (line_is(&map->key[1], plain[i]))
			return;
	copy(id, &map->key[2]);
	if (map->depth == 3 && !reader->dry)
		interface_exclude(reader->list, id);
}

static void walk(struct reader *reader)
{
	struct yamlmap map = {.at = reader->file->text};

	while (!reader->refused && yamlmap_next(&map))
		if (map.has_key)
			take(reader, &map);
	if (map.refused)
		reader->refused = map.refused;
	if (!reader->refused)
		add(reader);
}

const char *netplan_refusal(const struct netfile *file)
{
	struct reader look = {.file = file, .dry = true};

	walk(&look);
	return look.refused;
}

void netplan_read(const struct netfile *file, struct steps *steps,
		  struct interfaces *list)
{
	struct reader reader = {.file = file, .list = list};
	const char *reason = netplan_refusal(file);

	if (reason)
		steps_add(steps, STEP_FAILED, "nics",
			  "%s is left alone: %s is not understood", file->path,
			  reason);
	else
		walk(&reader);
}
