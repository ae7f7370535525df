/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_IFUPDOWN_H
#define LANDER_GUEST_IFUPDOWN_H

#include <stdbool.h>

struct interfaces;
struct netfile;

/**
 * ifupdown_read(file, list): the interfaces of one /etc/network/interfaces, or
 * of a file that it sources: those of "iface" lines, the ports of bridges, the
 * slaves of bonds and what VLANs are on.  Bridges, bonds, VLANs, tunnels and
 * wireless interfaces are excluded.  Source: interfaces(5), and the options of
 * bridge-utils-interfaces(5), ifenslave, vlan-interfaces(5) and ifupdown2.
 */
void ifupdown_read(const struct netfile *file, struct interfaces *list);

/** ifupdown_starts_stanza(word): a line that starts with it ends the stanza
 *  before it. */
bool ifupdown_starts_stanza(const char *word);

#endif
