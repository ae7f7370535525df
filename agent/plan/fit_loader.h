/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_LOADER_H
#define LANDER_PLAN_FIT_LOADER_H

#include <stddef.h>

struct fit;
struct fit_order;

/** Whether a new layout gets a boot loader in the end. */
enum fit_loader {
	FIT_LOADER_SURE,     /* or there is no system in it */
	FIT_LOADER_DOUBTFUL, /* nothing says that it does not */
	FIT_LOADER_MISSING,
};

/** fit_loader(order, fit, ret_why, room): as the conversion will put it there:
 *  for BIOS by the copied system's own grub-install, for UEFI by the files of
 *  its ESP, or of a new one that goes on to its grub.cfg.  ret_why: in words
 *  what is missing and what to do, when it is not SURE. */
enum fit_loader fit_loader(const struct fit_order *order, const struct fit *fit,
			   char *ret_why, size_t room);

#endif
