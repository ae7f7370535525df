/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BOOT_HANDOFF_H
#define LANDER_BOOT_HANDOFF_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;

/** handoff_reboot(), handoff_poweroff(): sync and leave at once; they return
 *  only when the kernel refuses (ERROR_INTERNAL).  Source: reboot(2). */
int handoff_reboot(struct error **err);
int handoff_poweroff(struct error **err);

/**
 * handoff_kexec_load(kernel, initrd, cmdline, err): put another kernel beside
 * this one; two open files, initrd -1 for none.  Errors: ERROR_CONVERT; under
 * lockdown a kernel whose signature this one does not know is refused, and told
 * so.  Source: kexec_file_load(2), kernel_lockdown(7).
 */
int handoff_kexec_load(int kernel, int initrd, const char *cmdline,
		       struct error **err);

/** handoff_kexec(err): sync and jump to the loaded kernel. */
int handoff_kexec(struct error **err);

/** handoff_password(hash, err): root's password in this live system, and the
 *  only one.  Errors: ERROR_CONFIG when it is not a crypt(5) hash. */
int handoff_password(const char *hash, struct error **err);

struct handoff_shell {
	const char *console;	  /* path of the terminal */
	bool open;		  /* nobody is asked for a password */
	const _Atomic bool *stop; /* ends it when it becomes true, or NULL */
	double seconds;		  /* ends it, too; 0: no limit */
	bool cut;		  /* result: it was ended so */
};

/**
 * handoff_shell(shell, err): ask for that password on this console and open a
 * shell; returns when it is left, when the question is (Ctrl-D), or when it is
 * ended.  Source: sulogin(8).  Errors: ERROR_INTERNAL; no shell was open then.
 */
int handoff_shell(struct handoff_shell *shell, struct error **err);

#endif
