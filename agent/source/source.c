/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Picks the backend by the URI's scheme and waits for a server that is not
 * there yet.  It refuses sizes that no disk has.  What a source says is not
 * believed anywhere below this floor's doc comments: every backend bounds it.
 */
#include "source/source.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "source/source_ops.h"

#define BACKOFF_FIRST_S 0.5
#define BACKOFF_LAST_S	5.0
#define ANSWER_MS	30000

static const struct {
	const char *prefix;
	const struct source_ops *ops;
} scheme[] = {
	{"nbd://", &source_nbd_ops},	  {"nbds://", &source_nbd_ops},
	{"nbd+unix://", &source_nbd_ops}, {"nbds+unix://", &source_nbd_ops},
	{"file:", &source_file_ops},	  {"/", &source_file_ops},
};

static int find_ops(const struct source_spec *spec,
		    const struct source_ops **ret_ops, struct error **err)
{
	const char *uri = spec->uri ? spec->uri : "";

	for (size_t i = 0; i < sizeof(scheme) / sizeof(scheme[0]); i++) {
		if (strncmp(uri, scheme[i].prefix, strlen(scheme[i].prefix)))
			continue;
		*ret_ops = scheme[i].ops;
		return 0;
	}
	return error_set(err, ERROR_CONFIG, EINVAL,
			 "source '%s': not nbd://, nbds://, nbd+unix://, "
			 "nbds+unix://, file: or a path",
			 uri);
}

static void sleep_s(double seconds)
{
	struct timespec left = {
		.tv_sec = (time_t)seconds,
		.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9),
	};

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

int source_open(const struct source_spec *spec, struct source **ret_source,
		struct error **err)
{
	const struct source_ops *ops = NULL;
	double end = io_seconds() + spec->connect_s;
	double pause = BACKOFF_FIRST_S;
	int r = find_ops(spec, &ops, err);

	while (r == 0) {
		struct error *why = NULL;

		r = ops->open(spec, ret_source, &why);
		if (r == 0)
			return 0;
		if (why->kind != ERROR_NETWORK || io_seconds() + pause > end) {
			*err = why;
			return r;
		}
		log_info("source", "%s; trying again", why->msg);
		error_free(why);
		sleep_s(pause);
		pause = pause * 2 < BACKOFF_LAST_S ? pause * 2 : BACKOFF_LAST_S;
		r = 0;
	}
	return r;
}

void source_close(struct source *source)
{
	if (source)
		source->ops->close(source);
}

int source_list(const struct source_spec *spec, char ***ret_names,
		struct error **err)
{
	const struct source_ops *ops = NULL;
	int r = find_ops(spec, &ops, err);

	return r < 0 ? r : ops->list(spec, ret_names, err);
}

static void note_done(struct request *request)
{
	*(bool *)request->owner = true;
}

/* Starts one read and waits for its answer. */
static int read_now(struct source_reader *reader, struct request *request,
		    struct error **err)
{
	struct source *source = reader->source;
	bool done = false;
	int r;

	request->done = note_done;
	request->owner = &done;
	r = source_reader_read(reader, request, err);
	while (r == 0 && !done) {
		struct pollfd fd = {.fd = -1};
		int n;

		source_reader_want(reader, &fd);
		n = poll(&fd, 1, ANSWER_MS);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set(err, ERROR_NETWORK,
					 n ? errno : ETIMEDOUT, "%s: read",
					 source->name);
		r = source_reader_run(reader, fd.revents, err);
	}
	if (r == 0 && request->result < 0)
		r = error_set(err, ERROR_SOURCE, -request->result,
			      "read %u bytes of %s at %llu", request->length,
			      source->name,
			      (unsigned long long)request->offset);
	return r;
}

int source_pread(struct source *source, void *buf, size_t length,
		 uint64_t offset, struct error **err)
{
	uint64_t before = offset % source->block_size;
	uint64_t whole = before + length + source->block_size - 1;
	struct source_reader *reader = NULL;
	struct request request = {.offset = offset - before};
	int r;

	whole -= whole % source->block_size;
	if (length > UINT32_MAX / 2 || offset > source->size ||
	    length > source->size - offset)
		return error_set(err, ERROR_INTERNAL, EINVAL,
				 "read %zu bytes at %llu of %s", length,
				 (unsigned long long)offset, source->name);
	request.length = (uint32_t)whole;
	request.buf = malloc(whole);
	if (!request.buf)
		return error_memory(err);
	r = source_reader_open(source, NULL, &reader, err);
	if (r == 0) {
		r = read_now(reader, &request, err);
		source_reader_close(reader);
	}
	if (r == 0)
		memcpy(buf, (char *)request.buf + before, length);
	free(request.buf);
	return r;
}

int source_reader_open(struct source *source, const _Atomic bool *stop,
		       struct source_reader **ret_reader, struct error **err)
{
	return source->ops->reader_open(source, stop, ret_reader, err);
}

void source_reader_close(struct source_reader *reader)
{
	if (reader)
		reader->source->ops->reader_close(reader);
}

int source_reader_read(struct source_reader *reader, struct request *request,
		       struct error **err)
{
	return reader->source->ops->read(reader, request, err);
}

int source_reader_inquire(struct source_reader *reader, struct inquiry *inquiry,
			  struct error **err)
{
	return reader->source->ops->inquire(reader, inquiry, err);
}

void source_reader_want(struct source_reader *reader, struct pollfd *fd)
{
	reader->source->ops->want(reader, fd);
}

int source_reader_run(struct source_reader *reader, short revents,
		      struct error **err)
{
	return reader->source->ops->run(reader, revents, err);
}
