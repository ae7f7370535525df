/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks over NBD, through libnbd's asynchronous calls.  The connection that
 * asked for the geometry is kept and given to the first reader, because some
 * servers serve one client only.  It refuses sizes that are no disk's, and it
 * takes no server's word for an extent: what is not clearly zero is data.
 * Source: the NBD protocol (doc/proto.md), libnbd(3).
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <libnbd.h>

#include "base/error.h"
#include "source/dial.h"
#include "source/location.h"
#include "source/source_ops.h"

#define DIAL_S	    10U
#define BLOCK_MAX   65536U	/* what the protocol allows */
#define REQUEST_MAX (32U << 20) /* likewise */
#define ENTRIES_MAX (1U << 20)	/* extents of one answer looked at */

struct nbd {
	struct source source;
	struct location location;
	pthread_mutex_t lock;	 /* guards idle */
	struct nbd_handle *idle; /* connected, used by nobody; or NULL */
};

struct reader {
	struct source_reader reader;
	struct nbd_handle *nbd;
};

/* Every option is checked: the reader of a reconnect uses it too. */
static int geometry(struct nbd_handle *nbd, const struct location *location,
		    struct source *ret, struct error **err)
{
	int64_t size = nbd_get_size(nbd);
	int64_t low = nbd_get_block_size(nbd, LIBNBD_SIZE_MINIMUM);
	int64_t high = nbd_get_block_size(nbd, LIBNBD_SIZE_MAXIMUM);
	uint32_t block = low > 512 ? (uint32_t)low : 512;

	if (size <= 0)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: export '%s' has no size that a disk can "
				 "have",
				 location->place, location->wanted);
	if (low < 0 || low > BLOCK_MAX || (block & (block - 1)))
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: minimum block size %lld", location->place,
				 (long long)low);
	if ((uint64_t)size % block)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: the size of export '%s', %lld bytes, is "
				 "not a multiple of %u",
				 location->place, location->wanted,
				 (long long)size, block);
	if (high <= 0 || high > REQUEST_MAX)
		high = REQUEST_MAX;
	if (high < block)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: maximum request of %lld bytes",
				 location->place, (long long)high);
	ret->size = (uint64_t)size;
	ret->block_size = block;
	ret->max_request = (uint32_t)high / block * block;
	ret->caps = 0;
	if (nbd_can_multi_conn(nbd) == 1)
		ret->caps |= SOURCE_MULTI;
	if (nbd_can_meta_context(nbd, LIBNBD_CONTEXT_BASE_ALLOCATION) == 1)
		ret->caps |= SOURCE_EXTENTS;
	return 0;
}

static void discard(struct nbd *self)
{
	nbd_close(self->idle);
	(void)pthread_mutex_destroy(&self->lock);
	location_done(&self->location);
	free(self->source.name);
	free(self);
}

static void close_source(struct source *source)
{
	discard((struct nbd *)source);
}

static int open_source(const struct source_spec *spec,
		       struct source **ret_source, struct error **err)
{
	struct nbd *self = calloc(1, sizeof(*self));
	int r;

	if (!self)
		return error_memory(err);
	(void)pthread_mutex_init(&self->lock, NULL);
	r = location_parse(spec->uri, spec->export, &self->location, err);
	if (r == 0)
		r = dial_open(&self->location, DIAL_S, NULL, &self->idle, err);
	if (r == 0)
		r = geometry(self->idle, &self->location, &self->source, err);
	if (r == 0 &&
	    asprintf(&self->source.name, "%s%s/%s",
		     self->location.is_unix ? "nbd+unix:"
		     : self->location.tls   ? "nbds://"
					    : "nbd://",
		     self->location.place, self->location.wanted) < 0) {
		self->source.name = NULL;
		r = error_memory(err);
	}
	self->source.ops = &source_nbd_ops;
	if (r < 0)
		discard(self);
	else
		*ret_source = (struct source *)self;
	return r;
}

