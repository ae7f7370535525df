/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NICS_MAP_H
#define LANDER_GUEST_NICS_MAP_H

#include <stddef.h>

#include "guest/interface.h"

struct convert;

/** How it was found which NIC of this machine is which interface. */
enum nics_how {
	NICS_OPEN,  /* it was not */
	NICS_ASKED, /* the job says so */
	NICS_MAC,   /* the NIC has the MAC of the old one */
	NICS_ONLY,  /* one interface and one NIC are left */
	NICS_ORDER, /* by the order of names and of PCI addresses */
};

/** For each interface of the list. */
struct nics_map {
	struct interfaces *list;
	enum nics_how how[INTERFACE_MAX];
	size_t nic[INTERFACE_MAX]; /* of convert->nic; unless NICS_OPEN */
};

/**
 * nics_map_make(convert, list, ret): which NIC each interface is on now.  Words
 * of convert->nic_map come first ("ens192=52:54:00:12:34:56"); an interface
 * that it names and that nothing configures is added to the list.  Then equal
 * MACs; then, for those that are left, one and one, or as many NICs as
 * interfaces in the order of both.  Never a guess: the others stay open, and
 * a failed step says what would settle it.  The list is sorted.
 */
void nics_map_make(struct convert *convert, struct interfaces *list,
		   struct nics_map *ret);

#endif
