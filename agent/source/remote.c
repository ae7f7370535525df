/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line to a lander-source: starting it over SSH, requests out, answers in.
 * A login that talks before the program does is put up with; a program that
 * says anything but its greeting is not.
 */
#include "source/remote.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "net/ssh.h"
#include "net/ssh_stream.h"
#include "source/delivery.h"

#define OUT_ROOM   65536U
#define ANSWER_MAX ((size_t)8 << 20) /* of one question, in all frames */
#define WORDS_MAX  512

void remote_events(struct remote *remote, const struct answers_events *events,
		   void *owner)
{
	remote->answers.events = events;
	remote->answers.owner = owner;
}

/* One step of sending; what it says is how many bytes went. */
static ssize_t push_some(struct remote *remote, struct error **err)
{
	ssize_t n = 0;

	if (remote->out_begin < remote->out_end)
		n = ssh_stream_write(remote->ssh,
				     remote->out + remote->out_begin,
				     remote->out_end - remote->out_begin, err);
	if (n > 0)
		remote->out_begin += (size_t)n;
	if (remote->out_begin == remote->out_end) {
		remote->out_begin = 0;
		remote->out_end = 0;
	}
	return n;
}

/* What was sent makes room for what was not. */
static void make_room(struct remote *remote, size_t length)
{
	if (OUT_ROOM - remote->out_end >= length)
		return;
	memmove(remote->out, remote->out + remote->out_begin,
		remote->out_end - remote->out_begin);
	remote->out_end -= remote->out_begin;
	remote->out_begin = 0;
}

int remote_queue(struct remote *remote, const struct remote_request *request,
		 struct error **err)
{
	struct wire_header header = {.length = (uint32_t)request->length,
				     .type = request->type,
				     .tag = request->tag};

	make_room(remote, WIRE_HEADER_BYTES + request->length);
	if (OUT_ROOM - remote->out_end < WIRE_HEADER_BYTES + request->length)
		return error_set(err, ERROR_INTERNAL, ENOBUFS,
				 "more requests to %s than can wait",
				 remote->name);
	(void)wire_put_header(remote->out + remote->out_end, &header);
	remote->out_end += WIRE_HEADER_BYTES;
	if (request->length)
		memcpy(remote->out + remote->out_end, request->payload,
		       request->length);
	remote->out_end += request->length;
	remote->queued = true;
	return 0;
}

void remote_want(struct remote *remote, struct pollfd *fd)
{
	ssh_stream_want(remote->ssh, fd);
	if (remote->queued)
		fd->events |= POLLOUT;
}

/* Until neither sending nor taking in gets on: a window that opens lets us
 * send, and sending takes in what has to be looked at. */
int remote_pump(struct remote *remote, struct error **err)
{
	ssize_t pushed;
	ssize_t n;

	remote->queued = false;
	do {
		void *place;
		size_t room = answers_room(&remote->answers, &place);
		int r;

		pushed = push_some(remote, err);
		if (pushed < 0)
			return (int)pushed;
		n = ssh_stream_read(remote->ssh, place, room, err);
		if (n < 0)
			return (int)n;
		r = n ? answers_took(&remote->answers, (size_t)n, err) : 0;
		if (r < 0)
			return r;
	} while (n > 0 || pushed > 0);
	return 0;
}

/* --- one question ------------------------------------------------------ */

struct remote_wish {
	const struct remote_request *request;
	struct remote_answer answer;
	bool done;
};

int remote_refused(const struct remote *remote,
		   const struct wire_header *header, const uint8_t *payload,
		   struct error **err)
{
	bool fatal = header->type == WIRE_FATAL;
	size_t skip = fatal ? 0 : 4;
	char words[WORDS_MAX];
	uint32_t code;

	if (header->length < skip)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: an error without a number", remote->name);
	code = fatal ? 0 : wire_get32(payload);
	(void)snprintf(words, sizeof(words), "%.*s",
		       (int)(header->length - skip),
		       (const char *)payload + skip);
	parse_make_printable(words);
	/* Its errno is a number of Linux, or nothing. */
	return error_set(err, ERROR_SOURCE, code < 4096 ? (int)code : EIO,
			 "%s: %s", remote->name, words);
}

