/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_OLD_H
#define LANDER_PLAN_FIT_OLD_H

struct error;
struct fit;
struct fit_order;
struct newlayout;

/** fit_old(order, fit, ret, err): what the source calls its devices, and what
 *  each of them became; to newlayout_done().  fit has to outlive it.  Names are
 *  those that the kernel, LVM, cryptsetup, mdadm and udev make of what the
 *  source told: lvm(8), cryptsetup(8), udev's 63-md-raid-arrays.rules. */
int fit_old(const struct fit_order *order, const struct fit *fit,
	    struct newlayout *ret, struct error **err);

#endif
