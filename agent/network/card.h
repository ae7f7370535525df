/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_CARD_H
#define LANDER_NETWORK_CARD_H

#include <stddef.h>

#include "network/mac.h"

struct error;

/** A network card of this machine: real hardware, not a bridge or a bond. */
struct card {
	char name[16];	    /* its name here, "enp0s3" */
	char mac[MAC_TEXT]; /* its own address, lower case */
	char driver[32];    /* "virtio_net"; "" when it has none */
	char device[256];   /* "/sys/devices/pci0000:00/…" */
};

struct cards {
	struct card *card; /* in the order of their places on their buses */
	size_t count;
};

/** card_list(ret, err): the Ethernet cards, from /sys/class/net.
 *  Source: Documentation/ABI/testing/sysfs-class-net. */
int card_list(struct cards *ret_cards, struct error **err);

void card_free(struct cards *cards);

#endif
