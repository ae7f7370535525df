/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_IFCFG_H
#define LANDER_GUEST_IFCFG_H

struct interfaces;
struct netfile;

/**
 * ifcfg_read(file, list): the NIC of an ifcfg file, by DEVICE= or its file
 * name, tied to a MAC by HWADDR= or by the name (eth-id-MAC); the ports,
 * slaves and VLAN parents that it names.  Source: initscripts'
 * sysconfig.txt (RHEL), ifcfg(5), ifcfg-bonding(5), ifcfg-bridge(5) and
 * ifcfg-vlan(5) (SUSE).
 */
void ifcfg_read(const struct netfile *file, struct interfaces *list);

#endif
