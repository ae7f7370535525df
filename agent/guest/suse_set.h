/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_SUSE_SET_H
#define LANDER_GUEST_SUSE_SET_H

struct error;
struct stack_target;

/** suse_set_route(target, err): the interface's own ifroute- file has the
 *  default route of that family, and routes has none of it any more.
 *  suse_set_dns(target, err): netconfig's static name servers are these.
 *  1 when something was written, 0 when it was so.  Source: routes(5) of
 *  wicked, /etc/sysconfig/network/config. */
int suse_set_route(const struct stack_target *target, struct error **err);
int suse_set_dns(const struct stack_target *target, struct error **err);

#endif
