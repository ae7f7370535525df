/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_UPLINK_H
#define LANDER_RUN_UPLINK_H

struct error;
struct report;

/**
 * uplink_start(report, err): from now on a thread looks at the network each
 * second, keeps /etc/resolv.conf up to date, and tells on the report when the
 * network is there ("lander: network: …") or what is missing.  It runs until
 * the live system ends.  Errors: ERROR_INTERNAL with the errno of
 * pthread_create(3).
 */
int uplink_start(struct report *report, struct error **err);

#endif
