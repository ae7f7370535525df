/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a conversion did, in order, for the report and the receipt.  Texts may
 * hold names out of the copied system, so nothing but printable ASCII is kept.
 */
#include "guest/steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void steps_add(struct steps *steps, enum step_outcome outcome, const char *name,
	       const char *format, ...)
{
	struct step *grown =
		reallocarray(steps->step, steps->count + 1, sizeof(*grown));
	struct step step = {.outcome = outcome, .name = strdup(name)};
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&step.text, format, arguments);
	va_end(arguments);
	if (grown)
		steps->step = grown;
	if (!grown || !step.name || length < 0) {
		log_warn("guest", "%s: no memory to say what was done", name);
		free(step.name);
		if (length >= 0)
			free(step.text);
		return;
	}
	make_printable(step.text);
	log_info("guest", "%s: %s: %s", step.name, steps_word(outcome),
		 step.text);
	steps->step[steps->count++] = step;
}

const char *steps_word(enum step_outcome outcome)
{
	static const char *const word[] = {"done", "skipped", "failed"};

	return word[outcome];
}

void steps_free(struct steps *steps)
{
	for (size_t i = 0; i < steps->count; i++) {
		free(steps->step[i].name);
		free(steps->step[i].text);
	}
	free(steps->step);
	*steps = (struct steps){0};
}
