/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NICS_H
#define LANDER_GUEST_NICS_H

struct convert;
struct error;
struct interfaces;
struct netfiles;
struct steps;

/**
 * nics_convert(convert, err): the copied system's network comes up on the NICs
 * of this machine, under the interface names that it knows.  Which stack it
 * has is seen by its files: ifupdown, netplan, NetworkManager's keyfiles,
 * ifcfg (RHEL, SUSE), systemd-networkd.
 */
int nics_convert(struct convert *convert, struct error **err);

/** nics_read(root, steps, files, list): all files of all stacks, and the
 *  interfaces that they configure; only read.  files to netfile_free(), list
 *  zeroed at first.  -ENOMEM. */
int nics_read(const char *root, struct steps *steps, struct netfiles *files,
	      struct interfaces *list);

#endif
