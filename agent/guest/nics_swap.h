/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NICS_SWAP_H
#define LANDER_GUEST_NICS_SWAP_H

#include <stdbool.h>
#include <stddef.h>

struct convert;
struct error;
struct interfaces;
struct netfile;
struct nics_map;

/**
 * nics_swap_needs(convert, map, at): the interface's name is one that Linux
 * gives to NICs itself ("eth0", in the order in which they are found), and
 * somewhere in the mapping such a name is one of another NIC: udev cannot
 * rename then.  systemd's udev tries once and fails with EEXIST, and drops the
 * rest of the event; systemd.link(5) warns of it at Name=.  (udev before 209,
 * and eudev, wait for the name to become free; where there is no systemd this
 * is false.)
 */
bool nics_swap_needs(const struct convert *convert, const struct nics_map *map,
		     size_t at);

/**
 * nics_swap_write(convert, map, err): a unit, lander-net-names.service, that
 * gives these NICs their names through names that nobody has, when all NICs
 * are there and before any network is set up (network-pre.target).
 */
int nics_swap_write(struct convert *convert, const struct nics_map *map,
		    struct error **err);

/** nics_swap_read(file, list): the names of a script of an earlier run, as
 *  interface_tie(). */
void nics_swap_read(const struct netfile *file, struct interfaces *list);

#endif
