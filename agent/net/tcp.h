/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_TCP_H
#define LANDER_NET_TCP_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;

/** A machine and a port of it. */
struct tcp_place {
	const char *host; /* name or address, no brackets */
	const char *port; /* "22" */
};

/**
 * tcp_open(place, end, stop, ret_fd, err): connected, non-blocking, with
 * keep-alives that find a vanished host within half a minute.  end: by
 * io_seconds().  Every address of the name is tried.
 * Errors: ERROR_NETWORK; ERROR_ABORTED when *stop became true.
 */
int tcp_open(const struct tcp_place *place, double end,
	     const _Atomic bool *stop, int *ret_fd, struct error **err);

/** tcp_round_trip(fd): smoothed, seconds; 0 when the kernel can't tell. */
double tcp_round_trip(int fd);

#endif
