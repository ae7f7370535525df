/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One session's talk: several questions are on their way at once, and are
 * answered in their order.  A lost session ends its part of the pass; nothing
 * is asked twice in one.
 */
#include "files/files_talk.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "files/files_delta.h"
#include "files/files_put.h"
#include "net/ssh_stream.h"
#include "source/remote.h"

#define DEPTH	  32U
#define ROOT_S	  600.0	 /* a machine with much memory has much to write out */
#define SILENCE_S 120.0	 /* it says something while it hashes, too */
#define OUT_ROOM  65536U /* of remote.c */
#define FIRST_TAG 1U << 20

struct talk {
	struct remote *remote;
	struct files_job *job;
	uint32_t tree;
	struct files_work *work[DEPTH]; /* asked, the oldest at begin */
	uint64_t begin;			/* its number; also of its tag */
	uint64_t end;
	bool putting; /* the oldest one's answer has begun */
	double heard; /* io_seconds() of the last frame */
	uint8_t question[WIRE_DELTA_MAX];
	struct files_put put;
};

int files_talk_root(struct remote *remote, uint32_t tree, const char *path,
		    struct files_root *ret, struct error **err)
{
	uint8_t payload[WIRE_ROOT_BYTES + WIRE_PATH_MAX] = {0};
	size_t length = strlen(path);
	struct remote_request request = {.type = WIRE_ROOT,
					 .payload = payload,
					 .length = WIRE_ROOT_BYTES + length};
	struct remote_answer answer = {0};
	int r;

	if (!length || length >= WIRE_PATH_MAX)
		return error_set(err, ERROR_CONFIG, ENAMETOOLONG, "'%.64s'",
				 path);
	(void)wire_put32(payload, tree);
	memcpy(payload + WIRE_ROOT_BYTES, path, length);
	r = remote_ask(remote, &request, io_seconds() + ROOT_S, &answer, err);
	if (r < 0)
		return r;
	if (answer.length < WIRE_ROOTED_BYTES ||
	    wire_get32(answer.bytes + 8) >= 1000000000U) {
		free(answer.bytes);
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: no answer about a file system",
				 remote->name);
	}
	ret->now.tv_sec = (time_t)wire_get64(answer.bytes);
	ret->now.tv_nsec = (long)wire_get32(answer.bytes + 8);
	ret->flags = wire_get32(answer.bytes + 12);
	ret->kind = wire_get64(answer.bytes + 16);
	free(answer.bytes);
	return 0;
}

/* --- asking ------------------------------------------------------------ */

/* What nobody is to look at there; payload ends with a path and a zero byte. */
static size_t put_left_out(const struct talk *talk,
			   const struct files_work *work,
			   uint8_t payload[WIRE_REQUEST_MAX], size_t length)
{
	const char *path = (const char *)payload + WIRE_LIST_BYTES;
	size_t more = files_glob_names(&talk->job->globs, path,
				       (char *)payload + length + 1,
				       WIRE_REQUEST_MAX - length - 1);

	if (!more)
		return length;
	(void)wire_put32(payload + 4, work->flags | WIRE_TREE_LEAVE);
	return length + 1 + more;
}

static size_t put_question(const struct talk *talk,
			   const struct files_work *work,
			   uint8_t payload[WIRE_DELTA_MAX])
{
	const struct timespec *since = &talk->job->since;
	uint8_t *at = wire_put32(payload, talk->tree);
	size_t left;
	size_t length;

	at = wire_put32(at, work->flags);
	if (!work->length) {
		at = wire_put64(at, (uint64_t)since->tv_sec);
		at = wire_put32(at, (uint32_t)since->tv_nsec);
		at = wire_put32(at, 0);
	}
	left = WIRE_REQUEST_MAX - (size_t)(at - payload);
	length = files_node_path(work->node, "", (char *)at, left);
	if (length + 1 + work->length > left)
		return 0;
	if (!work->length)
		return put_left_out(talk, work, payload,
				    (size_t)(at - payload) + length);
	memcpy(at + length + 1, work->names, work->length);
	return (size_t)(at - payload) + length + 1 + work->length;
}

static uint8_t type_of(const struct files_work *work)
{
	if (work->delta)
		return WIRE_DELTA;
	return work->length ? WIRE_FETCH : WIRE_LIST;
}

