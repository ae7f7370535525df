/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INTERFACE_H
#define LANDER_GUEST_INTERFACE_H

#include <stdbool.h>
#include <stddef.h>

#include "network/mac.h"

#define INTERFACE_NAME 16 /* IFNAMSIZ of linux/if.h, with its zero */
#define INTERFACE_MAX  128
#define INTERFACE_FILE 256

/** An Ethernet interface that the copied system configures. */
struct interface {
	char name[INTERFACE_NAME]; /* "" where only its MAC is known */
	struct mac mac;		   /* of the NIC it had */
	bool tied;		   /* mac is known */
	bool kept; /* the system itself gives the NIC of that MAC this name */
	char file[INTERFACE_FILE]; /* that configures it */
};

struct interfaces {
	struct interface item[INTERFACE_MAX];
	size_t count;
	/* Names of bridges, bonds, VLANs and the like. */
	char other[INTERFACE_MAX][INTERFACE_NAME];
	size_t others;
	/* The last one that only a name of another machine fits. */
	char pattern[INTERFACE_FILE];
	/* More than there is room for: no mapping can be certain. */
	bool overflow;
};

/** interface_valid(name): a name that an interface may have and that is safe
 *  in file names and configuration files: letters, digits, "_", "-" and ".",
 *  fifteen at most.  Source: dev_valid_name() of Linux. */
bool interface_valid(const char *name);

/** interface_is_nic(name): may be the name of an Ethernet NIC, as far as names
 *  tell: no "lo", "br0", "bond0", "wlan0", "tun0", and no "eth0.5". */
bool interface_is_nic(const char *name);

/** interface_add(list, name, mac, file): the system configures it.  name or
 *  mac may be NULL, not both.  What is known of it already is completed.
 *  Names that no NIC has are left out. */
void interface_add(struct interfaces *list, const char *name,
		   const struct mac *mac, const char *file);

/** interface_exclude(list, name): it is no NIC, whatever it is called; now or
 *  when it is added later. */
void interface_exclude(struct interfaces *list, const char *name);

/** interface_pattern(list, pattern, file): all whose names fit are configured;
 *  noted where names that new machines give ("enp1s0", "eth0") do not. */
void interface_pattern(struct interfaces *list, const char *pattern,
		       const char *file);

/** interface_tie(list, name, mac, kept): completes an interface that is there,
 * and adds none: a rule that names a NIC does not configure it.  kept: it goes
 * on to do so with another MAC in it. */
void interface_tie(struct interfaces *list, const char *name,
		   const struct mac *mac, bool kept);

/** interface_sort(list): in the order of the numbers in their names, those
 *  without a name last. */
void interface_sort(struct interfaces *list);

/** interface_text(item, buf): its name, or its MAC for people. */
const char *interface_text(const struct interface *item, char buf[MAC_TEXT]);

#endif
