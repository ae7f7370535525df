/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_BIOSGRUB_H
#define LANDER_GUEST_BIOSGRUB_H

struct convert;
struct error;

/**
 * biosgrub_convert(convert, err): on a machine that starts by BIOS, GRUB's boot
 * code is put on the boot disk anew by the copied system's own grub-install
 * (grub2-install), in its chroot: when the job asks for it, and when the first
 * sector goes on to a core.img that is not there.  A disk that was copied whole
 * needs neither: boot.img and core.img name each other by sector numbers and
 * file systems by UUID.
 * Errors: ERROR_CONVERT: asked for and there is no such program, or it failed.
 * Without having been asked that is a failed step.
 * Source: grub-install(8).
 */
int biosgrub_convert(struct convert *convert, struct error **err);

#endif