static int ask(struct talk *talk, struct files_work *work, struct error **err)
{
	struct remote_request request = {
		.type = type_of(work),
		.tag = (FIRST_TAG) + talk->end,
		.payload = talk->question,
	};
	int r = 0;

	talk->work[talk->end++ % DEPTH] = work;
	if (work->delta)
		r = files_delta_question(work, talk->tree, talk->question,
					 &request.length, err);
	else
		request.length = put_question(talk, work, talk->question);
	if (r < 0)
		return r;
	if (!request.length)
		return error_set(err, ERROR_INTERNAL, ENAMETOOLONG,
				 "a path that no request holds");
	return remote_queue(talk->remote, &request, err);
}

static bool has_room(const struct talk *talk)
{
	return talk->end - talk->begin < DEPTH &&
	       OUT_ROOM - talk->remote->out_end >=
		       WIRE_HEADER_BYTES + WIRE_DELTA_MAX;
}

static int ask_more(struct talk *talk, struct error **err)
{
	int r = 0;

	while (r == 0 && has_room(talk)) {
		struct files_work *work = files_job_take(talk->job);

		if (!work)
			break;
		if (talk->begin == talk->end)
			talk->heard = io_seconds();
		r = ask(talk, work, err);
	}
	return r;
}

/* --- answers ----------------------------------------------------------- */

static void finish_oldest(struct talk *talk)
{
	struct files_work *work = talk->work[talk->begin++ % DEPTH];

	talk->putting = false;
	files_job_did(talk->job, work);
}

static int take_error(struct talk *talk, const struct wire_header *header,
		      const uint8_t *payload)
{
	struct error *error = NULL;

	(void)remote_refused(talk->remote, header, payload, &error);
	files_put_failed(&talk->put, error ? error->code : EIO,
			 error ? error->msg : "");
	error_free(error);
	finish_oldest(talk);
	return 0;
}

static int take_frame(void *owner, const struct wire_header *header,
		      const uint8_t *payload, struct error **err)
{
	struct talk *talk = owner;
	const struct files_work *work = talk->work[talk->begin % DEPTH];
	int r;

	if (header->type == WIRE_FATAL)
		return remote_refused(talk->remote, header, payload, err);
	if (talk->begin == talk->end ||
	    header->tag != (FIRST_TAG) + talk->begin)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: an answer that nobody asked for",
				 talk->remote->name);
	talk->heard = io_seconds();
	if (!talk->putting)
		files_put_begin(&talk->put, talk->job,
				talk->work[talk->begin % DEPTH]);
	talk->putting = true;
	if (header->type == WIRE_ERROR)
		return take_error(talk, header, payload);
	if (header->type != (WIRE_ANSWER | type_of(work)))
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: an answer to something else",
				 talk->remote->name);
	r = files_put_frame(&talk->put, payload, header->length, err);
	if (talk->job->watch && talk->job->watch->pace)
		talk->job->watch->pace(talk->job->watch->owner, header->length);
	if (r == 0 && header->flags & WIRE_LAST) {
		r = files_put_end(&talk->put, err);
		if (r == 0)
			finish_oldest(talk);
	}
	return r;
}

static const struct answers_events events = {
	.frame = take_frame,
};

static int turn(struct talk *talk, struct error **err)
{
	int r = ask_more(talk, err);

	if (r == 0)
		r = remote_pump(talk->remote, err);
	if (r < 0 || talk->begin == talk->end)
		return r;
	r = ask_more(talk, err);
	if (r == 0)
		r = remote_pump(talk->remote, err);
	if (r == 0 && talk->begin != talk->end)
		r = ssh_stream_wait(talk->remote->ssh, talk->heard + SILENCE_S,
				    err);
	return r;
}

int files_talk_run(struct remote *remote, uint32_t tree, struct files_job *job,
		   struct error **err)
{
	struct talk *talk = calloc(1, sizeof(*talk));
	int r = 0;

	if (!talk) {
		files_job_end(job);
		return error_memory(err);
	}
	talk->remote = remote;
	talk->job = job;
	talk->tree = tree;
	talk->put.fd = -1;
	remote_events(remote, &events, talk);
	while (r == 0 && (talk->begin != talk->end || files_job_rest(job)))
		r = turn(talk, err);
	if (r < 0)
		files_job_end(job);
	while (talk->begin != talk->end) {
		atomic_store(&talk->work[talk->begin % DEPTH]->node->failed,
			     true);
		finish_oldest(talk);
	}
	files_put_done(&talk->put);
	free(talk);
	return r;
}
