/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_GAUGE_H
#define LANDER_SOURCE_GAUGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct remote;

/* What a measurement may take at most. */
#define GAUGE_ASKS   9U			    /* round trips */
#define GAUGE_ASK_S  2.0		    /* for all of them */
#define GAUGE_READ_S 3.0		    /* reading */
#define GAUGE_HASH_S 2.0		    /* hashing */
#define GAUGE_DATA   ((uint64_t)64 << 20)   /* bytes that come */
#define GAUGE_READ   ((uint64_t)1024 << 20) /* bytes that are read there */

/** A disk that lander-source has open. */
struct gauge_disk {
	uint32_t number;
	uint32_t block; /* bytes */
	uint64_t size;	/* bytes */
};

/** A line to a source machine, and its disks, as they were measured. */
struct gauge {
	double round_trip;   /* seconds, the median; 0: not measured */
	unsigned int asked;  /* times */
	uint64_t read;	     /* bytes that were read there */
	uint64_t data;	     /* of them, bytes that are not zero and came */
	double seconds;	     /* that took */
	uint64_t failed;     /* bytes that could not be read */
	uint64_t hashed;     /* bytes that it read for itself */
	double hash_seconds; /* that took */
};

/** gauge_round_trip(remote, gauge, err): the smallest question, several times.
 */
int gauge_round_trip(struct remote *remote, struct gauge *gauge,
		     struct error **err);

/**
 * gauge_reading(work, gauge, err): reads a few MiB each from places all over
 * the disks, as the copy would, until one of the limits above is reached.
 * After an error, and after ETIMEDOUT, the connection is of no more use, but
 * gauge holds what was measured.
 */
struct gauge_work {
	struct remote *remote;
	const struct gauge_disk *disk;
	size_t disks;
	const _Atomic bool *stop;
};
int gauge_reading(const struct gauge_work *work, struct gauge *gauge,
		  struct error **err);

/** gauge_hashing(work, gauge, err): likewise, but only hashes of what is read
 *  come: how fast the source reads its disks for itself. */
int gauge_hashing(const struct gauge_work *work, struct gauge *gauge,
		  struct error **err);

#endif
