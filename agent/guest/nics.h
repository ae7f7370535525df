/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NICS_H
#define LANDER_GUEST_NICS_H

struct convert;
struct error;

/**
 * nics_convert(convert, err): the copied system's network comes up on the NICs
 * of this machine, under the interface names that it knows.  Which stack it
 * has is seen by its files: ifupdown, netplan, NetworkManager's keyfiles,
 * ifcfg (RHEL, SUSE), systemd-networkd.
 */
int nics_convert(struct convert *convert, struct error **err);

#endif
