/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NETUNIT_H
#define LANDER_GUEST_NETUNIT_H

struct interfaces;
struct netfile;

/**
 * netunit_read(file, list): what a file of systemd-networkd or udev says of
 * NICs, by its [Match] section.  A .network: Name= and MACAddress=; a .netdev:
 * its name is no NIC; a .link: the name that the NIC of a MAC gets, kept if
 * nothing but MACAddress=, PermanentMACAddress= and Type= is asked for.
 * Source: systemd.network(5), systemd.netdev(5), systemd.link(5).
 */
void netunit_read(const struct netfile *file, struct interfaces *list);

#endif
