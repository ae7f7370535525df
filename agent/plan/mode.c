/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks or files.  A block copy is the disk itself, with what nobody knew of,
 * so files have to be needed, or to be worth much and to leave nothing out.  A
 * job goes on as it began.
 */
#include "plan/mode.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"

/* Below that, reading the rest of the disks takes minutes at most. */
#define EMPTY_LEAST ((uint64_t)32 << 30)
#define PART_USED   4U /* one of so many parts */

static bool is_worth(const struct mode_measure *measure)
{
	return measure->used <= measure->size / PART_USED &&
	       measure->size - measure->used >= EMPTY_LEAST;
}

static enum mode weigh(const struct mode_measure *measure, char *ret_why,
		       size_t room)
{
	char used[32];
	char size[32];

	(void)parse_format_size(measure->used, used, sizeof(used));
	(void)parse_format_size(measure->size, size, sizeof(size));
	if (is_worth(measure) && !measure->left) {
		(void)snprintf(
			ret_why, room,
			"only %s of %s are used, and all of it are "
			"files that are mounted there; lander.mode=block "
			"copies the disks as they are",
			used, size);
		return MODE_FILE;
	}
	if (is_worth(measure))
		(void)snprintf(ret_why, room,
			       "only %s of %s are used, but files would leave "
			       "%zu thing%s out that %s on these disks",
			       used, size, measure->left,
			       measure->left == 1 ? "" : "s",
			       measure->left == 1 ? "is" : "are");
	else
		(void)snprintf(ret_why, room,
			       "every disk has room for its whole copy, and %s "
			       "of %s are used",
			       used, size);
	return MODE_BLOCK;
}

enum mode mode_choose(const struct mode_case *which, char *ret_why, size_t room)
{
	if (strcmp(which->asked, "auto") != 0) {
		(void)snprintf(ret_why, room, "as the job says");
		return !strcmp(which->asked, "file") ? MODE_FILE : MODE_BLOCK;
	}
	if (!which->ssh) {
		(void)snprintf(ret_why, room,
			       "files are read from a running machine over SSH "
			       "only");
		return MODE_BLOCK;
	}
	if (which->begun != MODE_AUTO) {
		(void)snprintf(ret_why, room, "so the job began");
		return which->begun;
	}
	if (which->matched && !which->small && which->measure)
		return weigh(which->measure, ret_why, room);
	if (which->matched && !which->small) {
		(void)snprintf(ret_why, room,
			       "every disk has room for its whole copy");
		return MODE_BLOCK;
	}
	if (which->matched)
		(void)snprintf(ret_why, room,
			       "%s is smaller than the disk that it is for",
			       which->small);
	else
		(void)snprintf(ret_why, room,
			       "the disks here are not one for each of the "
			       "source's");
	return MODE_FILE;
}

bool mode_may_weigh(const struct mode_case *which, uint64_t size)
{
	return !strcmp(which->asked, "auto") && which->ssh && which->matched &&
	       !which->small && which->begun == MODE_AUTO && !which->measure &&
	       !which->whole && size >= EMPTY_LEAST;
}
