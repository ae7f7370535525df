/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_REMOTE_H
#define LANDER_SOURCE_REMOTE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/answers.h"

struct error;
struct pollfd;
struct ssh;
struct ssh_peer;

/** A lander-source that runs on a source machine, and the line to it. */
struct remote {
	struct ssh *ssh;
	const char *name; /* of the machine, for messages */
	struct answers answers;
	uint8_t *out; /* requests that are not sent yet */
	size_t out_begin;
	size_t out_end;
	bool queued; /* something that nobody tried to send yet */
	uint64_t next_tag;
	struct remote_wish *wish; /* the question that is waited for */
};

/**
 * remote_open(peer, end, stop, ret, err): log in, put lander-source there and
 * start it, agree on a version.  Gives up at end (io_seconds()) and when *stop
 * becomes true.  Errors: ssh_open()'s; ERROR_SOURCE when it can't be run there,
 * with what the source said.
 */
int remote_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
		struct remote **ret, struct error **err);
void remote_close(struct remote *remote);

/** remote_greet(remote, end, err): say HELLO, as remote_open() does, once more:
 *  the shortest question there is. */
int remote_greet(struct remote *remote, double end, struct error **err);

/** remote_obey(remote, stop): the order to give up that counts from now on. */
void remote_obey(struct remote *remote, const _Atomic bool *stop);

/** remote_events(remote, events, owner): who hears of answers from now on. */
void remote_events(struct remote *remote, const struct answers_events *events,
		   void *owner);

/** remote_queue(remote, request, err): one request; it goes out with the next
 *  remote_pump(), together with what else waits; remote_want() sees to one
 * soon.
 */
struct remote_request {
	uint8_t type; /* enum wire_type */
	uint64_t tag;
	const uint8_t *payload;
	size_t length;
};
int remote_queue(struct remote *remote, const struct remote_request *request,
		 struct error **err);

/** remote_pump(remote, err): send and take in what can be without waiting. */
int remote_pump(struct remote *remote, struct error **err);

/** remote_want(remote, fd): what to poll(2) for. */
void remote_want(struct remote *remote, struct pollfd *fd);

/**
 * remote_ask(remote, request, end, ret, err): one question, its whole answer
 * (free() it, a zero byte follows it) waited for until end; no reads may be
 * under way.  Errors: ERROR_SOURCE with the errno and words of the other
 * side; ERROR_NETWORK.
 */
struct remote_answer {
	uint8_t *bytes;
	size_t length;
};
int remote_ask(struct remote *remote, const struct remote_request *request,
	       double end, struct remote_answer *ret, struct error **err);

/** remote_refused(remote, header, payload, err): the error that a WIRE_ERROR or
 *  WIRE_FATAL frame tells. */
int remote_refused(const struct remote *remote,
		   const struct wire_header *header, const uint8_t *payload,
		   struct error **err);

#endif
