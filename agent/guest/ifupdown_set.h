/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_IFUPDOWN_SET_H
#define LANDER_GUEST_IFUPDOWN_SET_H

struct error;
struct stack_target;

/** ifupdown_set(target, err): one "iface" stanza in place of those that the
 *  interface has, of both families; "auto" before it where nothing brings it
 *  up.  As stack_write(). */
int ifupdown_set(struct stack_target *target, struct error **err);

#endif
