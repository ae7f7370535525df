/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a layout that was made is worth to be written: files have to be worth
 * it where blocks would do, and the copy has to start in the end.
 */
#include "run/fitting_worth.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "plan/fit_loader.h"
#include "plan/mode.h"
#include "run/fitting.h"
#include "run/fitting_disks.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/source.h"

/* All of it would fit as it is: are files worth it? */
static int weigh(struct migrate *m, struct error **err)
{
	struct fitting *fitting = m->fitting;
	const struct design *design = &fitting->fit.design;
	struct mode_measure measure = {.left = fitting->fit.left};
	const struct mode_case which = {.asked = "auto",
					.ssh = true,
					.matched = true,
					.measure = &measure};

	for (size_t i = 0; i < m->plan.count; i++)
		measure.size += m->plan.disk[i].source->size;
	for (size_t i = 0; i < design->count; i++) {
		const char *fs = design->node[i].fs.fs;

		measure.used += fitting->fit.row[i].used;
		/* Not known is full. */
		if (!fitting->fit.row[i].used && superblock_is_made(fs) &&
		    strcmp(fs, "swap") != 0)
			measure.used += fitting->fit.row[i].before;
		/* Made again it opens with one key, and has no tokens. */
		measure.left += design->node[i].kind == DESIGN_CONTAINER;
	}
	if (mode_choose(&which, fitting->why, sizeof(fitting->why)) ==
	    MODE_FILE)
		return 0;
	return error_set(err, ERROR_REFUSED, 0, "%s", fitting->why);
}

/* Files as targets are left as they are copied. */
static int check_loader(struct migrate *m, const struct fitting_disks *choice,
			struct error **err)
{
	struct fitting *fitting = m->fitting;
	enum fit_loader loader;
	bool converts = false;
	char why[400];

	for (size_t i = 0; i < choice->count; i++)
		converts = converts || m->disks.disk[choice->disk[i]].is_block;
	if (!converts)
		return 0;
	loader = fit_loader(&fitting->order, &fitting->fit, why, sizeof(why));
	if (loader == FIT_LOADER_SURE)
		return 0;
	/* What is only worth it is not worth a doubt. */
	if (loader == FIT_LOADER_MISSING || fitting->weighed)
		return error_set(err, ERROR_REFUSED, 0, "%s", why);
	report_say(m->report, "warning: %s", why);
	return 0;
}

int fitting_worth(struct migrate *m, const struct fitting_disks *choice,
		  struct error **err)
{
	int r = m->fitting->weighed ? weigh(m, err) : 0;

	return r < 0 ? r : check_loader(m, choice, err);
}
