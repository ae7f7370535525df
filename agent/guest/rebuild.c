/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs the guest's own tool for its initramfs, where nothing else will do.  It
 * is foreign code with our rights: it sees the copied system and a /dev, /proc
 * and /sys of its own, and is ended after ten minutes.
 */
#include "guest/rebuild.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/process.h"
#include "guest/tree.h"

#define LIMIT_S 600

/* Run by sh in a new mount namespace, whose mounts nobody else sees and which
 * ends with it.  $1 the root; what follows is the tool. */
static const char script[] =
	"set -eu\n"
	"root=$1; shift\n"
	/* In a chroot there is no such mount; then nothing may be shared. */
	"mount --make-rprivate / 2>/dev/null ||\n"
	"  ! grep -q ' shared:' /proc/self/mountinfo || exit 96\n"
	"mount --rbind \"$root\" \"$root\"\n"
	"cd \"$root\"\n"
	"for d in dev proc sys run; do test -d $d -a ! -L $d; done\n"
	"mount --rbind /dev dev\n"
	"mount -t proc proc proc\n"
	"mount --rbind /sys sys\n"
	"mount -t tmpfs -o mode=755 tmpfs run\n"
	/* A guest's services are not started by its own scripts. */
	"if test -d usr/sbin && test ! -L usr/sbin; then\n"
	"  printf '#!/bin/sh\\nexit 101\\n' >run/policy-rc.d\n"
	"  chmod 755 run/policy-rc.d\n"
	"  if test -f usr/sbin/policy-rc.d; then\n"
	"    mount --bind run/policy-rc.d usr/sbin/policy-rc.d\n"
	"  fi\n"
	"fi\n"
	"exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
	"/sbin:/bin LC_ALL=C HOME=/root TERM=dumb "
	"DEBIAN_FRONTEND=noninteractive chroot . \"$@\"\n";

static bool has(const struct rebuild *rebuild, const char *program)
{
	static const char *const places[] = {"/usr/sbin/", "/usr/bin/",
					     "/sbin/", "/bin/"};
	bool found = false;

	for (size_t i = 0; !found && i < 4; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "%s%s", places[i], program);
		found = tree_has(rebuild->root, path);
	}
	return found;
}

static int run(const struct rebuild *rebuild, const char *const *words,
	       struct error **err)
{
	const char *argv[16] = {
		"unshare",   "-mpf",	   "--kill-child", "--propagation",
		"unchanged", "sh",	   "-c",	   script,
		"lander",    rebuild->root};
	const struct process process = {.argv = argv, .timeout_s = LIMIT_S};
	size_t count = 10;

	while (*words && count < 15)
		argv[count++] = *words++;
	return process_check(&process, ERROR_CONVERT, err);
}

int rebuild_initramfs(const struct rebuild *rebuild, const char **ret_tool,
		      struct error **err)
{
	const char *update[] = {"update-initramfs", "-u", "-k",
				rebuild->version, NULL};
	const char *dracut[] = {"dracut",	  "--force",	      "--kver",
				rebuild->version, rebuild->initramfs, NULL};
	const char *mkinitcpio[] = {"mkinitcpio",	"-k",
				    rebuild->version,	"-g",
				    rebuild->initramfs, NULL};
	const char *mkinitrd[] = {"mkinitrd",	      "-k",
				  rebuild->image,     "-i",
				  rebuild->initramfs, NULL};
	const char *const *tools[] = {update, dracut, mkinitcpio, mkinitrd};

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		int r;

		if (!has(rebuild, tools[i][0]))
			continue;
		r = run(rebuild, tools[i], err);
		if (r < 0)
			return error_wrap(err, "make the initramfs of %s anew",
					  rebuild->version);
		*ret_tool = tools[i][0];
		return 0;
	}
	return error_set(err, ERROR_CONVERT, 0,
			 "the copied system has no tool that makes one"),
	       -ENOENT;
}
