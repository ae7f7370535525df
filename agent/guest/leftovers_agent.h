/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_LEFTOVERS_AGENT_H
#define LANDER_GUEST_LEFTOVERS_AGENT_H

struct convert;
struct error;

/** leftovers_agent(convert, err): on KVM, QEMU's guest agent is enabled where
 *  it is installed: its unit's WantedBy= (systemd.unit(5)) as systemctl(1)
 *  would; udev starts a unit that has none.  One that is masked stays so. */
int leftovers_agent(struct convert *convert, struct error **err);

#endif
