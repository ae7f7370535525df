/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who gets what, once all words are known: the ip= that names no interface,
 * bootdev=, BOOTIF= and routes find their interfaces, and what cannot be is
 * named.  It never asks the machine: no NIC exists yet when it runs.
 */
#include "network/assign.h"

#include <stdio.h>
#include <string.h>

#include "network/problems.h"
#include "network/topology.h"
#include "network/words.h"

/* VLANs and bonds may stand on each other, but not in a circle: the height of
 * each is bounded by their number. */
static void check_loops(const struct topology *t, struct problems *problems)
{
	size_t height[TOPOLOGY_INTERFACES] = {0};

	for (size_t round = 0; round <= t->count; round++)
		for (size_t k = 0; k < t->count; k++) {
			const struct topology_interface *i = &t->interface[k];
			size_t up;

			if (i->parent) {
				up = height[i->parent - t->interface] + 1;
				if (height[k] < up)
					height[k] = up;
			}
			if (i->master) {
				size_t m = (size_t)(i->master - t->interface);

				if (height[m] < height[k] + 1)
					height[m] = height[k] + 1;
			}
		}
	for (size_t k = 0; k < t->count; k++)
		if (height[k] > t->count && t->interface[k].word) {
			(void)problems_add(problems, t->interface[k].word,
					   "'%s' stands on itself",
					   t->interface[k].name);
			return;
		}
}

static bool has_setup(const struct topology_setup *s)
{
	return s->methods || s->address_count;
}

static void check_slaves(const struct topology *t, struct problems *problems)
{
	char label[MAC_TEXT];

	for (size_t k = 0; k < t->count; k++) {
		const struct topology_interface *i = &t->interface[k];

		if (!i->master)
			continue;
		topology_label(i, label);
		if (has_setup(&i->setup))
			(void)problems_add(problems, i->master->word,
					   "'%s' is in '%s' and cannot have an "
					   "address of its own (%s)",
					   label, i->master->name,
					   i->setup.words);
		if (i->kind == TOPOLOGY_BRIDGE ||
		    (i->kind == TOPOLOGY_BOND &&
		     i->master->kind == TOPOLOGY_BOND))
			(void)problems_add(problems, i->master->word,
					   "'%s' cannot be in '%s'", label,
					   i->master->name);
	}
}

/* ip= without an interface, or the fallback, goes to this one too. */
static void take_any(struct topology *t, struct topology_interface *i)
{
	if (i->setup.asked || i->master)
		return;
	(void)topology_merge(&i->setup, &t->any);
	i->setup.asked = true;
}

/* Returns whether a made interface took it. */
static bool spread_any(struct topology *t, struct problems *problems)
{
	bool took = false;

	for (size_t k = 0; k < t->count; k++) {
		struct topology_interface *i = &t->interface[k];

		if (i->kind == TOPOLOGY_NIC || i->setup.asked || i->master ||
		    topology_is_parent(t, i))
			continue;
		if (t->any.address_count) {
			(void)problems_add(problems, i->word,
					   "which interface is %s for?",
					   t->any.words);
			return took;
		}
		take_any(t, i);
		took = true;
	}
	return took;
}

/* The NIC that the machine was booted from; the file says why it is alone. */
static void take_bootif(struct topology *t)
{
	struct topology_interface *boot = topology_by_mac(t, &t->bootif);
	char mac[MAC_TEXT];
	size_t used;

	if (!boot || boot->setup.asked || boot->master)
		return;
	take_any(t, boot);
	used = strlen(boot->setup.words);
	(void)snprintf(boot->setup.words + used,
		       sizeof(boot->setup.words) - used, " BOOTIF=%s",
		       mac_format(&t->bootif, ':', mac));
}

static void assign_any(struct topology *t, struct problems *problems)
{
	bool bootif = t->has_bootif && t->use_bootif;
	bool took;

	if (!t->ip_given) {
		t->any.methods = TOPOLOGY_DHCP4 | TOPOLOGY_DHCP6 | TOPOLOGY_RA;
		(void)snprintf(t->any.words, sizeof(t->any.words),
			       "no ip= given: DHCP");
	} else if (!t->any.asked) {
		return;
	}
	took = spread_any(t, problems);
	if (t->bootdev)
		take_any(t, t->bootdev);
	for (size_t k = 0; k < t->pending_count; k++)
		if (t->pending[k].interface)
			take_any(t, t->pending[k].interface);
	if (bootif && !took)
		take_bootif(t);
	t->any_used = !bootif && has_setup(&t->any);
}

/* Where a route goes whose word names no interface; NULL after a problem. */
static struct topology_setup *find_way(struct topology *t,
				       const struct topology_pending *p,
				       struct problems *problems)
{
	struct topology_setup *only = NULL;
	size_t count = 0;

	for (size_t k = 0; k < t->count; k++) {
		struct topology_setup *s = &t->interface[k].setup;

		if (!has_setup(s))
			continue;
		count++;
		only = s;
		for (size_t a = 0; a < s->address_count; a++)
			if (ip_address_same_net(&s->address[a].address,
						&p->route.gateway,
						s->address[a].prefix))
				return s;
	}
	if (t->bootdev)
		return &t->bootdev->setup;
	if (t->any_used)
		return &t->any;
	if (count == 1)
		return only;
	(void)problems_add(problems, p->word,
			   "which interface is this for? (add it at the end)");
	return NULL;
}

static void assign_routes(struct topology *t, struct problems *problems)
{
	for (size_t k = 0; k < t->pending_count; k++) {
		const struct topology_pending *p = &t->pending[k];
		struct topology_setup *way;
		char label[MAC_TEXT];

		if (!p->interface) {
			way = find_way(t, p, problems);
		} else {
			way = &p->interface->setup;
			if (!has_setup(way)) {
				topology_label(p->interface, label);
				(void)problems_add(problems, p->word,
						   "no ip= gives '%s' an "
						   "address",
						   label);
			}
		}
		if (!way)
			continue;
		if (way->route_count == TOPOLOGY_ROUTES)
			(void)problems_add(problems, p->word,
					   "more than %d routes on one "
					   "interface",
					   TOPOLOGY_ROUTES);
		else
			way->route[way->route_count++] = p->route;
	}
}

void assign_all(struct topology *t, struct problems *problems)
{
	check_loops(t, problems);
	check_slaves(t, problems);
	assign_any(t, problems);
	assign_routes(t, problems);
	if (t->bootdev && !has_setup(&t->bootdev->setup))
		(void)problems_add(problems, t->bootdev_word,
				   t->bootdev->master
					   ? "this interface is inside another"
					   : "no ip= gives it an address");
}
