/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETIF_H
#define LANDER_NETWORK_NETIF_H

#include <stddef.h>

/** netif_value(text, start, buf, room): the rest of the first line of text that
 *  begins with start ("DNS="), safe to print; "" when there is none. */
void netif_value(const char *text, const char *start, char *buf, size_t room);

/**
 * netif_resolv(dns, domains, buf, room): a resolv.conf(5) from DNS= and
 * DOMAINS= of /run/systemd/netif/state.  At most three servers, what libc
 * asks; entries that are no addresses are left out.  "" without a server.
 */
void netif_resolv(const char *dns, const char *domains, char *buf, size_t room);

#endif
