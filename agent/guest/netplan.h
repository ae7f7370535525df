/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NETPLAN_H
#define LANDER_GUEST_NETPLAN_H

struct interfaces;
struct netfile;
struct steps;

/**
 * netplan_read(file, steps, list): the NICs below "ethernets:", by their ids
 * or by their match: and set-name:; what is below bonds:, bridges:, vlans: and
 * the like is excluded.  match: macaddress with set-name is a name that
 * netplan itself keeps.  A file that is not understood gets a failed step and
 * adds nothing.  Source: netplan(5), netplan-yaml.
 */
void netplan_read(const struct netfile *file, struct steps *steps,
		  struct interfaces *list);

/** netplan_refusal(file): what in it is not understood, or NULL. */
const char *netplan_refusal(const struct netfile *file);

#endif
