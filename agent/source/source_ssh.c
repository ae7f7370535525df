/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks of a Linux machine over SSH, read there by lander-source.  One that
 * nobody should write to and that was written to ends the job: a copy of both
 * halves would be no disk at all.  One with writers is SOURCE_LIVE.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "source/asking.h"
#include "source/description.h"
#include "source/inventory.h"
#include "source/login.h"
#include "source/reading.h"
#include "source/remote.h"
#include "source/source_ops.h"
#include "source/usage.h"

#define DIAL_S 30.0
#define DISK   ASKING_DISK /* its number at the other end */
/* What two sessions hold that wait for the disk to be written: measured,
 * rounded up. */
#define SESSIONS      2U
#define SESSION_BYTES ((uint64_t)16 << 20)

struct ssh_source {
	struct source source;
	struct login login;
	struct description seen; /* when it was opened */
	struct description mark; /* at source_mark() */
	bool marked;
	uint64_t view;	      /* of source_view() */
	pthread_mutex_t lock; /* guards idle and view */
	/* Used by nobody: a machine that is held still may take no new logins.
	 */
	struct remote *idle[SESSIONS];
	unsigned int idles;
	enum packing_wish packing;
};

struct reader {
	struct source_reader reader;
	struct remote *remote;
	struct reading reading;
	bool lost; /* the connection is of no more use */
};

static void discard(struct ssh_source *self)
{
	while (self->idles)
		remote_close(self->idle[--self->idles]);
	(void)pthread_mutex_destroy(&self->lock);
	login_done(&self->login);
	free(self->source.writers);
	free(self->source.name);
	free(self);
}

static void close_source(struct source *source)
{
	discard((struct ssh_source *)source);
}

static int describe(struct ssh_source *self, struct error **err)
{
	struct source *source = &self->source;

	source->ops = &source_ssh_ops;
	source->size = self->seen.disk.size;
	source->state = description_state(&self->seen.disk);
	source->block_size = self->seen.disk.block;
	source->max_request = READING_PARTS / 8 * WIRE_READ_MAX;
	source->caps = SOURCE_MULTI | SOURCE_HASH;
	source->memory = SESSIONS * SESSION_BYTES;
	/* What the one in between has sent waits in a login of its own. */
	if (self->login.jump)
		source->memory *= 2;
	if (self->seen.disk.flags & WIRE_DISK_HOLES)
		source->caps |= SOURCE_EXTENTS;
	if (*self->seen.writers) {
		source->caps |= SOURCE_LIVE;
		source->writers = strdup(self->seen.writers);
		if (!source->writers)
			return error_memory(err);
	}
	if (asprintf(&source->name, "ssh://%s/%s", self->login.name,
		     self->login.disk) < 0) {
		source->name = NULL;
		return error_memory(err);
	}
	return 0;
}

static int open_source(const struct source_spec *spec,
		       struct source **ret_source, struct error **err)
{
	struct ssh_source *self = calloc(1, sizeof(*self));
	struct remote *remote = NULL;
	int r;

	if (!self)
		return error_memory(err);
	(void)pthread_mutex_init(&self->lock, NULL);
	self->packing = spec->packing;
	r = login_parse(spec, &self->login, err);
	if (r == 0 && !*self->login.disk)
		r = error_set(err, ERROR_CONFIG, 0,
			      "source '%s': no disk is named", spec->uri);
	if (r == 0)
		r = remote_open(&self->login.peer, io_seconds() + DIAL_S, NULL,
				&remote, err);
	if (r == 0)
		r = asking_sync(remote, err);
	if (r == 0)
		r = asking_disk(remote, self->login.disk, WIRE_OPEN,
				&self->seen, err);
	if (r == 0)
		r = describe(self, err);
	if (r < 0) {
		remote_close(remote);
		discard(self);
		return r;
	}
	self->idle[self->idles++] = remote;
	*ret_source = &self->source;
	return 0;
}

static int list_source(const struct source_spec *spec, char ***ret_names,
		       struct error **err)
{
	struct remote_request request = {.type = WIRE_FACTS};
	struct remote_answer answer = {0};
	struct remote *remote = NULL;
	struct login login;
	double end = io_seconds() + DIAL_S;
	int r = login_parse(spec, &login, err);

	if (r < 0)
		return r;
	r = remote_open(&login.peer, end, NULL, &remote, err);
	if (r == 0)
		r = remote_ask(remote, &request, end, &answer, err);
	if (r == 0)
		r = inventory_disks(login.name, answer.bytes, answer.length,
				    ret_names, err);
	free(answer.bytes);
	remote_close(remote);
	login_done(&login);
	return r;
}

/* Of one that is written to all the time, only that it is that one. */
static int compare(const struct ssh_source *self, const struct description *now,
		   struct error **err)
{
	const char *name = self->source.name;

	if (self->source.caps & SOURCE_LIVE)
		return description_same(name, &self->seen, now, err);
	return description_untouched(name, &self->seen, now, err);
}

static uint64_t present_view(struct ssh_source *self)
{
	uint64_t key;

	pthread_mutex_lock(&self->lock);
	key = self->view;
	pthread_mutex_unlock(&self->lock);
	return key;
}

static int dial_again(struct ssh_source *self, const _Atomic bool *stop,
		      struct remote **ret, struct error **err)
{
	struct description now = {0};
	uint64_t key = present_view(self);
	int r = remote_open(&self->login.peer, io_seconds() + DIAL_S, stop, ret,
			    err);

