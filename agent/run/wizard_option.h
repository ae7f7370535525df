/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_OPTION_H
#define LANDER_RUN_WIZARD_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#define WIZARD_OPTION_CHOICES 5U
/* No whole word: what follows is a passphrase, which is asked for. */
#define WIZARD_OPTION_LUKS "luks="

#define WIZARD_OPTION_AUTO  "mode=auto"
#define WIZARD_OPTION_BLOCK "mode=block"
#define WIZARD_OPTION_FILE  "mode=file"

#define WIZARD_OPTION_RUNNING 1U /* for a source that may run */
#define WIZARD_OPTION_MACHINE 2U /* in the live system */
#define WIZARD_OPTION_LAYOUT  4U /* where files were chosen */

struct wizard_option_choice {
	const char *words; /* for people */
	const char *word;  /* for the job, "cutover=auto"; "": none */
};

/** One thing that may be chosen about a job. */
struct wizard_option {
	const char *question;
	unsigned int only; /* where it makes sense */
	struct wizard_option_choice choice[WIZARD_OPTION_CHOICES];
};

struct wizard_answers;

/** wizard_option(index): NULL behind the last one. */
const struct wizard_option *wizard_option(size_t index);

/** wizard_option_counts(answers, index): it makes sense for this job. */
bool wizard_option_counts(const struct wizard_answers *answers, size_t index);

/** wizard_option_is(answers, word): the choice with this word is made, and
 * makes sense.  wizard_option_choose(answers, word): it is made. */
bool wizard_option_is(const struct wizard_answers *answers, const char *word);
void wizard_option_choose(struct wizard_answers *answers, const char *word);

#endif
