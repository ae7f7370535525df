/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FITTING_H
#define LANDER_RUN_FITTING_H

#include <stdbool.h>

#include "copy/pass.h"
#include "disk/rootfs.h"
#include "guest/newlayout.h"
#include "plan/fit.h"
#include "run/obstacle.h"
#include "source/storage.h"

struct error;
struct files;
struct match_wishes;
struct migrate;
struct plan_disk;

#define FITTING_WHY 200

/** The new layout of a job of mode=file.  Its targets are the plan's disks, in
 *  their order, and so are the first nodes of its design. */
struct fitting {
	struct storage storage;
	struct fit_order order;
	struct fit fit;
	char why[FITTING_WHY]; /* it is mode=file */
	bool weighed;	       /* … if it is worth it */
	struct error *block;   /* why block mode would not do; or NULL */
	/* By fitting_names(): what the copied system has names for. */
	struct newlayout names;
	/* Disks of the source whose files go to another one's target. */
	struct plan_disk *beside;
	size_t besides;

	/* Of run/newdisks.h */
	char *loop[FIT_DISKS]; /* a file as a disk, by its place in the plan */
	struct rootfs tree;
	bool open;
	/* Of run/filepass.h */
	struct files *files;
	char **exclude;
	struct pass_progress progress;
	double walk_s; /* how long the last pass took */
	bool rebuild;  /* an initramfs holds names of the old layout */
	size_t esp;    /* run/refit.h: the node of a new one */
	struct obstacle obstacle;
};

/**
 * fitting_choose(m, wishes, block, err): blocks or files; block is what came of
 * looking for targets of a block copy, an error or NULL, and is taken.  With
 * files: asks the source what lies on its disks, chooses targets, and makes
 * m->fitting; source disks that others' targets take leave the plan.  1: no
 * layout either: the targets of a block copy are to be chosen again.
 */
int fitting_choose(struct migrate *m, const struct match_wishes *wishes,
		   struct error *block, struct error **err);

/** fitting_is_asked(m): mode=file: no target of a block copy is looked for. */
bool fitting_is_asked(const struct migrate *m);

/** fitting_check(m, err): what has to hold before such a job writes. */
int fitting_check(struct migrate *m, struct error **err);

/** fitting_print(m, ret, err): the plan in words, of either mode. */
int fitting_print(struct migrate *m, char **ret_text, struct error **err);

void fitting_free(struct fitting *fitting);

#endif
