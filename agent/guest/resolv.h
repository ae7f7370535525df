/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_RESOLV_H
#define LANDER_GUEST_RESOLV_H

struct address;
struct error;

/**
 * resolv_set(root, address, err): the name servers of /etc/resolv.conf are
 * these; its other lines stay.  Only where it is a plain file and there is no
 * resolvconf, which would write it: dns-nameservers in interfaces(5) does
 * nothing then.  1 when something was written, else 0.
 * Source: resolv.conf(5), resolvconf(8).
 */
int resolv_set(const char *root, const struct address *address,
	       struct error **err);

#endif
