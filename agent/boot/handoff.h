/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BOOT_HANDOFF_H
#define LANDER_BOOT_HANDOFF_H

struct error;

/** handoff_reboot(), handoff_poweroff(): sync and leave at once; they return
 *  only when the kernel refuses (ERROR_INTERNAL).  Source: reboot(2). */
int handoff_reboot(struct error **err);
int handoff_poweroff(struct error **err);

/**
 * handoff_kexec_load(kernel, initrd, cmdline, err): put another kernel beside
 * this one; two open files, initrd -1 for none.  Errors: ERROR_CONVERT; EPERM
 * under lockdown means an unsigned kernel.  Source: kexec_file_load(2).
 */
int handoff_kexec_load(int kernel, int initrd, const char *cmdline,
		       struct error **err);

/** handoff_kexec(err): sync and jump to the loaded kernel. */
int handoff_kexec(struct error **err);

/** handoff_password(hash, err): root's password in this live system, and the
 *  only one.  Errors: ERROR_CONFIG when it is not a crypt(5) hash. */
int handoff_password(const char *hash, struct error **err);

/**
 * handoff_shell(console, err): ask for that password on this console and open
 * a shell; returns when it is left, or when the question is (Ctrl-D).  Source:
 * sulogin(8).  Errors: ERROR_INTERNAL; no shell was open then.
 */
int handoff_shell(const char *console, struct error **err);

#endif
