/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NICS_ADDRESS_H
#define LANDER_GUEST_NICS_ADDRESS_H

struct convert;
struct error;
struct netfiles;
struct nics_map;

/**
 * nics_address_set(convert, map, files, err): convert->network for the first
 * interface, in the files of the stack that is in use; what was there is kept
 * as EDIT_KEPT or is outranked, and the step says which.  Nothing for NULL and
 * "keep".  Refused, with a failed step, where the system has bridges, bonds or
 * VLANs: addresses belong on those, and which of them is not ours to guess.
 */
int nics_address_set(struct convert *convert, const struct nics_map *map,
		     const struct netfiles *files, struct error **err);

#endif
