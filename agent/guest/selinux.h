/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_SELINUX_H
#define LANDER_GUEST_SELINUX_H

struct convert;
struct error;

/**
 * selinux_convert(convert, err): where /etc/selinux/config says enforcing or
 * permissive, and labels were lost (a program of the system ran here, where
 * there is no SELinux, or a file could not be labelled), /.autorelabel has the
 * first boot label all files anew.  A line in convert->steps says why, or that
 * there is no need.  Elsewhere nothing.  Comes after all that writes.
 * Errors: ERROR_CONVERT.  Sources: selinux(8), selinux-autorelabel(8).
 */
int selinux_convert(struct convert *convert, struct error **err);

/** selinux_ran(convert, err): a program of the system is about to run in it:
 *  the same, at once, so that no power cut can make it forgotten. */
int selinux_ran(struct convert *convert, struct error **err);

#endif
