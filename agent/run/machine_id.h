/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_MACHINE_ID_H
#define LANDER_RUN_MACHINE_ID_H

#include "network/mac.h"

/** By what others know this machine; "" for what it has not. */
struct machine_id {
	char uuid[64];	    /* lower case, from SMBIOS */
	char serial[128];   /* from SMBIOS */
	char mac[MAC_TEXT]; /* with '-', of the card that it started from, else
			     * of the default route's, else the first card */
	char interface[16]; /* that card's name */
};

/** machine_id_read(ret): what SMBIOS and the network cards say.
 *  Source: Documentation/ABI/testing/sysfs-firmware-dmi, proc(5). */
void machine_id_read(struct machine_id *ret);

#endif
