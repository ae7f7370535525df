/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replaces the addresses of one interface in netplan's files.  All lines
 * outside of its block stay byte for byte.
 */
#include "guest/netplan_set.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/interface.h"
#include "guest/netfile.h"
#include "guest/netplan.h"
#include "guest/stack_write.h"
#include "guest/yamlmap.h"
#include "network/address.h"

/* Where an id's lines are, as offsets into the file. */
struct block {
	const struct netfile *file;
	size_t start;
	size_t end;
	size_t indent;
	size_t step; /* by which what is in it is indented */
	bool hit;
	struct line id;
};

static bool is_mac(const struct line *text, const char *mac)
{
	char copy[MAC_TEXT + 1];
	struct mac one;
	struct mac other;

	(void)snprintf(copy, sizeof(copy), "%.*s", (int)text->length,
		       text->text);
	return mac_parse(copy, &one) && mac_parse(mac, &other) &&
	       mac_equal(&one, &other);
}

static bool is_match(const struct stack_target *target, const struct line *key,
		     const struct line *value)
{
	const char *name = target->item ? target->item->name : "";

	return (line_is(key, "macaddress") && is_mac(value, target->mac)) ||
	       (*name && line_is(key, "name") && line_is(value, name));
}

/* This line of the block says that it is the interface. */
static bool hits(const struct stack_target *target, const struct yamlmap *map)
{
	const struct line *key = &map->key[map->depth - 1];
	const char *name = target->item ? target->item->name : "";
	const char *at = map->value.text;
	struct line inner;
	struct line value;

	if (map->depth == 3)
		return *name && line_is(key, name);
	if (map->depth == 4 && line_is(key, "set-name"))
		return *name && line_is(&map->value, name);
	if (map->depth == 5 && line_is(&map->key[3], "match"))
		return is_match(target, key, &map->value);
	while (map->depth == 4 && line_is(key, "match") && !map->open &&
	       yamlmap_flow(&at, map->value.text + map->value.length, &inner,
			    &value))
		if (is_match(target, &inner, &value))
			return true;
	return false;
}

static void open_block(struct block *block, const struct netfile *file,
		       const struct yamlmap *map)
{
	*block = (struct block){
		.file = file,
		.start = (size_t)(map->line.text - file->text),
		.indent = map->indent[2],
		.step = map->indent[2] - map->indent[1],
		.id = map->key[2],
	};
}

/* Takes what was found into ret: the one that hits, or the last one; returns
 * how many there are. */
static size_t find_in(const struct stack_target *target,
		      const struct netfile *file, struct block *ret)
{
	struct yamlmap map = {.at = file->text};
	struct block block = {0};
	size_t count = 0;

	while (yamlmap_next(&map)) {
		if (!map.has_key)
			continue;
		if (map.depth <= 3 && block.file) {
			block.end = (size_t)(map.line.text - file->text);
			if (!ret->hit)
				*ret = block;
			block = (struct block){0};
		}
		if (map.depth < 3 || !line_is(&map.key[0], "network") ||
		    !line_is(&map.key[1], "ethernets"))
			continue;
		if (map.depth == 3) {
			open_block(&block, file, &map);
			count++;
		} else if (map.indent[3] > block.indent) {
			block.step = map.indent[3] - block.indent;
		}
		block.hit |= hits(target, &map);
	}
	if (block.file && !ret->hit) {
		block.end = strlen(file->text);
		*ret = block;
	}
	return count;
}

static void put_address(const struct address *address, int indent, FILE *out)
{
	if (address->dhcp) {
		(void)fprintf(out, "%*sdhcp4: true\n", indent, "");
		return;
	}
	(void)fprintf(out, "%*saddresses: [\"%s/%u\"]\n", indent, "",
		      address->ip, address->prefix);
	/* "default" is known since netplan 0.103 only. */
	if (*address->gateway)
		(void)fprintf(out, "%*sroutes: [{to: \"%s\", via: \"%s\"}]\n",
			      indent, "", address->ipv6 ? "::/0" : "0.0.0.0/0",
			      address->gateway);
	if (!address->servers)
		return;
	(void)fprintf(out, "%*snameservers: {addresses: [", indent, "");
	for (unsigned i = 0; i < address->servers; i++)
		(void)fprintf(out, "%s\"%s\"", i ? ", " : "", address->dns[i]);
	(void)fputs("]}\n", out);
}

static bool stays(const struct line *key)
{
	static const char *const name[] = {"match",	 "set-name",
					   "mtu",	 "optional",
					   "macaddress", "wakeonlan"};

	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++)
		if (line_is(key, name[i]))
			return true;
	return false;
}

static void put_file(const struct stack_target *target,
		     const struct block *block, FILE *out)
{
	const char *text = block->file->text;
	struct yamlmap map = {.at = text};

	(void)fwrite(text, 1, block->start, out);
	(void)fprintf(out, "%*s%.*s:\n", (int)block->indent, "",
		      (int)block->id.length, block->id.text);
	while (yamlmap_next(&map)) {
		size_t at = (size_t)(map.line.text - text);

		if (at > block->start && at < block->end && map.has_key &&
		    map.depth > 3 && stays(&map.key[3]))
			(void)fprintf(out, "%.*s\n", (int)map.line.length,
				      map.line.text);
	}
	put_address(target->address, (int)(block->indent + block->step), out);
	(void)fputs(text + block->end, out);
}

int netplan_set(struct stack_target *target, struct error **err)
{
	struct block block = {0};
	size_t count = 0;
	char *text = NULL;
	size_t length = 0;
	FILE *out;
	int r;

	for (size_t i = 0; i < target->files->count; i++) {
		const struct netfile *file = &target->files->file[i];

		if (file->kind != NETFILE_NETPLAN)
			continue;
		if (netplan_refusal(file)) {
			target->refused = "a file is not understood";
			return 0;
		}
		count += find_in(target, file, &block);
	}
	if (!block.file || (!block.hit && count != 1)) {
		target->refused = "no id below ethernets: is this interface";
		return 0;
	}
	(void)snprintf(target->where, sizeof(target->where), "%s",
		       block.file->path);
	out = open_memstream(&text, &length);
	if (!out)
		return error_memory(err);
	put_file(target, &block, out);
	r = fclose(out) != 0
		    ? error_memory(err)
		    : netfile_write(target->root, block.file, text, err);
	free(text);
	return r;
}
