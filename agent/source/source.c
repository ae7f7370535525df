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
#include <xxhash.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "source/source_ops.h"
#include "source/usage.h"

#define BACKOFF_FIRST_S 0.5
#define BACKOFF_LAST_S	5.0
#define ANSWER_S	30.0
#define POLL_MS		200
#define TRIES		3

static const struct {
	const char *prefix;
	const struct source_ops *ops;
} scheme[] = {
	{"nbd://", &source_nbd_ops},	  {"nbds://", &source_nbd_ops},
	{"nbd+unix://", &source_nbd_ops}, {"nbds+unix://", &source_nbd_ops},
	{"ssh://", &source_ssh_ops},	  {"file:", &source_file_ops},
	{"/", &source_file_ops},
};

static int find_ops(const struct source_spec *spec,
		    const struct source_ops **ret_ops, struct error **err)
{
	const char *uri = spec->uri ? spec->uri : "";
	char place[256];

	for (size_t i = 0; i < sizeof(scheme) / sizeof(scheme[0]); i++) {
		if (strncmp(uri, scheme[i].prefix, strlen(scheme[i].prefix)))
			continue;
		*ret_ops = scheme[i].ops;
		return 0;
	}
	/* Its path or query may be a secret. */
	if (!strncmp(uri, "http", 4) && strstr(uri, "://")) {
		parse_url_place(uri, false, place, sizeof(place));
		uri = place;
	}
	return error_set(
		err, ERROR_CONFIG, EINVAL,
		"source '%s': not ssh://, nbd://, nbds://, nbd+unix://, "
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

/* What another try would not change, or change for the worse. */
static bool is_final(const struct error *why)
{
	return why->kind != ERROR_NETWORK || why->code == EKEYREJECTED ||
	       why->code == EACCES;
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
		if (is_final(why) || io_seconds() + pause > end) {
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

int source_check(struct source *source, struct error **err)
{
	return source->ops->check ? source->ops->check(source, err) : 0;
}

int source_mark(struct source *source, struct error **err)
{
	return source->ops->mark ? source->ops->mark(source, err) : 0;
}

int source_usage(struct source *source, struct usage *ret, struct error **err)
{
	*ret = (struct usage){0};
	return source->ops->usage ? source->ops->usage(source, ret, err) : 0;
}

int source_view(struct source *source, uint64_t key, struct error **err)
{
	if (!source->ops->view)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s can't be read as it was", source->name);
	source->ops->view(source, key);
	return 0;
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
		    const _Atomic bool *stop, struct error **err)
{
	const struct source *source = reader->source;
	const bool *done = request->owner;
	double end = io_seconds() + ANSWER_S;
	int r;

	r = source_reader_read(reader, request, err);
	while (r == 0 && !*done) {
		struct pollfd fd = {.fd = -1};
		int n;

		if (stop && atomic_load(stop))
			return error_set(err, ERROR_ABORTED, ECANCELED,
					 "%s: read", source->name);
		if (io_seconds() > end)
			return error_set(err, ERROR_NETWORK, ETIMEDOUT,
					 "%s: read", source->name);
		source_reader_want(reader, &fd);
		n = poll(&fd, 1, POLL_MS);
		if (n == 0 || (n < 0 && errno == EINTR))
			continue;
		if (n < 0)
			return error_set(err, ERROR_INTERNAL, errno, "%s: read",
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

static int read_once(struct source *source, struct request *request,
		     struct error **err)
{
	struct source_reader *reader = NULL;
	int r = source_reader_open(source, NULL, &reader, err);

	if (r == 0) {
		r = read_now(reader, request, NULL, err);
		source_reader_close(reader);
	}
	return r;
}

/* One bad answer is forgiven here as it is in the copy. */
static int read_patiently(struct source *source, struct request *request,
			  struct error **err)
{
	for (unsigned int tries = 1;; tries++) {
		struct error *why = NULL;
		int r;

		*(bool *)request->owner = false;
		r = read_once(source, request, &why);
		if (r == 0)
			return 0;
		if (tries == TRIES || why->code == ESTALE ||
		    (why->kind != ERROR_NETWORK && why->kind != ERROR_SOURCE)) {
			if (err)
				*err = why;
			else
				error_free(why);
			return r;
		}
		log_info("source", "%s; trying again", why->msg);
		error_free(why);
		sleep_s(BACKOFF_FIRST_S);
	}
}

int source_pread(struct source *source, void *buf, size_t length,
		 uint64_t offset, struct error **err)
{
	uint64_t before = offset % source->block_size;
	uint64_t whole = before + length + source->block_size - 1;
	bool done = false;
	struct request request = {
		.offset = offset - before, .done = note_done, .owner = &done};
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
	r = read_patiently(source, &request, err);
	if (r == 0)
		memcpy(buf, (char *)request.buf + before, length);
	free(request.buf);
	return r;
}

#define HEAD_BYTES 8192U
#define GPT_BYTES  92U /* of its header that are in use, UEFI 5.3.2 */
#define XFS_UUID   32U /* of its superblock, xfs_format.h */

/* What tells one disk from another of its size: boot code and MBR, and the
 * GPT header, whose GUID and checksums no two disks share.  An XFS
 * without a partition table keeps its counters there: its UUID tells it. */
static uint64_t identify(const unsigned char *head, size_t length)
{
	unsigned char text[512 + GPT_BYTES] = {0};

	if (length >= 512 && memcmp(head, "XFSB", 4) == 0)
		memcpy(text, head + XFS_UUID, 16);
	else
		memcpy(text, head, length < 512 ? length : 512);
	for (size_t at = 512; at <= 4096; at += 4096 - 512)
		if (at + GPT_BYTES <= length &&
		    memcmp(head + at, "EFI PART", 8) == 0)
			memcpy(text + 512, head + at, GPT_BYTES);
	return XXH3_64bits(text, sizeof(text)) | 1;
}

/* A server may come back with another disk under the old name: half of each
 * would be no disk at all.  Closes such a reader, and one that can't say. */
static int check_identity(struct source_reader *reader,
			  const _Atomic bool *stop, struct error **err)
{
	struct source *source = reader->source;
	uint32_t length = HEAD_BYTES;
	bool done = false;
	struct request request = {.done = note_done, .owner = &done};
	uint64_t known = 0;
	uint64_t now;
	int r;

	if (length < source->block_size)
		length = source->block_size;
	if (length > source->size)
		length = (uint32_t)source->size;
	request.length = length;
	request.buf = malloc(length);
	if (!request.buf) {
		source_reader_close(reader);
		return error_memory(err);
	}
	r = read_now(reader, &request, stop, err);
	if (r == 0) {
		now = identify(request.buf, length);
		if (!atomic_compare_exchange_strong(&source->identity, &known,
						    now) &&
		    known != now)
			r = error_set(err, ERROR_SOURCE, ESTALE,
				      "%s is another disk now: its partition "
				      "table is not the one it had",
				      source->name);
	}
	/* Before its buffer goes: the answer may still be on its way. */
	if (r < 0)
		source_reader_close(reader);
	free(request.buf);
	return r;
}

int source_reader_open(struct source *source, const _Atomic bool *stop,
		       struct source_reader **ret_reader, struct error **err)
{
	int r = source->ops->reader_open(source, stop, ret_reader, err);

	if (r < 0)
		return r;
	return check_identity(*ret_reader, stop, err);
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

int source_reader_hash(struct source_reader *reader, struct hashing *hashing,
		       struct error **err)
{
	return reader->source->ops->hash(reader, hashing, err);
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
