/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SOURCE_H
#define LANDER_SOURCE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/extent.h"
#include "source/packing.h"

struct error;
struct pollfd;
struct source_ops;
struct source_reader;
struct usage;

/* What a backend can do. */
enum source_cap {
	SOURCE_EXTENTS = 1U << 0, /* knows its holes */
	SOURCE_MULTI = 1U << 1,	  /* several connections see the same data */
	SOURCE_HASH = 1U << 2,	  /* can say the hashes of its chunks */
	SOURCE_LIVE = 1U << 3,	  /* somebody may write to it: see writers */
};

/** Where a disk comes from. */
struct source_spec {
	const char *uri;     /* "nbd://host:10809/name", "nbd+unix:…", a path */
	const char *export;  /* export name that replaces the URI's, or NULL */
	const char *hostkey; /* ssh: "SHA256:…" or NULL */
	const char *identity; /* ssh: where the key is, or NULL */
	const void *key;      /* ssh: the key itself, when it was fetched */
	size_t key_length;
	enum packing_wish packing; /* ssh: data comes packed */
	const char *password;	   /* ssh: when there is no identity, or NULL */
	/** ssh: the machine to go through, or NULL: its uri, hostkey and
	 *  identity (NULL: the key of the source) count. */
	struct source_spec *jump;
	unsigned int connect_s; /* how long to try to reach it, seconds */
};

struct source {
	const struct source_ops *ops;
	unsigned int caps; /* enum source_cap bits */
	char *name;	   /* for messages, never with a password */
	uint64_t size;	   /* bytes */
	/** Changes with every write to it and every start of its machine; 0:
	 *  nobody can tell. */
	uint64_t state;
	uint32_t block_size;  /* minimum request alignment, bytes */
	uint32_t max_request; /* bytes */
	uint64_t memory;      /* bytes that its readers may hold at most */
	/** A hash of sector 0 and the GPT header, set by the first reader, 0
	 *  before: a reader that finds another one is refused. */
	_Atomic uint64_t identity;
	char *writers; /* SOURCE_LIVE: who they are, in words */
};

/** source_open(spec, ret, err): the scheme picks the backend.  Retries while
 *  the server is away, connect_s at most.  Errors: ERROR_CONFIG (malformed
 *  URI), ERROR_NETWORK (unreachable, refused), ERROR_SOURCE (wrong export,
 *  nonsense, size 0 or beyond 2^63, no read access). */
int source_open(const struct source_spec *spec, struct source **ret_source,
		struct error **err);
void source_close(struct source *source);

/** source_check(source, err): that nobody has written to it since it was
 * opened, as far as its kind can tell; to one that is SOURCE_LIVE, since
 * source_mark(), and nothing before that.  Errors: ERROR_SOURCE with ESTALE, or
 * EBUSY naming who may write to it; ERROR_NETWORK. */
int source_check(struct source *source, struct error **err);

/** source_mark(source, err): nobody writes to a SOURCE_LIVE one from now on:
 *  what source_check() compares with. */
int source_mark(struct source *source, struct error **err);

/** source_usage(source, ret, err): what of it its own file systems call free at
 *  this moment; usage_done() is due in any case.  Nothing of a source that
 * can't tell.  Errors: as source_check(). */
int source_usage(struct source *source, struct usage *ret, struct error **err);

/** source_view(source, key, err): read it, from now on, as a machine_view()
 * with this key has it; 0: as it is.  Readers that are open have to be closed
 *  before.  Errors: ERROR_SOURCE: its kind has none. */
int source_view(struct source *source, uint64_t key, struct error **err);

/** source_list(spec, ret_names, err): the export names a server offers, NULL-
 *  terminated, for parse_free_list(); {"" , NULL} when it can't tell. */
int source_list(const struct source_spec *spec, char ***ret_names,
		struct error **err);

/** source_pread(source, buf, length, offset, err): one small synchronous read
 *  over the probing connection (sector 0, a partition table). */
int source_pread(struct source *source, void *buf, size_t length,
		 uint64_t offset, struct error **err);

/** One read on its way.  The caller owns it until done() or until the reader
 *  is lost or closed. */
