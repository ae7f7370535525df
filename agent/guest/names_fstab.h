/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_FSTAB_H
#define LANDER_GUEST_NAMES_FSTAB_H

struct error;
struct names;

/** names_fstab_note(names, err): what /etc/fstab and /etc/crypttab call the
 *  disks, for the order; "/" is an anchor when the root's volume is known. */
int names_fstab_note(struct names *names, struct error **err);

/**
 * names_fstab(names, err): /etc/fstab, by UUID= now.  What can't be found here
 * gets nofail, and a short x-systemd.device-timeout under systemd, instead of
 * an emergency shell after 90 seconds: systemd.mount(5), fstab(5).  Shares of
 * the old hypervisor likewise; network file systems are not touched.
 * Errors: ENODEV when "/" or "/usr" can't be found: it would not start.
 */
int names_fstab(struct names *names, struct error **err);

/** names_fstab_crypt(names, err): /etc/crypttab, UUID= of the LUKS header;
 *  a plain mapping has none and is left.  Source: crypttab(5). */
int names_fstab_crypt(struct names *names, struct error **err);

#endif
