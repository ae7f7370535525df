/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_GUEST_TREE_H
#define LANDER_TESTS_GUEST_TREE_H

/* Trees of guests for the tests: made by a shell script in a scratch directory,
 * with a file outside of them that no guest may reach. */

#include <sys/stat.h>

#include "disk_scratch.h"

#define SECRET "not for the guest"

/* Runs the script in an empty directory "guest"; "outside" is beside it. */
static inline void guest_make(const char *script)
{
	const char *argv[] = {"sh", "-ec",
			      "rm -rf guest outside\n"
			      "mkdir guest outside\n"
			      "printf '%s' \"" SECRET "\" >outside/secret\n"
			      "cd guest\n"
			      "eval \"$0\"",
			      script, NULL};

	assert_true(scratch_run(NULL, argv));
}

/* A shell condition, seen from the scratch directory. */
static inline bool guest_is(const char *condition)
{
	const char *argv[] = {"sh", "-ec", condition, NULL};
	const struct process process = {.argv = argv};

	return process_run(&process, NULL, NULL) == 0;
}

/* The world outside is as it was. */
static inline void guest_stayed_inside(void)
{
	assert_true(guest_is("test \"$(ls -A outside)\" = secret"));
	assert_true(guest_is("test \"$(cat outside/secret)\" = '" SECRET "'"));
}

#endif
