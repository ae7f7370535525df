/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FORECAST_H
#define LANDER_PLAN_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

/** What a migration's times depend on, over all disks of a source. */
struct forecast_basis {
	uint64_t size;	/* bytes */
	uint64_t used;	/* bytes in file systems; size when not known */
	double line;	/* data, bytes a second; 0: not measured */
	double reading; /* bytes a second that it reads at its end */
	double written; /* bytes a second */
	bool tracked;	/* what was written is known, not searched for */
	double budget;	/* of downtime, seconds: rounds end there */
};

/** Times in seconds.  Predicted from a short look, not promised. */
struct forecast {
	bool known;
	double full;	     /* the first pass, free blocks zero */
	double full_most;    /* likewise, every block full of data */
	double round;	     /* the last round before the cutover */
	double downtime;     /* from the quiesce until the copy is read back */
	unsigned int rounds; /* until the cutover */
	bool converges;	     /* the line carries more than is written */
};

/** forecast_make(basis): by the method of forecast_method(). */
struct forecast forecast_make(const struct forecast_basis *basis);

/** forecast_method(): the method in words, for who reads the numbers. */
const char *forecast_method(void);

#endif
