/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of what is to be made.  It decides nothing and makes nothing.
 */
#include "disk/design.h"

#include <stdio.h>
#include <stdlib.h>

struct design_node *design_add(struct design *design, enum design_kind kind)
{
	struct design_node *grown = reallocarray(
		design->node, design->count + 1, sizeof(*design->node));

	if (!grown)
		return NULL;
	design->node = grown;
	grown[design->count] = (struct design_node){.kind = kind};
	return &grown[design->count++];
}

struct design_mount *design_add_mount(struct design *design)
{
	struct design_mount *grown = reallocarray(
		design->mount, design->mounts + 1, sizeof(*design->mount));

	if (!grown)
		return NULL;
	design->mount = grown;
	grown[design->mounts] = (struct design_mount){0};
	return &grown[design->mounts++];
}

void design_mapped(const char *group, const char *volume, char *ret_path,
		   size_t room)
{
	const char *const part[] = {group, volume};
	size_t n = (size_t)snprintf(ret_path, room, "/dev/mapper/");

	for (size_t i = 0; i < 2; i++) {
		for (const char *at = part[i]; *at && n + 3 < room; at++) {
			ret_path[n++] = *at;
			if (*at == '-')
				ret_path[n++] = '-';
		}
		if (!i)
			ret_path[n++] = '-';
	}
	ret_path[n] = '\0';
}

void design_done(struct design *design)
{
	free(design->node);
	free(design->mount);
	*design = (struct design){0};
}
