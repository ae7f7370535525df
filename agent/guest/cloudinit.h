/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_CLOUDINIT_H
#define LANDER_GUEST_CLOUDINIT_H

struct convert;
struct error;

/**
 * cloudinit_hold(convert, err): cloud-init does not write the network's
 * configuration anew.  It would on the next start, where it takes this machine
 * for a new instance: by its data source, or without any, with DHCP on the
 * first NIC.  Only that part of it is switched off, by
 * /etc/cloud/cloud.cfg.d/99-lander-network.cfg; nothing is done where it is
 * off already or where cloud-init is not installed.
 * Source: cloud-init's documentation, "Network configuration", "Disabling
 * network configuration".
 */
int cloudinit_hold(struct convert *convert, struct error **err);

#endif
