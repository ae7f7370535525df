/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NICS_MAC_H
#define LANDER_GUEST_NICS_MAC_H

struct convert;
struct error;
struct netfiles;
struct nics_map;

/**
 * nics_mac_replace(convert, map, files, err): where configuration ties an
 * interface to the MAC of its old NIC, it has the new one's: HWADDR= and
 * MACADDR= (ifcfg), mac-address= (NetworkManager), macaddress: (netplan),
 * MACAddress= and PermanentMACAddress= (systemd), hwaddress (ifupdown).  Only
 * where that MAC is the one which the mapping knows; any other MAC that is
 * set on an interface stays, and a step tells it.
 * udev rules that name NICs by MACs are put aside when every interface was
 * mapped: the names are kept by nics_name_keep().
 */
int nics_mac_replace(struct convert *convert, const struct nics_map *map,
		     const struct netfiles *files, struct error **err);

#endif
