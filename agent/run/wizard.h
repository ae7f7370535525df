/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_H
#define LANDER_RUN_WIZARD_H

#include <stdatomic.h>
#include <stdbool.h>

struct config;
struct control;
struct error;
struct load;
struct migrate_end;
struct report;

/** How a job is set up by a person, and run. */
struct wizard_job {
	struct load *load;	    /* its typed words become what was chosen */
	const struct config *given; /* what it says without them, or NULL: it
				     * is read now */
	struct report *report;
	struct control *orders;
	bool machine; /* in the live system */
	const _Atomic bool *stop;
	/** Runs the job that load describes. */
	void (*run)(void *owner, struct migrate_end *ret_end);
	void *owner;
};

/**
 * wizard_run(job, terminal, ret_end, err): the screens, on the terminal with
 * this path, or where the program was started (NULL), and the job.  1: it was
 * left before anything began, and nothing was touched.
 * Errors: wizard_screen_open()'s.
 */
int wizard_run(const struct wizard_job *job, const char *terminal,
	       struct migrate_end *ret_end, struct error **err);

/** wizard_live(job, ret_end): where no job is given: says so on every console,
 *  and waits for who presses Enter on one of them, there with screens; or for
 *  an order to look for a job again, false then. */
bool wizard_live(const struct wizard_job *job, struct migrate_end *ret_end);

/** wizard_is_due(config): nothing says what this machine is to do, and nothing
 *  that it is to go away. */
bool wizard_is_due(const struct config *config);

/** wizard_forget(load): what was chosen. */
void wizard_forget(struct load *load);

#endif
