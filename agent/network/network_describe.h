/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETWORK_DESCRIBE_H
#define LANDER_NETWORK_NETWORK_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

struct network_status;

/** network_describe_ready(status): everything that was asked for and that has
 *  a link has its address, and there is at least one. */
bool network_describe_ready(const struct network_status *status);

/** network_describe_settled(status): no card that may come up is without a
 *  link: some drivers take a second longer. */
bool network_describe_settled(const struct network_status *status);

/**
 * network_describe(status, seconds, buf, room): the state in plain words, one
 * line for each interface and for each thing that is missing, "\n" between
 * them; seconds is how long lander has been waiting.  As in
 *   enp0s2 (virtio_net, 52:54:00:12:34:56): 10.0.2.15/24
 *   enp0s3 (e1000e, 52:54:00:12:34:57): link, but no address after 35 s: no
 *   answer from a DHCP server
 *   no interface is called 'eth9' (ip=10.0.0.5::10.0.0.1:24::eth9:none)
 */
void network_describe(const struct network_status *status, unsigned int seconds,
		      char *buf, size_t room);

#endif
