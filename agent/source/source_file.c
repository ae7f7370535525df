/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An image file or a block device of this machine as a source, and the test
 * double of the network ones: same calls, same order of events.  Reads are
 * made at once and their done() comes out of run(), as from a server.  It
 * opens read-only and refuses everything that is not a file or a disk.
 * Source: lseek(2) SEEK_HOLE, eventfd(2).
 */
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/io.h"
#include "source/source_ops.h"

#define QUEUE 256 /* requests that may wait for run() */

struct file {
	struct source source;
	int fd;
};

struct reader {
	struct source_reader reader;
	int event; /* readable while something is finished */
	struct request *finished[QUEUE];
	unsigned int count;
	struct inquiry *inquiry; /* answered, or NULL */
	struct hashing *hashed[SOURCE_HASHINGS];
	unsigned int hashes;
};

static void discard(struct file *self)
{
	if (self->fd >= 0)
		(void)close(self->fd);
	free(self->source.name);
	free(self);
}

static void close_source(struct source *source)
{
	discard((struct file *)source);
}

static int find_size(const struct file *self, uint64_t *ret_size,
		     struct error **err)
{
	struct stat st;
	uint64_t size = 0;

	if (fstat(self->fd, &st) < 0)
		return error_set(err, ERROR_SOURCE, errno, "'%s'",
				 self->source.name);
	if (S_ISREG(st.st_mode))
		size = (uint64_t)st.st_size;
	else if (!S_ISBLK(st.st_mode))
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is no file and no disk",
				 self->source.name);
	else if (ioctl(self->fd, BLKGETSIZE64, &size) < 0)
		return error_set(err, ERROR_SOURCE, errno, "size of '%s'",
				 self->source.name);
	if (!size || size % 512)
		return error_set(err, ERROR_SOURCE, 0,
				 "'%s': %llu bytes are not a disk's size",
				 self->source.name, (unsigned long long)size);
	*ret_size = size;
	return 0;
}

static int open_source(const struct source_spec *spec,
		       struct source **ret_source, struct error **err)
{
	const char *path = spec->uri;
	struct file *self = calloc(1, sizeof(*self));
	int r = 0;

	if (!self)
		return error_memory(err);
	if (strncmp(path, "file:", 5) == 0)
		path += 5;
	if (strncmp(path, "///", 3) == 0)
		path += 2;
	self->source.ops = &source_file_ops;
	self->source.caps = SOURCE_MULTI | SOURCE_EXTENTS | SOURCE_HASH;
	self->source.block_size = 512;
	self->source.max_request = 32U << 20;
	self->source.name = strdup(path);
	self->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (!self->source.name)
		r = error_memory(err);
	else if (self->fd < 0)
		r = error_set(err, ERROR_SOURCE, errno, "open '%s'", path);
	else
		r = find_size(self, &self->source.size, err);
	if (r < 0)
		discard(self);
	else
		*ret_source = (struct source *)self;
	return r;
}

static int list_source(const struct source_spec *spec, char ***ret_names,
		       struct error **err)
{
	char **names = calloc(2, sizeof(char *));

	(void)spec;
	if (!names || !(names[0] = strdup(""))) {
		free(names);
		return error_memory(err);
	}
	*ret_names = names;
	return 0;
}

static int reader_open(struct source *source, const _Atomic bool *stop,
		       struct source_reader **ret_reader, struct error **err)
{
	struct file *self = (struct file *)source;
	struct reader *reader = calloc(1, sizeof(*reader));
	uint64_t now = 0;
	int r;

	(void)stop;
	if (!reader)
		return error_memory(err);
	reader->reader.source = source;
	reader->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = reader->event < 0 ? error_set(err, ERROR_INTERNAL, errno, "eventfd")
			      : find_size(self, &now, err);
	if (r == 0 && source->size != now) {
		r = error_set(err, ERROR_SOURCE, ESTALE,
			      "'%s' had %llu bytes and now has %llu",
			      source->name, (unsigned long long)source->size,
			      (unsigned long long)source->size);
	}
	if (r < 0) {
		if (reader->event >= 0)
			(void)close(reader->event);
		free(reader);
		return r;
	}
	*ret_reader = &reader->reader;
	return 0;
}

static void reader_close(struct source_reader *base)
{
	struct reader *reader = (struct reader *)base;

	(void)close(reader->event);
	free(reader);
}

/* Only what differs goes over the old bytes. */
static int read_changed(const struct file *self, struct request *request)
{
	char now[SOURCE_BLOCK];
	int r = 0;

	request->changed = 0;
	for (uint32_t at = 0; r == 0 && at < request->length;
	     at += SOURCE_BLOCK) {
		uint32_t left = request->length - at;
		uint32_t length = left < SOURCE_BLOCK ? left : SOURCE_BLOCK;

		r = io_pread(self->fd, now, length, request->offset + at);
		if (r < 0 || XXH3_64bits_withSeed(now, length, request->seed) ==
				     request->subhash[at / SOURCE_BLOCK])
			continue;
		memcpy((char *)request->buf + at, now, length);
		request->changed |= (uint64_t)1 << at / SOURCE_BLOCK;
	}
	return r;
}