struct request {
	uint64_t offset; /* bytes, multiple of source->block_size */
	uint32_t length; /* bytes, likewise; may be above max_request */
	int result;	 /* 0 or the source's negative errno, for done() */
	void *buf;
	void (*done)(struct request *request);
	void *owner;
	/** When set: buf holds old bytes, this is XXH3-64 with the seed of
	 *  each 4096 of them, and only what differs is put over them; length
	 *  is then at most SOURCE_DIFF_MAX, offset a multiple of 4096.  Zeroes
	 *  are no exception. */
	const uint64_t *subhash;
	uint64_t seed;
	uint64_t changed; /* the answer: bit n, the n-th 4096 bytes */
	/** The answer: bytes of it that came, not counting zeroes that were
	 *  only named, and what came for them, packed or not. */
	uint64_t data;
	uint64_t came;
	uint32_t parts;	  /* the backend's: answers still missing */
	uint32_t missing; /* likewise: bytes */
};

/** One question about holes on its way. */
struct inquiry {
	uint64_t offset;     /* bytes, multiple of source->block_size */
	uint64_t length;     /* bytes, likewise, at most SOURCE_INQUIRY_MAX */
	uint64_t covered;    /* the answer is about [offset, covered) */
	struct extents data; /* what in there is not known to be zero */
	int result;	     /* 0 or a negative errno, for done() */
	void (*done)(struct inquiry *inquiry);
	void *owner;
};

/** One question about hashes on its way. */
struct hashing {
	uint64_t offset; /* bytes, multiple of SOURCE_CHUNK */
	uint64_t length; /* bytes, likewise but at the source's end; at most
			  * SOURCE_HASH_MAX */
	uint64_t seed;
	/** Of each chunk: canonical XXH3-128 with the seed; 16 zero bytes: the
	 *  chunk is all zero. */
	uint8_t hash[64][16];
	int result; /* 0 or the source's negative errno, for done() */
	void (*done)(struct hashing *hashing);
	void *owner;
};

#define SOURCE_CHUNK	((uint32_t)65536)	      /* bytes of a hash */
#define SOURCE_HASH_MAX ((uint64_t)64 * SOURCE_CHUNK) /* bytes */
#define SOURCE_BLOCK	((uint32_t)4096)	      /* bytes of a subhash */
#define SOURCE_DIFF_MAX ((uint32_t)64 * SOURCE_BLOCK) /* bytes */

/* A reader's questions about hashes under way at most. */
#define SOURCE_HASHINGS 16U

#define SOURCE_INQUIRY_MAX ((uint64_t)1 << 30) /* bytes */

/**
 * source_reader_open(source, stop, ret, err): one connection for one thread,
 * at most half a minute; gives up early when *stop becomes true.
 * Errors: ERROR_NETWORK; ERROR_SOURCE, with ESTALE when the source is not the
 * one that was opened (its size or its partition table differs).
 */
int source_reader_open(struct source *source, const _Atomic bool *stop,
		       struct source_reader **ret_reader, struct error **err);

/** Requests still on their way are forgotten: no done(), no write to buf. */
void source_reader_close(struct source_reader *reader);

/** source_reader_read/inquire(reader, …): start it; done() comes out of
 *  source_reader_run().  An error means a lost connection. */
int source_reader_read(struct source_reader *reader, struct request *request,
		       struct error **err);
int source_reader_inquire(struct source_reader *reader, struct inquiry *inquiry,
			  struct error **err);

/** source_reader_hash(reader, hashing, err): likewise, of a source that can
 *  SOURCE_HASH; so are requests with a subhash. */
int source_reader_hash(struct source_reader *reader, struct hashing *hashing,
		       struct error **err);

/** source_reader_want(reader, fd): what to poll(2) for. */
void source_reader_want(struct source_reader *reader, struct pollfd *fd);

/**
 * source_reader_run(reader, revents, err): work off what poll(2) reported.
 * An error (ERROR_NETWORK, or ERROR_SOURCE when it spoke nonsense) means a
 * lost connection: close it, what was on its way gets no done().
 */
int source_reader_run(struct source_reader *reader, short revents,
		      struct error **err);

#endif
