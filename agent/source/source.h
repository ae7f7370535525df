/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SOURCE_H
#define LANDER_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct extents;
struct request;
struct source_reader;

/* What a backend can do. */
enum source_cap {
	SOURCE_PIT = 1U << 0,	  /* a point in time: does not change */
	SOURCE_EXTENTS = 1U << 1, /* knows its holes */
	SOURCE_MULTI = 1U << 2,	  /* several connections see the same data */
};

/** Where a disk comes from. */
struct source_spec {
	const char *uri;    /* "nbd://host:10809/name", "nbd+unix:…", a path */
	const char *export; /* export name that replaces the URI's, or NULL */
	unsigned int connect_s; /* how long to try to reach it, seconds */
};

struct source {
	const struct source_ops *ops;
	unsigned int caps; /* enum source_cap bits */
	char *name;	   /* for messages, never with a password */
	uint64_t size;	   /* bytes */
	uint32_t block_size; /* minimum request alignment, bytes */
	uint32_t max_request; /* bytes */
};

/** source_open(spec, ret, err): the scheme picks the backend.  Retries while
 *  the server is away, connect_s at most.  Errors: ERROR_CONFIG (malformed
 *  URI), ERROR_NETWORK (unreachable, refused), ERROR_SOURCE (wrong export,
 *  nonsense, size 0 or beyond 2^63, no read access). */
int source_open(const struct source_spec *spec, struct source **ret_source,
		struct error **err);
void source_close(struct source *source);

/** source_list(spec, ret_names, err): the export names a server offers, NULL-
 *  terminated, for parse_free_list(); {"" , NULL} when it can't tell. */
int source_list(const struct source_spec *spec, char ***ret_names,
		struct error **err);

/** source_pread(source, buf, length, offset, err): one small synchronous read
 *  over the probing connection (sector 0, a partition table). */
int source_pread(struct source *source, void *buf, size_t length,
		 uint64_t offset, struct error **err);

#endif
