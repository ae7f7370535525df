/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_PLAN_H
#define LANDER_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/blockdev.h"
#include "disk/content.h"
#include "disk/layout.h"

struct config;
struct error;
struct source;

/** One disk of the job: where it comes from, where it goes. */
struct plan_disk {
	struct source *source;	/* open; owned by the plan */
	char *export;		/* "" when the source has only one disk */
	uint64_t source_id;	/* names it in the record */
	uint64_t memory;	/* bytes that its copy may need at most */
	uint32_t table_sector;	/* sector size its table is made for; 0 =
				 * unknown */
	struct blockdev target; /* a copy */
	struct content content; /* what the target held at the start */
	bool overwrite;		/* the job allows to lose that */
	unsigned int platform;	/* firmware it is made for, guest/platform.h */
	struct layout layout;	/* of the source, from its first bytes */
	unsigned int bootable;	/* how much it looks like a boot disk */
	unsigned int encrypted; /* its first LUKS partition, 0 for none */
	bool boot;		/* sector 0 is committed last */
};

struct plan {
	char job[37];
	/* How this machine was started: PLATFORM_BIOS or _UEFI; 0 outside the
	 * live system, where the job is files. */
	unsigned int platform;
	bool any_platform; /* a source for the other one is not refused */
	bool new_platform; /* it is made to start by this one */
	bool files; /* a new layout, and files: a disk need not be as large */
	struct plan_disk *disk;
	size_t count;
};

/** plan_job(config, ret): the job's UUID: job=, or one made from source= and
 *  disks=, so that the same line after a power cut is the same job. */
void plan_job(const struct config *config, char ret_job[37]);

/** plan_source_id(export, size, identity): what the record calls a source disk;
 *  identity: of its partition table. */
uint64_t plan_source_id(const char *export, uint64_t size, uint64_t identity);

/** plan_print(plan, config, ret, err): the plan in plain words, one line a
 *  step, for the console and the log. */
int plan_print(const struct plan *plan, const struct config *config,
	       char **ret_text, struct error **err);

void plan_done(struct plan *plan);

#endif
