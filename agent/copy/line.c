/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection that may be lost: when it counts as lost, when it is tried
 * again, when that has no more use.  It knows nothing of what is asked over it.
 */
#include "copy/line.h"

#include <errno.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "copy/crew.h"
#include "copy/pass.h"
#include "source/source.h"

#define BACKOFF_FIRST_S 0.5
#define BACKOFF_LAST_S	15.0
#define SILENCE_S	60.0 /* an answer takes longer: lost */

void line_begin(struct line *line, struct crew *crew)
{
	*line = (struct line){.crew = crew, .backoff = BACKOFF_FIRST_S};
}

void line_end(struct line *line)
{
	source_reader_close(line->reader);
	line->reader = NULL;
	error_clear(&line->lost);
}

void line_heard(struct line *line)
{
	if (line->silent)
		crew_heard(line->crew);
	line->silent = false;
	line->backoff = BACKOFF_FIRST_S;
}

int line_wait_ms(const struct line *line)
{
	double left = line->retry - io_seconds();

	return left > 0 ? (int)(left * 1000) + 1 : 0;
}

void line_connect(struct line *line, struct error **fatal)
{
	struct crew *crew = line->crew;
	struct pass *pass = crew->pass;
	struct error *why = NULL;

	if (source_reader_open(pass->source, &crew->stop, &line->reader,
			       &why) == 0) {
		crew_connected(crew);
		line->heard = io_seconds();
		if (line->was_connected)
			atomic_fetch_add(&pass->progress->reconnects, 1);
		line->was_connected = true;
		line->silent = true;
		return;
	}
	line->reader = NULL;
	if (crew_away(crew) > 0)
		atomic_store(&pass->progress->waiting, true);
	if (why->code == ESTALE || why->code == EKEYREJECTED ||
	    why->kind == ERROR_INTERNAL || why->kind == ERROR_CONFIG ||
	    crew_away(crew) > pass->reconnect_s) {
		*fatal = why;
		return;
	}
	log_debug("copy", "%s; waiting for it", why->msg);
	error_free(why);
	line->retry = io_seconds() + line->backoff;
	line->backoff *= 2;
	if (line->backoff > BACKOFF_LAST_S)
		line->backoff = BACKOFF_LAST_S;
}

void line_watch(struct line *line)
{
	if (io_seconds() - line->heard > SILENCE_S)
		(void)error_set(&line->lost, ERROR_NETWORK, ETIMEDOUT,
				"no answer from %s for %.0f s",
				line->crew->pass->source->name, SILENCE_S);
}

void line_drop(struct line *line, struct error **fatal)
{
	struct crew *crew = line->crew;

	source_reader_close(line->reader);
	line->reader = NULL;
	crew_lost(crew);
	/* A server that lets us in and never delivers is as good as away. */
	if (crew_away(crew) > crew->pass->reconnect_s + line->backoff) {
		*fatal = line->lost;
		line->lost = NULL;
		return;
	}
	line->retry = io_seconds() + line->backoff;
	log_info("copy", "%s; connecting again", line->lost->msg);
	error_clear(&line->lost);
}
