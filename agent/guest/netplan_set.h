/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NETPLAN_SET_H
#define LANDER_GUEST_NETPLAN_SET_H

struct error;
struct stack_target;

/** netplan_set(target, err): the interface's block below "ethernets:" keeps
 *  its match:, set-name:, mtu: and the like; its addresses, routes and name
 *  servers are the new ones.  As stack_write(). */
int netplan_set(struct stack_target *target, struct error **err);

#endif
