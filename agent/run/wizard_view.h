/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_VIEW_H
#define LANDER_RUN_WIZARD_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/status.h"

struct outlets;

#define WIZARD_VIEW_DISKS 16U
#define WIZARD_VIEW_LINES 64U
#define WIZARD_VIEW_LINE  160U

/** How far one disk is. */
struct wizard_view_disk {
	char name[64];	/* of the target, "vda" */
	char label[96]; /* of its last pass, "copying vda" */
	uint64_t done;	/* bytes */
	uint64_t total;
};

/** What a job that runs says of itself, at one moment. */
struct wizard_view {
	char stage[32];
	char state[24];
	struct wizard_view_disk disk[WIZARD_VIEW_DISKS];
	size_t disks;
	size_t now;   /* the disk whose pass runs; disks: none */
	double rate;  /* bytes a second; 0: not known */
	bool waiting; /* the source does not answer */
	bool paused;
	struct status_rounds rounds;
	char failure[1024];
	char hint[512];
	unsigned long lines;				/* said so far */
	char line[WIZARD_VIEW_LINES][WIZARD_VIEW_LINE]; /* the last of them,
							 * line n at n % … */
};

/** wizard_view_begin(outlets, names, count): from now on it is kept for disks
 *  with these names.  wizard_view_end(outlets): no longer. */
void wizard_view_begin(struct outlets *outlets, const char *const *names,
		       size_t count);
void wizard_view_end(struct outlets *outlets);

/** wizard_view_read(ret): a copy of what is known now. */
void wizard_view_read(struct wizard_view *ret);

#endif
