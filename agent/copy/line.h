/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_LINE_H
#define LANDER_COPY_LINE_H

#include <stdbool.h>

struct crew;
struct error;
struct source_reader;

/** One thread's connection to the source, and what is done when it is lost. */
struct line {
	struct crew *crew;
	struct source_reader *reader; /* NULL: not connected */
	struct error *lost;	      /* why it is of no more use */
	bool was_connected;
	bool silent;	/* no data since it connected */
	double heard;	/* when the source last did something */
	double retry;	/* when to connect again */
	double backoff; /* seconds */
};

/** line_begin(line, crew): not connected yet; line_connect() may come at once.
 *  line_end(line): closes it. */
void line_begin(struct line *line, struct crew *crew);
void line_end(struct line *line);

/** line_heard(line): data came; only that ends an absence. */
void line_heard(struct line *line);

/** line_wait_ms(line): until the next try to connect. */
int line_wait_ms(const struct line *line);

/** line_connect(line, fatal): try once; *fatal is set when there is no more
 *  use in trying. */
void line_connect(struct line *line, struct error **fatal);

/** line_watch(line): it owes something; too long a silence is a loss. */
void line_watch(struct line *line);

/** line_drop(line, fatal): close a lost one; *fatal as of line_connect(). */
void line_drop(struct line *line, struct error **fatal);

#endif
