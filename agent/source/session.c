/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control session's thread: it alone talks to that lander-source, says in
 * time that we are still there, and brings the questions of all other threads
 * to it.  It knows nothing of what they mean.  A lost session stays lost: who
 * connected again without a word would take a machine that has thawed itself
 * for one that holds still.
 */
#include "source/session.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "net/ssh.h"

#define RENEW_S	   2.0	/* between two words of ours while it holds */
#define IDLE_S	   15.0 /* … else: what is between us forgets the silent */
#define AWAY_S	   60.0 /* … without an answer: lost */
#define TURN_MS	   500
#define ANSWER_MAX ((size_t)32 << 20) /* of one question, in all frames */
#define DROPPED	   8U		      /* questions given up that may be due */

struct waiting {
	const struct session_question *question;
	uint64_t tag; /* 0: not sent yet */
	struct remote_answer answer;
	struct error *error;
	bool done;
};

struct session {
	struct remote *remote; /* the thread's alone */
	pthread_t thread;
	int wake; /* eventfd: something for the thread */
	char *name;

	pthread_mutex_t asking; /* one question after the other */
	pthread_mutex_t lock;	/* guards all below */
	pthread_cond_t answered;
	struct waiting *waiting;
	uint64_t dropped[DROPPED]; /* tags */
	uint64_t next_tag;
	bool ending;
	_Atomic bool lost;
	char *why; /* it was lost */

	double silence;	   /* seconds, while it holds, else 0 */
	bool refused;	   /* the other side holds no more */
	uint64_t renewal;  /* its tag, 0: none is on its way */
	double renewal_at; /* when the last one went out */
	double held;	   /* when the last answered one did */
};

/* --- what comes in, with the lock held --------------------------------- */

static void take_renewal(struct session *session,
			 const struct wire_header *header)
{
	session->renewal = 0;
	if (header->type == WIRE_ERROR)
		session->refused = true;
	else
		session->held = session->renewal_at;
}

static int take_answer(struct session *session, struct waiting *waiting,
		       const struct wire_header *header, const uint8_t *payload,
		       struct error **err)
{
	struct remote_answer *answer = &waiting->answer;
	uint8_t *more;

	if (answer->length + header->length > ANSWER_MAX)
		return error_set(err, ERROR_SOURCE, EFBIG, "%s: its answer",
				 session->name);
	more = realloc(answer->bytes, answer->length + header->length + 1);
	if (!more)
		return error_memory(err);
	answer->bytes = more;
	if (header->length)
		memcpy(more + answer->length, payload, header->length);
	answer->length += header->length;
	more[answer->length] = '\0';
	waiting->done = header->flags & WIRE_LAST;
	return 0;
}

/* An answer to a question that nobody waits for any more. */
static bool was_dropped(struct session *session,
			const struct wire_header *header)
{
	for (unsigned int i = 0; i < DROPPED; i++) {
		if (header->tag != session->dropped[i] || !header->tag)
			continue;
		if (header->type == WIRE_ERROR || header->flags & WIRE_LAST)
			session->dropped[i] = 0;
		return true;
	}
	return false;
}

static int take_frame(void *owner, const struct wire_header *header,
		      const uint8_t *payload, struct error **err)
{
	struct session *session = owner;
	struct waiting *waiting = session->waiting;
	bool failed = header->type == WIRE_ERROR;

	if (header->type == WIRE_FATAL)
		return remote_refused(session->remote, header, payload, err);
	if (header->tag && header->tag == session->renewal &&
	    (failed || header->type == (WIRE_ANSWER | WIRE_RENEW))) {
		take_renewal(session, header);
		return 0;
	}
	if (waiting && header->tag && header->tag == waiting->tag &&
	    !waiting->done) {
		uint8_t type = waiting->question->request.type;

		if (!failed && header->type == (WIRE_ANSWER | type))
			return take_answer(session, waiting, header, payload,
					   err);
		if (failed) {
			(void)remote_refused(session->remote, header, payload,
					     &waiting->error);
			waiting->done = true;
			return 0;
		}
	}
	if (was_dropped(session, header))
		return 0;
	return error_set(err, ERROR_SOURCE, 0,
			 "%s: an answer that nobody asked for", session->name);
}

static const struct answers_events events = {
	.frame = take_frame,
};

/* --- the thread, with the lock held but for its waits ------------------ */

static int send_question(struct session *session, struct error **err)
{
	struct waiting *waiting = session->waiting;
	struct remote_request request;

	if (!waiting || waiting->tag || waiting->done)
		return 0;
	request = waiting->question->request;
	request.tag = waiting->tag = ++session->next_tag;
	return remote_queue(session->remote, &request, err);
}

static int send_renewal(struct session *session, struct error **err)
{
	struct remote_request request = {.type = WIRE_RENEW};
	double now = io_seconds();
	bool hold = session->silence > 0;
	double pause = hold ? RENEW_S : IDLE_S;
	double limit = hold ? session->silence : AWAY_S;

	/* Who writes out all it holds back for a question of ours says nothing
	 * meanwhile; that question has a limit. */
	if (session->renewal && now - session->renewal_at > limit &&
	    (hold || !session->waiting))
		return error_set(err, ERROR_NETWORK, ETIMEDOUT,
				 "no answer from %s", session->name);
	if (session->renewal || now - session->renewal_at < pause)
		return 0;
	session->renewal = request.tag = ++session->next_tag;
	session->renewal_at = now;
	return remote_queue(session->remote, &request, err);
}

