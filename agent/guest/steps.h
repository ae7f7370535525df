/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_STEPS_H
#define LANDER_GUEST_STEPS_H

#include <stddef.h>

enum step_outcome { STEP_DONE, STEP_SKIPPED, STEP_FAILED };

/** One thing that conversion looked at, as the report tells it. */
struct step {
	enum step_outcome outcome;
	char *name; /* of the step: "initramfs", "fstab" */
	char *text; /* what was done, or why not; one line */
};

struct steps {
	struct step *step;
	size_t count;
};

/** steps_add(steps, outcome, name, format, …): append one line.  Memory that
 *  is short drops the line and logs that. */
void steps_add(struct steps *steps, enum step_outcome outcome, const char *name,
	       const char *format, ...) __attribute__((format(printf, 4, 5)));

/** steps_word(outcome): "done", "skipped", "failed". */
const char *steps_word(enum step_outcome outcome);

void steps_free(struct steps *steps);

#endif
