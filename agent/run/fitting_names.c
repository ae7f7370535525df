/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the plan of a new layout to the files of the copied system that name
 * what it is on.
 */
#include "run/fitting_names.h"

#include "base/error.h"
#include "guest/convert.h"
#include "guest/newlayout.h"
#include "guest/steps.h"
#include "plan/fit_old.h"
#include "run/fitting.h"
#include "run/migrate.h"
#include "run/report.h"

int fitting_names(struct migrate *m, const char *root, struct error **err)
{
	struct fitting *fitting = m->fitting;
	struct steps steps = {0};
	int r = 0;

	if (!fitting)
		return 0;
	newlayout_done(&fitting->names);
	r = fit_old(&fitting->order, &fitting->fit, &fitting->names, err);
	if (r == 0)
		r = newlayout_apply(&fitting->names, root, &steps, err);
	for (size_t i = 0; i < steps.count; i++)
		report_say(m->report, "  %-7s %s: %s",
			   steps_word(steps.step[i].outcome),
			   steps.step[i].name, steps.step[i].text);
	steps_free(&steps);
	if (r < 0)
		return error_wrap(err, "the new layout's names");
	fitting->stale = r > 0;
	return 0;
}

void fitting_names_convert(const struct migrate *m, struct convert *convert)
{
	if (!m->fitting || !m->fitting->names.design)
		return;
	convert->layout = &m->fitting->names;
	convert->rebuild = convert->rebuild || m->fitting->stale;
}
