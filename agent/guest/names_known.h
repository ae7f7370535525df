/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_KNOWN_H
#define LANDER_GUEST_NAMES_KNOWN_H

#include <stdbool.h>

#include "guest/devicename.h"

struct convert;

/** What all parts of the renaming know. */
struct names {
	struct convert *convert;
	struct devicename_order order;
	bool initramfs; /* /boot holds one: for what no menu entry tells */
	bool systemd;	/* it knows x-systemd.device-timeout */
};

#endif
