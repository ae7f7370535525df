/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NICS_NAME_H
#define LANDER_GUEST_NICS_NAME_H

struct convert;
struct error;
struct nics_map;

/**
 * nics_name_keep(convert, map, err): each NIC that was mapped gets its
 * interface's name when the copied system starts, and a step says which.
 *
 * systemd from 245 on: /etc/systemd/network/10-lander-NAME.link with
 * MACAddress= and Type=ether.  VLANs, bonds and bridges have the same MAC, and
 * what systemd.link(5) matches as Type= is their DEVTYPE ("vlan", "bond"),
 * while for a NIC, which has none, it is the ARP type's name only since
 * link_get_type_string() of systemd 245; PermanentMACAddress= does not tell
 * a VLAN, which inherits its NIC's (vlan_dev_init() of Linux).
 * An older one, an unknown one, eudev, and a root where 80-net-setup-link.rules
 * is masked: /etc/udev/rules.d/70-lander-net.rules, as the generator of
 * persistent-net rules made them; DRIVERS=="?*" leaves out VLANs and the like.
 * There a .link file would not do even where it is read: before 240 a NIC that
 * the initramfs has named is never named again by one, but by NAME= it is.
 *
 * Neither renames an interface that is up (Linux before 6.2), so where the
 * initramfs sets up the network it has to be in there, too.
 */
int nics_name_keep(struct convert *convert, const struct nics_map *map,
		   struct error **err);

#endif
