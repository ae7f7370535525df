/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks or files.  It decides by what must be, never by what would be faster:
 * how full the source is does not count, because a block copy reads that little
 * with free=skip, too, and leaves nothing out.
 */
#include "plan/mode.h"

#include <stdio.h>
#include <string.h>

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
