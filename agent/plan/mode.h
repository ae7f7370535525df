/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_MODE_H
#define LANDER_PLAN_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode { MODE_AUTO, MODE_BLOCK, MODE_FILE };

/** How full a source is that can be copied as files. */
struct mode_measure {
	uint64_t size; /* bytes of its disks */
	uint64_t used; /* … of its file systems */
	size_t left;   /* how many things on them files would leave out */
};

/** What the choice is made of. */
struct mode_case {
	const char *asked; /* "auto", "block", "file" */
	bool ssh;	   /* the source is a running machine over SSH */
	bool matched;	   /* each source disk has a target of its own */
	const char *small; /* … one of which is smaller: its name, or NULL */
	enum mode begun;   /* by an earlier start of the job; AUTO: none */
	const struct mode_measure *measure; /* NULL: not known */
	bool whole; /* the job has a wish that only copies of disks meet */
};

/** mode_choose(which, ret_why, room): in words why, for the plan.  auto makes
 *  files of a job that blocks can do only where at most a quarter of large
 *  disks is used, and files leave nothing out. */
enum mode mode_choose(const struct mode_case *which, char *ret_why,
		      size_t room);

/** mode_may_weigh(which, size): a measure might change what mode_choose() says;
 *  size: bytes of the source's disks. */
bool mode_may_weigh(const struct mode_case *which, uint64_t size);

#endif