static int turn(struct session *session, struct error **err)
{
	struct pollfd fd[2] = {{.fd = session->wake, .events = POLLIN}};
	uint64_t count;
	int r = send_question(session, err);

	if (r == 0)
		r = send_renewal(session, err);
	if (r == 0)
		r = remote_pump(session->remote, err);
	if (r < 0)
		return r;
	if (session->waiting && session->waiting->done)
		pthread_cond_broadcast(&session->answered);
	remote_want(session->remote, &fd[1]);
	pthread_mutex_unlock(&session->lock);
	(void)poll(fd, 2, TURN_MS);
	/* Whoever woke us has said why before, under the lock. */
	if (fd[0].revents)
		(void)!read(session->wake, &count, sizeof(count));
	pthread_mutex_lock(&session->lock);
	return 0;
}

static void *talk(void *owner)
{
	struct session *session = owner;
	struct error *why = NULL;

	pthread_mutex_lock(&session->lock);
	while (!session->ending && turn(session, &why) == 0)
		;
	session->lost = true;
	session->why = why ? strdup(why->msg) : NULL;
	error_free(why);
	pthread_cond_broadcast(&session->answered);
	pthread_mutex_unlock(&session->lock);
	return NULL;
}

/* --- everybody else ---------------------------------------------------- */

static void wake(struct session *session)
{
	uint64_t one = 1;

	(void)!write(session->wake, &one, sizeof(one));
}

static void wait_slice(struct session *session)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += 100000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	(void)pthread_cond_clockwait(&session->answered, &session->lock,
				     CLOCK_MONOTONIC, &until);
}

/* Its answer may still come, and then belongs to nobody. */
static void drop(struct session *session, const struct waiting *waiting)
{
	for (unsigned int i = 0; waiting->tag && i < DROPPED; i++)
		if (!session->dropped[i]) {
			session->dropped[i] = waiting->tag;
			break;
		}
}

static int wait_answer(struct session *session, struct waiting *waiting,
		       struct error **err)
{
	const struct session_question *question = waiting->question;
	double end = io_seconds() + question->limit_s;
	int r;

	while (!waiting->done) {
		if (session->lost)
			return error_set(err, ERROR_NETWORK, 0,
					 "the control session is lost: %s",
					 session->why ? session->why
						      : "it was closed");
		if (question->stop && atomic_load(question->stop)) {
			drop(session, waiting);
			return error_set(err, ERROR_ABORTED, ECANCELED, "%s",
					 session->name);
		}
		if (io_seconds() > end) {
			drop(session, waiting);
			return error_set(err, ERROR_NETWORK, ETIMEDOUT,
					 "no answer from %s", session->name);
		}
		wait_slice(session);
	}
	if (!waiting->error)
		return 0;
	r = waiting->error->code ? -waiting->error->code : -EIO;
	if (err)
		*err = waiting->error;
	else
		error_free(waiting->error);
	return r;
}

int session_ask(struct session *session,
		const struct session_question *question,
		struct remote_answer *ret, struct error **err)
{
	struct waiting waiting = {.question = question};
	int r;

	pthread_mutex_lock(&session->asking);
	pthread_mutex_lock(&session->lock);
	session->waiting = &waiting;
	wake(session);
	r = wait_answer(session, &waiting, err);
	session->waiting = NULL;
	pthread_mutex_unlock(&session->lock);
	pthread_mutex_unlock(&session->asking);
	if (r < 0)
		free(waiting.answer.bytes);
	else
		*ret = waiting.answer;
	return r;
}

void session_hold(struct session *session, double silence_s)
{
	pthread_mutex_lock(&session->lock);
	session->silence = silence_s;
	session->refused = false;
	session->held = io_seconds();
	pthread_mutex_unlock(&session->lock);
	wake(session);
}

double session_held(struct session *session)
{
	double held;

	pthread_mutex_lock(&session->lock);
	held = session->lost || session->refused ? 0 : session->held;
	pthread_mutex_unlock(&session->lock);
	return held;
}

bool session_lost(struct session *session)
{
	return atomic_load(&session->lost);
}

static int make_locks(struct session *session, struct error **err)
{
	session->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	(void)pthread_mutex_init(&session->asking, NULL);
	(void)pthread_mutex_init(&session->lock, NULL);
	(void)pthread_cond_init(&session->answered, NULL);
	if (session->wake < 0)
		return error_set(err, ERROR_INTERNAL, errno, "eventfd");
	return session->name ? 0 : error_memory(err);
}

static void discard(struct session *session)
{
	remote_close(session->remote);
	if (session->wake >= 0)
		(void)close(session->wake);
	(void)pthread_cond_destroy(&session->answered);
	(void)pthread_mutex_destroy(&session->lock);
	(void)pthread_mutex_destroy(&session->asking);
	free(session->name);
	free(session->why);
	free(session);
}

int session_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
		 struct session **ret, struct error **err)
{
	struct session *session = calloc(1, sizeof(*session));
	int r;

	if (!session)
		return error_memory(err);
	session->name = strdup(peer->name);
	session->next_tag = 1000; /* remote_open() asked something, too */
	session->renewal_at = io_seconds();
	r = make_locks(session, err);
	if (r == 0)
		r = remote_open(peer, end, stop, &session->remote, err);
	if (r == 0) {
		remote_obey(session->remote, NULL);
		remote_events(session->remote, &events, session);
		r = pthread_create(&session->thread, NULL, talk, session);
		if (r)
			r = error_set(err, ERROR_INTERNAL, r, "thread");
	}
	if (r < 0)
		discard(session);
	else
		*ret = session;
	return r;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	pthread_mutex_lock(&session->lock);
	session->ending = true;
	pthread_mutex_unlock(&session->lock);
	wake(session);
	(void)pthread_join(session->thread, NULL);
	discard(session);
}
