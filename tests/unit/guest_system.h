/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_GUEST_SYSTEM_H
#define LANDER_TESTS_GUEST_SYSTEM_H

/* A guest whose programs really run: busybox with its libraries. */

#include "guest_tree.h"

#define SYSTEM                                                              \
	"mkdir -p bin dev proc sys run etc tmp var/tmp var/lib var/log "    \
	"usr/sbin root\n"                                                   \
	"b=$(command -v busybox); cp -L $b bin/busybox\n"                   \
	"ldd $b | grep -o '/lib[^ ]*' | while read -r l; do\n"              \
	"  mkdir -p ./$(dirname $l); cp -L $l ./$l; done\n"                 \
	"for a in sh cat ls test mkdir touch sleep grep sync mv rm rmdir "  \
	"date echo readlink stat mount umount cp env setsid true find dd; " \
	"do ln -s busybox bin/$a; done\n"                                   \
	"echo mine >run/mine\n"

/* Makes it, and whatever the script adds to it. */
static inline void system_make(const char *script)
{
	char *all = NULL;

	assert_true(asprintf(&all, "%s%s", SYSTEM, script) > 0);
	guest_make(all);
	free(all);
}

/* The tree, byte for byte, but for its times. */
static inline char *system_state(void)
{
	static const char *const argv[] = {
		"sh", "-c",
		"cd guest && find . -printf '%p %y %m %l\\n' | sort && "
		"find . -type f | sort | xargs -d '\\n' sha256sum",
		NULL};
	const struct process process = {.argv = argv};
	char *output = NULL;

	assert_int_equal(process_run(&process, &output, NULL), 0);
	return output;
}

/* No mount in the tree, and no process that lives in it: waited for, because
 * the kernel ends a namespace a moment after its last process. */
static inline bool system_is_left_alone(void)
{
	return guest_is("i=0; while :; do\n"
			"  m=$(grep -c \"$PWD/guest\" /proc/mounts) || :\n"
			"  p=$(ls -l /proc/[0-9]*/root /proc/[0-9]*/exe "
			"2>/dev/null | grep -c \"$PWD/guest\") || :\n"
			"  test $m = 0 && test $p = 0 && exit 0\n"
			"  i=$((i + 1)); test $i -lt 100 || exit 1\n"
			"  sleep 0.1\n"
			"done");
}

#endif
