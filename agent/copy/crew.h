/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_CREW_H
#define LANDER_COPY_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct agenda;
struct error;
struct pass;
struct queue;

#define CREW_MAX    8U	/* threads */
#define CREW_PLACES 64U /* that the source refused, remembered */

/** A place that the source gave an error for. */
struct crew_place {
	uint64_t offset;
	unsigned int times;
};

/** What the threads of one pass share. */
struct crew {
	struct pass *pass;
	struct queue *queue;
	struct agenda *agenda; /* of a hash round, else NULL */
	uint32_t piece;	       /* bytes of one request at most */
	_Atomic bool stop;     /* done, failed or told to: all threads end */
	pthread_mutex_t lock;
	struct error *error; /* the first failure */
	struct crew_place place[CREW_PLACES];
	unsigned int places;
	unsigned int connected; /* readers that stand */
	double away_since;	/* 0: the source is there */
	unsigned int threads;
	pthread_t thread[CREW_MAX];
};

/** One thread of it. */
struct crew_member {
	struct crew *crew;
	unsigned int number; /* 0 … threads - 1 */
};

/** crew_init(crew, pass): nobody works yet; the source counts as away from now
 *  on.  What it makes ends with crew_finish(). */
void crew_init(struct crew *crew, struct pass *pass);

/** crew_start(crew, work, count, err): count threads of work(member), which
 *  owns and frees the struct crew_member. */
int crew_start(struct crew *crew, void *(*work)(void *), unsigned int count,
	       struct error **err);

/** crew_finish(crew, err): wait for the threads.  Returns the first failure. */
int crew_finish(struct crew *crew, struct error **err);

/** crew_fail(crew, why): takes why; the first one counts.  All shall end. */
void crew_fail(struct crew *crew, struct error *why);

/** crew_stopped(crew): end now; also looks at the pass's own stop flag. */
bool crew_stopped(struct crew *crew);

/** The source's presence: a reader stands, data came, a reader was lost.  Only
 *  data ends an absence: a server may accept and never answer. */
void crew_connected(struct crew *crew);
void crew_heard(struct crew *crew);
void crew_lost(struct crew *crew);

/** crew_away(crew): seconds since the source was last there, 0 when it is. */
double crew_away(struct crew *crew);

/** crew_excuse(crew): nobody wants it to be there now: an absence begins anew.
 */
void crew_excuse(struct crew *crew);

/** crew_refused(crew, offset): the source gave an error for the piece here;
 *  returns how often it has. */
unsigned int crew_refused(struct crew *crew, uint64_t offset);

#endif
