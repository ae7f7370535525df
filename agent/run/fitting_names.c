/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the plan of a new layout to the files of the copied system that name
 * what it is on.
 */
#include "run/fitting_names.h"

#include "base/error.h"
#include "guest/newlayout.h"
#include "plan/fit_old.h"
#include "run/fitting.h"
#include "run/migrate.h"

int fitting_names(struct migrate *m, const char *root, struct steps *steps,
		  struct error **err)
{
	struct newlayout layout = {0};
	int r;

	if (!m->fitting)
		return 0;
	r = fit_old(&m->fitting->order, &m->fitting->fit, &layout, err);
	if (r < 0)
		return r;
	r = newlayout_apply(&layout, root, steps, err);
	newlayout_done(&layout);
	return r < 0 ? error_wrap(err, "the new layout's names") : r;
}
