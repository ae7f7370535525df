/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETWORK_RESOLV_H
#define LANDER_NETWORK_NETWORK_RESOLV_H

struct error;
struct network_status;

/**
 * network_resolv_write(root, status, err): root/etc/resolv.conf from what
 * networkd has learnt (there is no systemd-resolved to do it).  Written only
 * when it changes; kept when there is no server.  Errors: ERROR_TARGET.
 */
int network_resolv_write(const char *root, const struct network_status *status,
			 struct error **err);

#endif
