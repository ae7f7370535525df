/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bringing lander-source to a machine that knows nothing of it, with nothing
 * there but a POSIX shell and dd.  What is put there is gone when it runs, and
 * also when it never comes to that.
 */
#include "source/helper.h"

#include <stdio.h>

__asm__(".section .rodata\n"
	".balign 16\n"
	".globl helper_program, helper_program_end\n"
	"helper_program:\n"
	"	.incbin \"build/lander-source\"\n"
	"helper_program_end:\n"
	".previous\n");

/*
 * One line and no single quote inside: the login shell may be any.  First a
 * place is found that holds as many bytes and runs a script; then the program
 * itself is tried, there and, should something forbid only programs, in the
 * places behind it.  dd with blocks of one byte takes exactly its own.
 */
static const char script[] =
	"exec /bin/sh -c 'umask 077; n=%s; s=%zu; h=; "
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
	"if [ -z \"$h\" ]; then echo; echo \"$n go\"; "
	"dd ibs=1 obs=65536 count=\"$s\" of=\"$f\" 2>/dev/null; "
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

char *helper_script(const char *name, size_t size)
{
	char *text = NULL;

	return asprintf(&text, script, name, size) < 0 ? NULL : text;
}
