/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plan in words, of blocks or of files, and why it is the one or the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "plan/plan.h"
#include "run/fitting.h"
#include "run/migrate.h"

/* Behind the first line, which names the job. */
static int print_blocks(struct migrate *m, char **ret_text, struct error **err)
{
	char *text = NULL;
	size_t first;
	int r = plan_print(&m->plan, m->config, &text, err);

	if (r < 0)
		return r;
	if (!*m->mode_why) {
		*ret_text = text;
		return 0;
	}
	first = strcspn(text, "\n");
	if (asprintf(ret_text, "%.*s\n  mode=block: %s%s", (int)first, text,
		     m->mode_why, text + first) < 0) {
		*ret_text = NULL;
		r = error_memory(err);
	}
	free(text);
	return r;
}

int fitting_print(struct migrate *m, char **ret_text, struct error **err)
{
	char *table = NULL;
	int r;

	if (!m->fitting)
		return print_blocks(m, ret_text, err);
	r = fit_print(&m->fitting->fit, &table, err);
	if (r < 0)
		return r;
	if (asprintf(ret_text, "job %s\n  mode=file: %s\n%s", m->job,
		     m->fitting->why, table) < 0) {
		*ret_text = NULL;
		r = error_memory(err);
	}
	free(table);
	return r;
}
