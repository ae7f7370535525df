/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the plan of a new layout to the files of the copied system that name
 * what it is on.
 */
#include "run/fitting_names.h"

#include "base/error.h"
#include "guest/convert.h"
#include "guest/newlayout.h"
#include "plan/fit_old.h"
#include "run/fitting.h"
#include "run/migrate.h"

int fitting_names(struct migrate *m, const char *root, struct steps *steps,
		  struct error **err)
{
	struct fitting *fitting = m->fitting;
	int r;

	if (!fitting)
		return 0;
	newlayout_done(&fitting->names);
	r = fit_old(&fitting->order, &fitting->fit, &fitting->names, err);
	if (r == 0)
		r = newlayout_apply(&fitting->names, root, steps, err);
	return r < 0 ? error_wrap(err, "the new layout's names") : r;
}

int fitting_names_rebuild(struct migrate *m, bool *ret, struct error **err)
{
	struct fitting *fitting = m->fitting;
	int r;

	newlayout_done(&fitting->names);
	r = fit_old(&fitting->order, &fitting->fit, &fitting->names, err);
	*ret = r == 0 && newlayout_may_rebuild(&fitting->names);
	newlayout_done(&fitting->names);
	return r;
}

void fitting_names_convert(const struct migrate *m, struct convert *convert)
{
	if (m->fitting && m->fitting->names.design)
		convert->layout = &m->fitting->names;
}
