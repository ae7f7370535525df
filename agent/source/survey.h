/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SURVEY_H
#define LANDER_SOURCE_SURVEY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/ssh.h"
#include "source/facts.h"
#include "source/gauge.h"

struct error;
struct source_spec;

/** How far a survey came, the last step that was done. */
enum survey_step {
	SURVEY_NOTHING,	 /* the address is no address */
	SURVEY_ADDRESS,	 /* it is one */
	SURVEY_TCP,	 /* something listens there */
	SURVEY_SSH,	 /* it speaks SSH */
	SURVEY_HOSTKEY,	 /* it shows the pinned host key */
	SURVEY_LOGIN,	 /* it lets us in */
	SURVEY_PROGRAM,	 /* lander-source runs */
	SURVEY_FACTS,	 /* it says what the machine is */
	SURVEY_MEASURED, /* everything was tried */
};

/** A disk that would be copied. */
struct survey_disk {
	char *name;
	const struct facts_disk *about; /* NULL: a file */
	bool open;
	int code;      /* errno when it could not be opened */
	char *why;     /* likewise, in words */
	char *writers; /* who may write to it, or NULL */
	uint64_t size;
	uint32_t block;
	bool watched;	/* the following is known */
	double written; /* bytes a second, while it was watched */
	double usual;	/* likewise, since its machine started */
};

/** What was found out about one source. */
struct survey {
	enum survey_step step;
	struct error *error; /* why it came no further, or NULL */
	struct ssh_trail trail;
	char *name; /* "root@web01:22" */
	struct facts facts;
	struct survey_disk *disk;
	size_t disks;
	size_t disks_left; /* more than can be looked at */
	struct gauge gauge;
	/** What would hold its writers back, a line each, or why that can not
	 *  be done; both NULL: it does not tell. */
	char *quiesce;
	char *in_the_way;
	double watched_s; /* how long writes were counted */
	bool has_clock;
	double clock_ahead; /* its clock before ours, seconds */
	double seconds;	    /* all of it took */
};

struct survey_order {
	const struct source_spec *spec;
	char *const *disk; /* NULL-terminated, or NULL: see spec->uri, or all */
	double login_s;	   /* until lander-source has to run */
	/** Held while the line is measured: others would take its speed. */
	pthread_mutex_t *turn;
	const _Atomic bool *stop;
};

/** survey_run(order, ret): never fails: what went wrong is part of it. */
void survey_run(const struct survey_order *order, struct survey *ret);
void survey_done(struct survey *survey);

#endif
