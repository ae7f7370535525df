/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_CONVERGENCE_H
#define LANDER_PLAN_CONVERGENCE_H

#include <stddef.h>
#include <stdint.h>

/** Bytes that have to be measured before a rate is believed. */
#define CONVERGENCE_SAMPLE ((uint64_t)8 << 20)

/** Bytes a second that a line is taken for as long as nothing is known. */
#define CONVERGENCE_SLOW 10e6

/** One disk as the rounds have seen it; rates in bytes a second, 0 for what is
 *  not measured yet. */
struct convergence_disk {
	uint64_t size;	  /* bytes */
	uint64_t delta;	  /* bytes that differed in the last round */
	double scan_rate; /* at which the source's hashes are compared */
	double move_rate; /* at which what differs comes over */
	double read_rate; /* at which the target is read back */
	uint64_t unknown; /* bytes that the last comparison brings over whole */
};

enum convergence_verdict {
	CONVERGENCE_GO_ON,   /* another round may help */
	CONVERGENCE_REACHED, /* predicted is within the budget */
	CONVERGENCE_ROUNDS,  /* as many rounds as were allowed */
	CONVERGENCE_FLOOR,   /* above the budget with nothing changed, too */
	CONVERGENCE_FLAT,    /* what differs does not shrink */
};

/** Over the rounds of a machine.  The caller sets the first three. */
struct convergence {
	double budget_s; /* of downtime, seconds */
	double fixed_s;	 /* of it for what is no copying, seconds */
	unsigned int rounds_max;
	unsigned int round;  /* that were counted so far */
	double predicted_s;  /* downtime from now, seconds; may be infinite */
	double floor_s;	     /* of it without any difference */
	uint64_t last_delta; /* of all disks, bytes */
	unsigned int flat;   /* rounds running that did not shrink */
	unsigned int above;  /* rounds running with floor_s above the budget */
};

/**
 * convergence_round(c, disk, count): one more round is over; sets predicted_s
 * and floor_s.  The disks are finished one after the other while the machine
 * stands still, so their times add up: all hashes compared, what differs moved,
 * the target read back.
 */
enum convergence_verdict convergence_round(struct convergence *c,
					   const struct convergence_disk *disk,
					   size_t count);

/**
 * convergence_rate(before, bytes, seconds): the rate to reckon with after one
 * more measurement; before is 0 at first.  Falls at once, rises by halves; what
 * is too small or takes no time says nothing.  seconds must come from a clock
 * that does not jump.
 */
double convergence_rate(double before, uint64_t bytes, double seconds);

#endif
