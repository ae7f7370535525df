/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network of a copied system on NICs that it has never seen: reads all of
 * its stacks, decides which NIC is which interface, and keeps the names.  What
 * is not certain is left as it was, and said.
 */
#include "guest/nics.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/cloudinit.h"
#include "guest/convert.h"
#include "guest/ifcfg.h"
#include "guest/ifupdown.h"
#include "guest/interface.h"
#include "guest/keyfile.h"
#include "guest/netfile.h"
#include "guest/netplan.h"
#include "guest/netunit.h"
#include "guest/nics_address.h"
#include "guest/nics_mac.h"
#include "guest/nics_map.h"
#include "guest/nics_name.h"
#include "guest/nics_swap.h"
#include "guest/persistent.h"
#include "guest/tree.h"

#define STEP "nics"

static void read_one(const struct netfile *file, struct steps *steps,
		     struct interfaces *list)
{
	switch (file->kind) {
	case NETFILE_IFUPDOWN:
		ifupdown_read(file, list);
		break;
	case NETFILE_NETPLAN:
		netplan_read(file, steps, list);
		break;
	case NETFILE_KEYFILE:
		keyfile_read(file, list);
		break;
	case NETFILE_IFCFG:
		ifcfg_read(file, list);
		break;
	case NETFILE_NETWORK:
	case NETFILE_NETDEV:
	case NETFILE_LINK:
		netunit_read(file, list);
		break;
	case NETFILE_SWAP:
		nics_swap_read(file, list);
		break;
	case NETFILE_UDEV:
		persistent_read(file, list);
		break;
	}
}

/* What names NICs comes after what configures them: see interface_tie(). */
static void read_all(const struct netfiles *files, struct steps *steps,
		     struct interfaces *list)
{
	for (size_t i = 0; i < files->count; i++)
		read_one(&files->file[i], steps, list);
	if (*list->pattern)
		steps_add(steps, STEP_FAILED, STEP,
			  "%s may fit no NIC of this machine", list->pattern);
}

int nics_read(const char *root, struct steps *steps, struct netfiles *files,
	      struct interfaces *list)
{
	int r = netfile_collect(root, steps, files);

	if (r == 0)
		read_all(files, steps, list);
	return r;
}

/* Servers that go by MAC have no lease for the new NIC. */
static void say_leases(struct convert *convert, const struct nics_map *map)
{
	static const char *const place[] = {
		"/var/lib/dhcp", "/var/lib/dhclient", "/var/lib/NetworkManager",
		"/var/lib/dhcpcd", "/var/lib/wicked"};
	bool fresh = false;

	for (size_t i = 0; i < map->list->count; i++)
		fresh |= map->how[i] != NICS_OPEN && map->how[i] != NICS_MAC;
	for (size_t i = 0; fresh && i < sizeof(place) / sizeof(*place); i++) {
		char **names = NULL;
		bool has = false;

		if (tree_list(convert->root, place[i], &names) < 0)
			continue;
		for (size_t j = 0; names[j]; j++)
			has |= strstr(names[j], "lease") != NULL;
		tree_free_list(names);
		if (has)
			steps_add(&convert->steps, STEP_SKIPPED, STEP,
				  "DHCP leases of the old NICs stay in %s; a "
				  "server that goes by MAC may give another "
				  "address",
				  place[i]);
	}
}

int nics_convert(struct convert *convert, struct error **err)
{
	struct interfaces *list = calloc(1, sizeof(*list));
	struct nics_map *map = calloc(1, sizeof(*map));
	struct netfiles files = {0};
	int r = 0;

	if (!list || !map ||
	    nics_read(convert->root, &convert->steps, &files, list) < 0) {
		r = error_memory(err);
		goto out;
	}
	nics_map_make(convert, list, map);
	r = nics_mac_replace(convert, map, &files, err);
	if (r == 0)
		r = nics_name_keep(convert, map, err);
	if (r == 0)
		r = nics_address_set(convert, map, &files, err);
	say_leases(convert, map);
	/* A system that configures no NIC may leave all that to cloud-init. */
	if (r == 0 && (list->count || *list->pattern))
		r = cloudinit_hold(convert, err);
out:
	netfile_free(&files);
	free(map);
	free(list);
	return r;
}
