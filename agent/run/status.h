/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_STATUS_H
#define LANDER_RUN_STATUS_H

struct pass_progress;

/** What the status file says, as JSON. */
struct status {
	char job[37];
	char stage[32];
	char state[16]; /* "running", "failed", "waiting", "done" */
	char *failure;	/* message, NULL without one */
	char *hint;
	int exit_status;
	const char *pass;		      /* label of the pass that runs */
	const struct pass_progress *progress; /* NULL between passes */
	double rate;			      /* bytes a second */
};

/** status_write(status, path): replace the file; one that can't be written
 *  stops nothing. */
void status_write(const struct status *status, const char *path);

/** status_percent(done, total): 0..100; 100 of nothing. */
int status_percent(unsigned long long done, unsigned long long total);

#endif
