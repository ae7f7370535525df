/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ASSESS_WORDS_H
#define LANDER_RUN_ASSESS_WORDS_H

#include <stdbool.h>

struct assess_list;
struct error;

#define ASSESS_PARALLEL_MAX 64U

/** What `lander check` was asked for. */
struct assess_words {
	bool help;    /* print it, look at nothing */
	bool reasons; /* likewise: the page of all reasons */
	bool json;
	bool csv;
	bool details;
	unsigned int parallel;
	double timeout;	 /* until lander-source has to run, seconds */
	double downtime; /* the most that is wanted, seconds */
};

/** assess_words_read(words, ret, list, err): the options, and the sources that
 *  they and the rest name.  Errors: ERROR_CONFIG. */
int assess_words_read(char *const *words, struct assess_words *ret,
		      struct assess_list *list, struct error **err);

/** assess_words_help(reasons): the help, or the page of all reasons, on stdout;
 *  the exit status. */
int assess_words_help(bool reasons);

#endif
