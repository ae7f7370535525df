/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_FIRSTBOOT_H
#define LANDER_GUEST_FIRSTBOOT_H

struct convert;
struct error;

/** Where the scripts wait, and what runs them; the guest's own paths. */
#define FIRSTBOOT_DIRECTORY "/var/lib/lander/firstboot"
#define FIRSTBOOT_LOG	    "/var/log/lander/firstboot.log"

/**
 * firstboot_set(convert, err): the scripts for the first boot lie in
 * FIRSTBOOT_DIRECTORY, with a runner that the system's init starts once the
 * network is up: a unit of systemd, else a service of OpenRC, else a System V
 * script.  The runner removes its own way to be started before it runs the
 * first script, so that each runs at most once, whatever becomes of it; it
 * runs them all, with the environment of script_convert(), appends what they
 * print to FIRSTBOOT_LOG, and removes them.  What an earlier conversion put
 * there and this job does not have is removed.
 * Errors: ERROR_CONVERT; ENOSYS: no init that is known here.
 * Sources: systemd.unit(5), systemd.service(5), openrc-run(8), insserv(8).
 */
int firstboot_set(struct convert *convert, struct error **err);

#endif
