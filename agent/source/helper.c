/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bringing lander-source to a machine that knows nothing of it, with nothing
 * there but a POSIX shell, dd and wc.  What is put there is gone when it runs,
 * and also when it never comes to that.
 */
#include "source/helper.h"

#include <stdint.h>
#include <stdio.h>

extern const unsigned char helper_x86_64[];
extern const unsigned char helper_x86_64_end[];
extern const unsigned char helper_aarch64[];
extern const unsigned char helper_aarch64_end[];

#define EMBED(name, file)                                       \
	__asm__(".section .rodata\n"                            \
		".balign 16\n"                                  \
		".globl " #name ", " #name "_end\n" #name ":\n" \
		"	.incbin \"" file "\"\n" #name "_end:\n" \
		".previous\n")

EMBED(helper_x86_64, "build/lander-source");
EMBED(helper_aarch64, "build/lander-source-aarch64");

const struct helper helper_each[HELPERS] = {
	{"x86_64", helper_x86_64, helper_x86_64_end},
	{"aarch64", helper_aarch64, helper_aarch64_end},
};

/*
 * One line and no single quote inside: the login shell may be any.  First a
 * place is found that holds as many bytes and runs a script; then the program
 * itself is tried, there and, should something forbid only programs, in the
 * places behind it.  dd takes what has come; nothing follows the program until
 * it greets, and a login that ends in the middle adds nothing to it.
 */
static const char script[] =
	"exec /bin/sh -c 'umask 077; n=%s; h=; m=$(uname -m); "
	"case $m in %s) s=%zu;; %s) s=%zu;; *) echo \"no lander-source is "
	"made for this kind of machine: $m\" >&2; exit 95;; esac; "
	"gone() { for d in /run /dev/shm /tmp \"$HOME\"; do "
	"rm -rf \"$d/$n\" 2>/dev/null; done; }; "
	"trap gone EXIT; trap \"exit 1\" HUP INT TERM PIPE; "
	"place() { d=$1; [ -n \"$d\" ] && [ -d \"$d\" ] && "
	"mkdir \"$d/$n\" 2>/dev/null || return 1; f=$d/$n/lander-source; "
	"dd if=/dev/zero of=\"$f\" bs=\"$s\" count=1 2>/dev/null && "
	"echo \"#!/bin/sh\" >\"$f.sh\" && chmod 700 \"$f.sh\" && "
	"\"$f.sh\" 2>/dev/null && rm -f \"$f.sh\"; }; "
	"runs() { chmod 700 \"$1\" && \"$1\" version >/dev/null 2>&1 "
	"</dev/null; }; "
	"for d in /run /dev/shm /tmp \"$HOME\"; do "
	"if ! place \"$d\"; then rm -rf \"$d/$n\" 2>/dev/null; continue; fi; "
	"if [ -z \"$h\" ]; then echo; echo \"$n go $m\"; "
	"t=-1; c=0; : >\"$f\"; while [ $c -lt $s ] && [ $c -gt $t ]; do t=$c; "
	"dd bs=65536 count=1 2>/dev/null; c=$(wc -c <\"$f\"); done >>\"$f\"; "
	"else cat \"$h\" >\"$f\"; fi; "
	"if runs \"$f\"; then [ -z \"$h\" ] || rm -rf \"${h%%/*}\"; h=$f; "
	"k=1; break; fi; h=$f; done; "
	"if [ -z \"$h\" ]; then echo \"no place can be written to and run "
	"programs: /run, /dev/shm, /tmp and the home directory were tried\" "
	">&2; exit 97; fi; "
	"if [ -z \"$k\" ]; then echo \"lander-source does not run here: "
	"$(uname "
	"-srm)\" >&2; exit 98; fi; "
	"if [ \"$(id -u)\" = 0 ]; then \"$f\" serve-once; exit; fi; "
	"if command -v sudo >/dev/null 2>&1; then sudo -n \"$f\" serve-once; "
	"exit; fi; echo \"$(id -un) is not root, and there is no sudo\" >&2; "
	"exit 96'";

/* Two names of one piece of memory; to C they are two objects. */
size_t helper_size(const struct helper *helper)
{
	return (size_t)((uintptr_t)helper->end - (uintptr_t)helper->program);
}

char *helper_script(const char *name)
{
	const struct helper *one = helper_each;
	char *text = NULL;

	return asprintf(&text, script, name, one[0].machine,
			helper_size(&one[0]), one[1].machine,
			helper_size(&one[1])) < 0
		       ? NULL
		       : text;
}
