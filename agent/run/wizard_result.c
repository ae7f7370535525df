/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last screen: what came of the job, in the report's own words.  A finished
 * machine does not wait for a person who has gone home.
 */
#include "run/wizard_result.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "run/migrate.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_view.h"

#define READ_S	  60U
#define TEXT_ROOM 4096U

/* Lines that begin so tell the end; their last one counts. */
static void append_line(const struct wizard_view *view, const char *start,
			char *buf, size_t room)
{
	unsigned long from = view->lines > WIZARD_VIEW_LINES
				     ? view->lines - WIZARD_VIEW_LINES
				     : 0;
	const char *found = NULL;
	size_t used = strlen(buf);

	for (unsigned long n = from; n < view->lines; n++) {
		const char *line = view->line[n % WIZARD_VIEW_LINES];

		if (!strncmp(line, start, strlen(start)))
			found = line;
	}
	if (found)
		(void)snprintf(buf + used, room - used, "\n\n%s", found);
}

static enum wizard_result show_done(const struct wizard_answers *answers,
				    const struct wizard_view *view)
{
	static const char *const buttons[] = {"Finish", NULL};
	char text[TEXT_ROOM] = "The job is finished.";
	struct wizard_box box = {
		.title = "Done", .text = text, .button = buttons};

	append_line(view, "done: ", text, sizeof(text));
	append_line(view, "downtime ", text, sizeof(text));
	append_line(view, "rehearsal: ", text, sizeof(text));
	if (answers->machine) {
		size_t used = strlen(text);

		box.seconds = READ_S;
		(void)snprintf(text + used, sizeof(text) - used,
			       "\n\nEnter goes on to what was chosen for "
			       "then; in %u seconds that happens by itself.",
			       READ_S);
	}
	(void)wizard_box_run(&box);
	return WIZARD_DONE;
}

static enum wizard_result show_failed(const struct wizard_view *view,
				      const struct migrate_end *end)
{
	static const char *const buttons[] = {"Try again", "Change", "Leave",
					      NULL};
	static const enum wizard_result results[] = {
		WIZARD_AGAIN, WIZARD_CHANGE, WIZARD_LEAVE};
	char text[TEXT_ROOM];
	struct wizard_box box = {.title = end->status == ERROR_ABORTED
						  ? "Given up"
						  : "It failed",
				 .text = text,
				 .button = buttons};
	size_t used;
	int answer;

	(void)snprintf(text, sizeof(text), "%s",
		       *view->failure ? view->failure
				      : "It ended without a reason.");
	append_line(view, "the target", text, sizeof(text));
	append_line(view, "the source", text, sizeof(text));
	used = strlen(text);
	if (*view->hint)
		(void)snprintf(text + used, sizeof(text) - used, "\n\nTry: %s",
			       view->hint);
	answer = wizard_box_run(&box);
	return answer < 0 ? WIZARD_LEAVE : results[answer];
}

enum wizard_result wizard_result(const struct wizard_answers *answers,
				 const struct migrate_end *end)
{
	struct wizard_view view;

	wizard_view_read(&view);
	return end->status ? show_failed(&view, end)
			   : show_done(answers, &view);
}
