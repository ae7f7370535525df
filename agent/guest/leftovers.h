/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_LEFTOVERS_H
#define LANDER_GUEST_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>

struct convert;
struct error;

/**
 * leftovers_convert(convert, err): the tools of another hypervisor than
 * convert->hypervisor no longer start: open-vm-tools and VMware's own,
 * VirtualBox's additions, Citrix's and Xen's, Hyper-V's daemons, Parallels'.
 * Nothing is removed.  A systemd unit is masked by a link to /dev/null
 * (systemctl(1), mask); a System V script ends at its first command; a job of
 * upstart is put aside.  Getties on a Xen console that respawn for ever become
 * comments, or move to tty1 when they are the only ones.  The guest agent of
 * QEMU is enabled where it is installed and this is KVM.  Cloud agents and
 * console= words are told, not touched.
 * Without a known hypervisor nothing is done.
 * Errors (ERROR_CONVERT): what the disk says (EIO, ENOSPC).
 */
int leftovers_convert(struct convert *convert, struct error **err);

/** One of those tools, or a cloud's agent. */
struct leftovers_tool {
	const char *name; /* "open-vm-tools" */
	const char *own;  /* its hypervisor, "vmware"; "cloud" */
};

/** leftovers_next(root, at, ret): the next one from *at (0 at first) that a
 *  system has a service of; false at the end. */
bool leftovers_next(const char *root, size_t *at,
		    struct leftovers_tool *ret_tool);

#endif