static int list_source(const struct source_spec *spec, char ***ret_names,
		       struct error **err)
{
	struct location location = {0};
	int r = location_parse(spec->uri, spec->export, &location, err);

	if (r == 0)
		r = dial_list(&location, DIAL_S, ret_names, err);
	location_done(&location);
	return r;
}

/* A fresh connection to the very same disk. */
static int dial_again(struct nbd *self, const _Atomic bool *stop,
		      struct nbd_handle **ret_nbd, struct error **err)
{
	struct source now = {0};
	int r = dial_open(&self->location, DIAL_S, stop, ret_nbd, err);

	if (r < 0)
		return r;
	r = geometry(*ret_nbd, &self->location, &now, err);
	if (r == 0 && now.size != self->source.size)
		r = error_set(err, ERROR_SOURCE, ESTALE,
			      "%s had %llu bytes and now has %llu",
			      self->source.name,
			      (unsigned long long)self->source.size,
			      (unsigned long long)now.size);
	if (r == 0 && (now.block_size > self->source.block_size ||
		       now.max_request < self->source.max_request))
		r = error_set(err, ERROR_SOURCE, ESTALE,
			      "%s changed its block sizes", self->source.name);
	if (r < 0)
		nbd_close(*ret_nbd);
	return r;
}

static int reader_open(struct source *source, const _Atomic bool *stop,
		       struct source_reader **ret_reader, struct error **err)
{
	struct nbd *self = (struct nbd *)source;
	struct reader *reader = calloc(1, sizeof(*reader));
	int r;

	if (!reader)
		return error_memory(err);
	pthread_mutex_lock(&self->lock);
	reader->nbd = self->idle;
	self->idle = NULL;
	pthread_mutex_unlock(&self->lock);
	if (!reader->nbd) {
		r = dial_again(self, stop, &reader->nbd, err);
		if (r < 0) {
			free(reader);
			return r;
		}
	}
	reader->reader.source = source;
	*ret_reader = &reader->reader;
	return 0;
}

static void reader_close(struct source_reader *base)
{
	struct reader *reader = (struct reader *)base;
	struct nbd *self = (struct nbd *)base->source;

	pthread_mutex_lock(&self->lock);
	if (!self->idle && nbd_aio_is_ready(reader->nbd) &&
	    nbd_aio_in_flight(reader->nbd) == 0) {
		self->idle = reader->nbd;
		reader->nbd = NULL;
	}
	pthread_mutex_unlock(&self->lock);
	nbd_close(reader->nbd);
	free(reader);
}

/* libnbd takes a reply that covers only a part of what was asked for: count. */
static int note_bytes(void *user_data, const void *bytes, size_t count,
		      uint64_t offset, unsigned int status, int *error)
{
	struct request *request = user_data;

	(void)bytes;
	(void)offset;
	(void)error;
	if (status != LIBNBD_READ_ERROR)
		request->missing -= count < request->missing ? (uint32_t)count
							     : request->missing;
	if (status == LIBNBD_READ_DATA)
		request->data = request->came += count;
	return 0;
}

/* ENOTCONN is libnbd's own word for "the connection died under it"; no
 * server can send it.  The request is then still to be done. */
static int read_done(void *user_data, int *error)
{
	struct request *request = user_data;

	if (*error == ENOTCONN)
		return 1;
	if (*error)
		request->result = -*error;
	if (--request->parts)
		return 1;
	if (request->missing && !request->result)
		request->result = -EPROTO;
	request->done(request);
	return 1;
}

static int start_read(struct source_reader *base, struct request *request,
		      struct error **err)
{
	struct reader *reader = (struct reader *)base;
	struct nbd *self = (struct nbd *)base->source;
	uint32_t step = base->source->max_request;

	request->result = 0;
	request->data = request->came = 0;
	request->missing = request->length;
	request->parts = (request->length + step - 1) / step;
	for (uint32_t at = 0; at < request->length; at += step) {
		uint32_t left = request->length - at;

		if (nbd_aio_pread_structured(
			    reader->nbd, (char *)request->buf + at,
			    left < step ? left : step, request->offset + at,
			    (nbd_chunk_callback){.callback = note_bytes,
						 .user_data = request},
			    (nbd_completion_callback){.callback = read_done,
						      .user_data = request},
			    0) < 0)
			return dial_lost(&self->location, "reading from", err);
	}
	return 0;
}

