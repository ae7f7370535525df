/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_MIGRATE_H
#define LANDER_RUN_MIGRATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "copy/pass.h"
#include "disk/blockdev.h"
#include "disk/content.h"
#include "disk/luks.h"
#include "disk/newesp.h"
#include "disk/record.h"
#include "guest/bootcheck.h"
#include "plan/plan.h"
#include "run/live.h"
#include "source/usage.h"

struct chunkmap;
struct config;
struct control;
struct error;
struct fitting;
struct report;
struct stage;
struct target;

/** One disk on its way. */
struct job_disk {
	struct plan_disk *plan; /* NULL when only a commit is finished */
	struct blockdev target; /* a copy */
	struct target *open;	/* NULL while the stage device has it */
	struct stage *stage;	/* NULL but in a conversion */
	struct chunkmap *map;
	struct usage usage; /* its free space, when that is not copied */
	struct record record;
	void *sector0; /* the real one, logical_block bytes */
	uint8_t digest[16];
	bool resumed;  /* an earlier start left something on it */
	bool stale;    /* … that is not known to be the source as it is now */
	bool copied;   /* all data is on the disk */
	bool verified; /* … and was read back and compared */
	bool parked;   /* ready for the one write */
	bool unparked; /* no place to park: the write comes from memory */
	struct pass_progress progress; /* of the pass that runs */
	uint64_t received; /* bytes that came from the source for it */
	char *system;	   /* what was found on it, for the receipt */
};

/** What the stages share.  Only run/ sees it. */
struct migrate {
	const struct config *config;
	struct report *report;
	struct control *orders;
	bool machine; /* started by the ISO: may reboot this machine */
	const _Atomic bool *stop;
	double break_s; /* how long a source may stand still for a shell; 0:
			 * as long as people are told */
	char job[37];
	struct blockdevs disks;	 /* of this machine */
	struct content *content; /* of each of them */
	struct plan plan;
	struct fitting *fitting; /* mode=file; else NULL */
	char mode_why[200];	 /* auto chose mode=block; or "" */
	struct luks_key luks;	 /* NULL bytes: none is given */
	struct live live;
	struct job_disk *disk;
	size_t count;
	bool touched;	   /* something was written */
	bool finishing;	   /* a cut commit is finished: no source is needed */
	bool arrived;	   /* the job was done before: hand over only */
	bool planned_only; /* the stages that are left are not run */
	struct newesp esp; /* that firmware=convert made; number 0: none */
	enum bootcheck_verdict boots; /* what conversion says */
	char *system;		      /* that was converted */
	bool committing; /* past the point where the source is needed */
	double began;
	uint64_t received; /* bytes that came from the source, packed or not */
	uint64_t data;	   /* … unpacked: what its line is worth */
	bool begun;	   /* its words are right: its scripts run */
	bool told;	   /* the receipt is what reports end with */
};

/** The outcome of a job, for main and the hand-over. */
struct migrate_end {
	int status;	    /* exit status */
	bool retry;	    /* a network failure: another try may pass */
	bool dryrun;	    /* ended as asked, before the commit */
	bool arrived;	    /* an earlier start did it all */
	bool files;	    /* a new layout, as far as it was planned */
	char boot_disk[64]; /* path, "" when there is none */
	char job[37];
};

/**
 * migrate_run(config, report, orders, machine, ret_end): the whole job, stage
 * by stage; everything it opens is closed again.  Every failure has been
 * reported when it returns.
 */
void migrate_run(const struct config *config, struct report *report,
		 struct control *orders, bool machine,
		 struct migrate_end *ret_end);

#endif
