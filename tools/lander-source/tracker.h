/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TRACKER_H
#define LANDER_SOURCE_TRACKER_H

#include <stdbool.h>
#include <stdint.h>

#include "lander-source/dirty.h"
#include "source/wire.h"

#define TRACKER_WHY 512U

/** A disk, in memory that both processes see. */
struct tracker_disk {
	bool on;      /* it is tracked */
	bool merges;  /* one discard of it may be of many ranges */
	bool lost;    /* something since the last CUT is not in the map */
	uint32_t dev; /* as the events name it: major << 20 | minor */
	struct dirty dirty;
};

/** What lander-source and the process that reads its trace share. */
struct tracker {
	struct tracker_disk disk[WIRE_DISKS_MAX];
	char lost_why[TRACKER_WHY];
	int code; /* of the last thing asked: 0 or a positive errno */
	char why[TRACKER_WHY];
};

enum tracker_task {
	TRACKER_TRACK = 1, /* trace this disk, too */
	TRACKER_CUT,	   /* put all that is noted into the maps */
};

/** What goes over the line between them: asked, and said back when done. */
struct tracker_word {
	uint32_t task;
	uint32_t disk;
	uint64_t number;
};

/** tracker_run(tracker, line): the process that reads the trace, until the
 *  other end of line is gone. */
void tracker_run(struct tracker *tracker, int line) __attribute__((noreturn));

#endif
