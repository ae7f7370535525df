/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_LEFTOVERS_CONSOLE_H
#define LANDER_GUEST_LEFTOVERS_CONSOLE_H

struct convert;
struct error;

/**
 * leftovers_console(convert, err): away from Xen, logins on its consoles (hvc0,
 * xvc0) end, which init would start again for ever: lines of /etc/inittab
 * (inittab(5)) and jobs of upstart; systemd waits for the device instead.  The
 * only login there is moves to tty1 instead.  console= words that name such a
 * device are told, not changed: a kernel goes on without one.
 */
int leftovers_console(struct convert *convert, struct error **err);

#endif