static int note_answer(void *owner, const struct wire_header *header,
		       const uint8_t *payload, struct error **err)
{
	struct remote *remote = owner;
	struct remote_wish *wish = remote->wish;
	struct remote_answer *answer = &wish->answer;
	uint8_t *more;

	if (header->type == WIRE_FATAL)
		return remote_refused(remote, header, payload, err);
	if (wish->done || header->tag != wish->request->tag ||
	    (header->type != WIRE_ERROR &&
	     header->type != (WIRE_ANSWER | wish->request->type)))
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: an answer that nobody asked for",
				 remote->name);
	if (header->type == WIRE_ERROR)
		return remote_refused(remote, header, payload, err);
	if (answer->length + header->length > ANSWER_MAX)
		return error_set(err, ERROR_SOURCE, EFBIG, "%s: its answer",
				 remote->name);
	more = realloc(answer->bytes, answer->length + header->length + 1);
	if (!more)
		return error_memory(err);
	answer->bytes = more;
	memcpy(more + answer->length, payload, header->length);
	answer->length += header->length;
	more[answer->length] = '\0';
	wish->done = header->flags & WIRE_LAST;
	return 0;
}

static const struct answers_events asking = {
	.frame = note_answer,
};

int remote_ask(struct remote *remote, const struct remote_request *request,
	       double end, struct remote_answer *ret, struct error **err)
{
	struct remote_request numbered = *request;
	struct remote_wish wish = {.request = &numbered};
	int r;

	numbered.tag = remote->next_tag++;
	remote->wish = &wish;
	remote_events(remote, &asking, remote);
	r = remote_queue(remote, &numbered, err);
	while (r == 0) {
		r = remote_pump(remote, err);
		if (r < 0 || wish.done)
			break;
		r = ssh_stream_wait(remote->ssh, end, err);
	}
	remote->wish = NULL;
	if (r < 0)
		free(wish.answer.bytes);
	else
		*ret = wish.answer;
	return r;
}

/* --- beginning and end ------------------------------------------------- */

static int check_hello(const struct remote *remote,
		       const struct remote_answer *answer, struct error **err)
{
	char version[32];

	if (answer->length < WIRE_HELLO_BYTES)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: a greeting that is too short",
				 remote->name);
	(void)snprintf(version, sizeof(version), "%s",
		       (const char *)answer->bytes + WIRE_HELLO_BYTES);
	parse_make_printable(version);
	if (wire_get32(answer->bytes) != WIRE_VERSION ||
	    wire_get32(answer->bytes + 8) < WIRE_READ_MAX)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: the lander-source there (%s) speaks "
				 "version %u of the protocol, not %u: put this "
				 "one's there",
				 remote->name, version,
				 wire_get32(answer->bytes), WIRE_VERSION);
	return 0;
}

int remote_greet(struct remote *remote, double end, struct error **err)
{
	uint8_t payload[8] = {0};
	struct remote_request hello = {.type = WIRE_HELLO,
				       .payload = payload,
				       .length = sizeof(payload)};
	struct remote_answer answer = {0};
	int r;

	(void)wire_put32(payload, WIRE_VERSION);
	r = remote_ask(remote, &hello, end, &answer, err);
	if (r == 0)
		r = check_hello(remote, &answer, err);
	free(answer.bytes);
	return r;
}

int remote_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
		struct remote **ret, struct error **err)
{
	struct remote *remote = calloc(1, sizeof(*remote));
	int r;

	if (!remote)
		return error_memory(err);
	remote->name = peer->name;
	remote->answers.name = peer->name;
	remote_events(remote, &asking, remote);
	remote->out = malloc(OUT_ROOM);
	r = remote->out ? answers_begin(&remote->answers, err)
			: error_memory(err);
	if (r == 0)
		r = ssh_open(peer, end, stop, &remote->ssh, err);
	if (r == 0)
		r = delivery_start(remote->ssh, peer->name, end, err);
	if (r == 0)
		r = remote_greet(remote, end, err);
	if (r < 0)
		remote_close(remote);
	else
		*ret = remote;
	return r;
}

void remote_obey(struct remote *remote, const _Atomic bool *stop)
{
	ssh_obey(remote->ssh, stop);
}

void remote_close(struct remote *remote)
{
	if (!remote)
		return;
	ssh_close(remote->ssh);
	answers_done(&remote->answers);
	free(remote->out);
	free(remote);
}
