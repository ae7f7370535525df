/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_MODE_H
#define LANDER_PLAN_MODE_H

#include <stdbool.h>
#include <stddef.h>

enum mode { MODE_BLOCK, MODE_FILE };

/** What the choice is made of. */
struct mode_case {
	const char *asked; /* "auto", "block", "file" */
	bool ssh;	   /* the source is a running machine over SSH */
	bool matched;	   /* each source disk has a target of its own */
	const char *small; /* … one of which is smaller: its name, or NULL */
};

/** mode_choose(which, ret_why, room): in words why, for the plan.  auto never
 *  makes files of a job that blocks can do: a block copy is the disk itself,
 *  with everything on it, whatever that is. */
enum mode mode_choose(const struct mode_case *which, char *ret_why,
		      size_t room);

#endif