	if (r < 0)
		return r;
	r = asking_disk(*ret, self->login.disk, WIRE_OPEN, &now, err);
	if (r == 0)
		r = compare(self, &now, err);
	if (r == 0 && key)
		r = asking_view(*ret, key, err);
	if (r < 0)
		remote_close(*ret);
	return r;
}

/* An idle connection, or a new one. */
static int borrow(struct ssh_source *self, const _Atomic bool *stop,
		  struct remote **ret, struct error **err)
{
	pthread_mutex_lock(&self->lock);
	*ret = self->idles ? self->idle[--self->idles] : NULL;
	pthread_mutex_unlock(&self->lock);
	if (!*ret)
		return dial_again(self, stop, ret, err);
	remote_obey(*ret, stop);
	return 0;
}

static void give_back(struct ssh_source *self, struct remote *remote, bool good)
{
	/* The order belongs to who borrowed it, and goes with him. */
	remote_obey(remote, NULL);
	pthread_mutex_lock(&self->lock);
	if (good && self->idles < SESSIONS) {
		self->idle[self->idles++] = remote;
		remote = NULL;
	}
	pthread_mutex_unlock(&self->lock);
	remote_close(remote);
}

static int look_again(struct ssh_source *self, struct description *ret,
		      struct error **err)
{
	struct remote *remote = NULL;
	int r = borrow(self, NULL, &remote, err);

	if (r < 0)
		return r;
	r = asking_disk(remote, self->login.disk, WIRE_CHECK, ret, err);
	give_back(self, remote, r == 0);
	return r;
}

static int check(struct source *source, struct error **err)
{
	struct ssh_source *self = (struct ssh_source *)source;
	struct description now = {0};
	int r = look_again(self, &now, err);

	if (r == 0)
		r = compare(self, &now, err);
	if (r == 0 && self->marked)
		r = description_untouched(source->name, &self->mark, &now, err);
	return r;
}

static int mark(struct source *source, struct error **err)
{
	struct ssh_source *self = (struct ssh_source *)source;
	int r = look_again(self, &self->mark, err);

	if (r == 0)
		r = compare(self, &self->mark, err);
	self->marked = r == 0;
	return r;
}

static int usage(struct source *source, struct usage *ret, struct error **err)
{
	struct ssh_source *self = (struct ssh_source *)source;
	struct remote *remote = NULL;
	int r = borrow(self, NULL, &remote, err);

	if (r < 0)
		return r;
	r = usage_ask(remote, DISK, source->size, ret, err);
	give_back(self, remote, r == 0);
	return r;
}

/* Those that wait look through another one, or none. */
static void view(struct source *source, uint64_t key)
{
	struct ssh_source *self = (struct ssh_source *)source;
	struct remote *idle[SESSIONS];
	unsigned int idles;

	pthread_mutex_lock(&self->lock);
	self->view = key;
	idles = self->idles;
	self->idles = 0;
	memcpy(idle, self->idle, sizeof(idle));
	pthread_mutex_unlock(&self->lock);
	while (idles)
		remote_close(idle[--idles]);
}

static int reader_open(struct source *source, const _Atomic bool *stop,
		       struct source_reader **ret_reader, struct error **err)
{
	struct ssh_source *self = (struct ssh_source *)source;
	struct reader *reader = calloc(1, sizeof(*reader));
	int r;

	if (!reader)
		return error_memory(err);
	r = borrow(self, stop, &reader->remote, err);
	if (r < 0) {
		free(reader);
		return r;
	}
	reader->reader.source = source;
	reading_begin(&reader->reading, reader->remote, DISK, self->packing);
	*ret_reader = &reader->reader;
	return 0;
}

static void reader_close(struct source_reader *base)
{
	struct reader *reader = (struct reader *)base;
	struct ssh_source *self = (struct ssh_source *)base->source;

	give_back(self, reader->remote,
		  !(reader->lost || reader->reading.busy ||
		    reader->reading.inquiry || reader->reading.hashings));
	packing_log(&reader->reading.packing, self->source.name);
	reading_done(&reader->reading);
	free(reader);
}

static int note(struct reader *reader, int r)
{
	reader->lost = reader->lost || r < 0;
	return r;
}

static int start_read(struct source_reader *base, struct request *request,
		      struct error **err)
{
	struct reader *reader = (struct reader *)base;

	return note(reader, reading_read(&reader->reading, request, err));
}

static int start_inquiry(struct source_reader *base, struct inquiry *inquiry,
			 struct error **err)
{
	struct reader *reader = (struct reader *)base;

	return note(reader, reading_inquire(&reader->reading, inquiry, err));
}

static int start_hashing(struct source_reader *base, struct hashing *hashing,
			 struct error **err)
{
	struct reader *reader = (struct reader *)base;

	return note(reader, reading_hash(&reader->reading, hashing, err));
}

static void want(struct source_reader *base, struct pollfd *fd)
{
	remote_want(((struct reader *)base)->remote, fd);
}

static int run(struct source_reader *base, short revents, struct error **err)
{
	struct reader *reader = (struct reader *)base;

	(void)revents;
	return note(reader, remote_pump(reader->remote, err));
}

const struct source_ops source_ssh_ops = {
	.open = open_source,
	.close = close_source,
	.list = list_source,
	.check = check,
	.mark = mark,
	.usage = usage,
	.view = view,
	.reader_open = reader_open,
	.reader_close = reader_close,
	.read = start_read,
	.inquire = start_inquiry,
	.hash = start_hashing,
	.want = want,
	.run = run,
};
