/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_KEYFILE_H
#define LANDER_GUEST_KEYFILE_H

struct interfaces;
struct netfile;

/** keyfile_read(file, list): the NIC of a NetworkManager connection, by its
 *  interface-name=, its mac-address=, or both; a VLAN's parent=.  One without
 *  either fits any NIC.  Source: nm-settings-keyfile(5), nm-settings(5). */
void keyfile_read(const struct netfile *file, struct interfaces *list);

#endif
