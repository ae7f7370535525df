/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gives the first interface of a copied system the address that the job names.
 */
#include "guest/nics_address.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/netfile.h"
#include "guest/nics_map.h"
#include "guest/stack.h"
#include "guest/stack_write.h"
#include "network/address.h"

#define STEP "network"

/* The first that is on a NIC of this machine. */
static bool find_target(const struct convert *convert,
			const struct nics_map *map, struct stack_target *ret)
{
	for (size_t i = 0; i < map->list->count; i++)
		if (map->how[i] != NICS_OPEN) {
			ret->item = &map->list->item[i];
			ret->mac = convert->nic[map->nic[i]].mac;
			return true;
		}
	/* Configured by patterns only, or not at all. */
	if (map->list->count || convert->nics != 1)
		return false;
	ret->item = NULL;
	ret->mac = convert->nic[0].mac;
	return true;
}

static const char *find_other(const struct interfaces *list)
{
	for (size_t i = 0; i < list->others; i++)
		if (strcmp(list->other[i], "lo") != 0)
			return list->other[i];
	return NULL;
}

int nics_address_set(struct convert *convert, const struct nics_map *map,
		     const struct netfiles *files, struct error **err)
{
	struct stack_target target = {.root = convert->root, .files = files};
	const char *other = find_other(map->list);
	const char *reason = NULL;
	struct address address;
	enum stack stack;
	char text[128];
	int r;

	if (!convert->network || !strcmp(convert->network, "keep"))
		return 0;
	target.address = &address;
	if (!address_parse(convert->network, &address))
		reason = "is not understood";
	else if (other)
		reason = "is left out: the system has bridges, bonds or VLANs";
	else if (!find_target(convert, map, &target))
		reason = "is left out: no interface was found for sure";
	if (reason) {
		steps_add(&convert->steps, STEP_FAILED, STEP, "network=%s %s",
			  convert->network, reason);
		return 0;
	}
	stack = stack_find(convert->root, files, target.item);
	r = stack_write(stack, &target, err);
	if (r < 0)
		return r;
	(void)address_describe(&address, text, sizeof(text));
	if (target.refused)
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "network=%s is left out: %s (%s)", convert->network,
			  target.refused, stack_name(stack));
	else
		steps_add(&convert->steps, r ? STEP_DONE : STEP_SKIPPED, STEP,
			  "%s %s %s: %s, by %s",
			  target.item && *target.item->name ? target.item->name
							    : target.mac,
			  r ? "gets" : "has", text, target.where,
			  stack_name(stack));
	return 0;
}