static int start_read(struct source_reader *base, struct request *request,
		      struct error **err)
{
	struct reader *reader = (struct reader *)base;
	struct file *self = (struct file *)base->source;

	if (reader->count == QUEUE)
		return error_set(err, ERROR_INTERNAL, EAGAIN,
				 "more than %d reads at once", QUEUE);
	request->data = request->came = request->length;
	if (request->subhash)
		request->result = read_changed(self, request);
	else
		request->result = io_pread(self->fd, request->buf,
					   request->length, request->offset);
	reader->finished[reader->count++] = request;
	(void)eventfd_write(reader->event, 1);
	return 0;
}

/* A file that can't tell (ENXIO is its trailing hole) is all data. */
static int start_inquiry(struct source_reader *base, struct inquiry *inquiry,
			 struct error **err)
{
	struct reader *reader = (struct reader *)base;
	struct file *self = (struct file *)base->source;
	uint64_t end = inquiry->offset + inquiry->length;
	uint64_t at = inquiry->offset;

	inquiry->result = 0;
	inquiry->covered = end;
	extents_done(&inquiry->data);
	while (at < end && inquiry->result == 0) {
		off_t data = lseek(self->fd, (off_t)at, SEEK_DATA);
		off_t hole;

		if (data < 0 && errno == ENXIO)
			break;
		if (data < 0)
			data = (off_t)at;
		if ((uint64_t)data >= end)
			break;
		hole = lseek(self->fd, data, SEEK_HOLE);
		if (hole <= data || (uint64_t)hole > end)
			hole = (off_t)end;
		inquiry->result = extents_add(&inquiry->data, (uint64_t)data,
					      (uint64_t)(hole - data), err);
		at = (uint64_t)hole;
	}
	if (inquiry->result < 0)
		return inquiry->result;
	reader->inquiry = inquiry;
	(void)eventfd_write(reader->event, 1);
	return 0;
}

static int hash_chunks(const struct file *self, struct hashing *hashing,
		       char *buf)
{
	uint64_t left = hashing->length;
	int r = 0;

	for (unsigned int i = 0; r == 0 && left; i++) {
		size_t length = left < SOURCE_CHUNK ? left : SOURCE_CHUNK;
		XXH128_canonical_t text = {0};

		r = io_pread(self->fd, buf, length,
			     hashing->offset + (uint64_t)i * SOURCE_CHUNK);
		if (r == 0 && !io_is_zero(buf, length))
			XXH128_canonicalFromHash(
				&text, XXH3_128bits_withSeed(buf, length,
							     hashing->seed));
		memcpy(hashing->hash[i], text.digest, sizeof(text.digest));
		left -= length;
	}
	return r;
}

static int start_hashing(struct source_reader *base, struct hashing *hashing,
			 struct error **err)
{
	struct reader *reader = (struct reader *)base;
	char *buf;

	if (reader->hashes == SOURCE_HASHINGS ||
	    hashing->length > SOURCE_HASH_MAX)
		return error_set(err, ERROR_INTERNAL, EAGAIN,
				 "more hashes than can be asked for at once");
	buf = malloc(SOURCE_CHUNK);
	if (!buf)
		return error_memory(err);
	hashing->result =
		hash_chunks((struct file *)base->source, hashing, buf);
	free(buf);
	reader->hashed[reader->hashes++] = hashing;
	(void)eventfd_write(reader->event, 1);
	return 0;
}

static void want(struct source_reader *base, struct pollfd *fd)
{
	fd->fd = ((struct reader *)base)->event;
	fd->events = POLLIN;
}

static int run(struct source_reader *base, short revents, struct error **err)
{
	struct reader *reader = (struct reader *)base;
	struct inquiry *inquiry = reader->inquiry;
	struct hashing *hashed[SOURCE_HASHINGS];
	struct request *finished[QUEUE];
	unsigned int hashes = reader->hashes;
	unsigned int count = reader->count;
	eventfd_t value;

	(void)err;
	if (!revents)
		return 0;
	(void)eventfd_read(reader->event, &value);
	/* done() may start the next one. */
	memcpy(finished, reader->finished, count * sizeof(*finished));
	memcpy(hashed, reader->hashed, hashes * sizeof(*hashed));
	reader->count = 0;
	reader->hashes = 0;
	reader->inquiry = NULL;
	if (inquiry)
		inquiry->done(inquiry);
	for (unsigned int i = 0; i < hashes; i++)
		hashed[i]->done(hashed[i]);
	for (unsigned int i = 0; i < count; i++)
		finished[i]->done(finished[i]);
	return 0;
}

const struct source_ops source_file_ops = {
	.open = open_source,
	.close = close_source,
	.list = list_source,
	.reader_open = reader_open,
	.reader_close = reader_close,
	.read = start_read,
	.inquire = start_inquiry,
	.hash = start_hashing,
	.want = want,
	.run = run,
};