/* Only LIBNBD_STATE_ZERO promises zeroes; a hole alone does not. */
static int note_extents(void *user_data, const char *context, uint64_t offset,
			nbd_extent *entries, size_t count, int *error)
{
	struct inquiry *inquiry = user_data;
	uint64_t end = inquiry->offset + inquiry->length;

	(void)context;
	(void)error;
	if (offset != inquiry->covered || inquiry->result < 0)
		return 0;
	for (size_t i = 0; i < count && i < ENTRIES_MAX; i++) {
		uint64_t left = end - inquiry->covered;
		uint64_t length = entries[i].length;

		if (length > left)
			length = left;
		if (!(entries[i].flags & LIBNBD_STATE_ZERO) &&
		    extents_add(&inquiry->data, inquiry->covered, length,
				NULL) < 0)
			inquiry->result = -ENOMEM;
		inquiry->covered += length;
	}
	return 0;
}

static int inquiry_done(void *user_data, int *error)
{
	struct inquiry *inquiry = user_data;

	if (*error == ENOTCONN)
		return 1;
	if (*error)
		inquiry->result = -*error;
	inquiry->done(inquiry);
	return 1;
}

static int start_inquiry(struct source_reader *base, struct inquiry *inquiry,
			 struct error **err)
{
	struct reader *reader = (struct reader *)base;
	struct nbd *self = (struct nbd *)base->source;

	inquiry->result = 0;
	inquiry->covered = inquiry->offset;
	extents_done(&inquiry->data);
	if (nbd_aio_block_status_64(
		    reader->nbd, inquiry->length, inquiry->offset,
		    (nbd_extent64_callback){.callback = note_extents,
					    .user_data = inquiry},
		    (nbd_completion_callback){.callback = inquiry_done,
					      .user_data = inquiry},
		    0) < 0)
		return dial_lost(&self->location, "asking", err);
	return 0;
}

static void want(struct source_reader *base, struct pollfd *fd)
{
	struct reader *reader = (struct reader *)base;
	unsigned int direction = nbd_aio_get_direction(reader->nbd);

	fd->fd = nbd_aio_get_fd(reader->nbd);
	fd->events = 0;
	if (direction & LIBNBD_AIO_DIRECTION_READ)
		fd->events |= POLLIN;
	if (direction & LIBNBD_AIO_DIRECTION_WRITE)
		fd->events |= POLLOUT;
}

static int run(struct source_reader *base, short revents, struct error **err)
{
	struct reader *reader = (struct reader *)base;
	struct nbd *self = (struct nbd *)base->source;
	unsigned int direction = nbd_aio_get_direction(reader->nbd);
	int r = 0;

	/* An error or hang-up is found out by reading. */
	if ((revents & (POLLIN | POLLHUP | POLLERR)) &&
	    (direction & LIBNBD_AIO_DIRECTION_READ))
		r = nbd_aio_notify_read(reader->nbd);
	else if ((revents & (POLLOUT | POLLHUP | POLLERR)) &&
		 (direction & LIBNBD_AIO_DIRECTION_WRITE))
		r = nbd_aio_notify_write(reader->nbd);
	/* An end without an error leaves the words of an older one behind. */
	if (r == 0 && nbd_aio_is_closed(reader->nbd))
		return dial_closed(&self->location, err);
	if (r < 0 || nbd_aio_is_dead(reader->nbd))
		return dial_lost(&self->location, "reading from", err);
	return 0;
}

const struct source_ops source_nbd_ops = {
	.open = open_source,
	.close = close_source,
	.list = list_source,
	.reader_open = reader_open,
	.reader_close = reader_close,
	.read = start_read,
	.inquire = start_inquiry,
	.want = want,
	.run = run,
};
