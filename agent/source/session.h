/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SESSION_H
#define LANDER_SOURCE_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>

#include "source/remote.h"

struct error;
struct ssh_peer;

/** One lander-source and the thread that talks to it.  It never connects a
 *  second time: what the other side knew is gone with the first. */
struct session;

/** session_open(peer, end, stop, ret, err): as remote_open(). */
int session_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
		 struct session **ret, struct error **err);
void session_close(struct session *session);

/** One question to it. */
struct session_question {
	struct remote_request request; /* its tag is the session's business */
	double limit_s;		       /* how long to wait for all of it */
	const _Atomic bool *stop;      /* … and when to give up; NULL: never */
};

/**
 * session_ask(session, question, ret, err): its whole answer (free() it, a zero
 * byte follows it).  Any thread may ask; one question after the other.
 * Errors: ERROR_SOURCE with the errno and the words of the other side, which
 * leave the session as it was; ERROR_NETWORK, for ever when it is lost, or with
 * ETIMEDOUT; ERROR_ABORTED.
 */
int session_ask(struct session *session,
		const struct session_question *question,
		struct remote_answer *ret, struct error **err);

/** session_hold(session, silence_s): say every two seconds that we are there
 *  (WIRE_RENEW), and take a silence of so many for a loss, until told
 *  otherwise; 0: seldom, as at first. */
void session_hold(struct session *session, double silence_s);

/** session_held(session): io_seconds() of a moment since which the other side
 *  has heard from us, counted from session_hold(); 0 when it told that it does
 *  not hold any more, or when the session is lost. */
double session_held(struct session *session);

/** session_lost(session): there will be no answer any more. */
bool session_lost(struct session *session);

#endif
