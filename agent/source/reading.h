/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_READING_H
#define LANDER_SOURCE_READING_H

#include <stdint.h>

#include "source/packing.h"
#include "source/remote.h"
#include "source/source.h"

#define READING_PARTS 256U /* pieces of WIRE_READ_MAX under way at most */

/** A piece of a request under way. */
struct reading_part {
	struct request *request; /* NULL: free */
	uint64_t tag;
	uint64_t next; /* filled up to here */
	uint64_t end;
	uint64_t data; /* bytes of it that came, not as zeroes */
	uint64_t came; /* … as they came */
};

/** A question about hashes under way. */
struct reading_hash {
	struct hashing *hashing; /* NULL: free */
	uint64_t tag;
};

/** The reads and the questions that one lander-source owes. */
struct reading {
	struct remote *remote;
	uint32_t disk; /* its number at the other end */
	struct reading_part part[READING_PARTS];
	unsigned int busy; /* parts */
	uint64_t count;	   /* of all parts so far: makes tags */
	struct reading_part *incoming;
	uint64_t piece_end; /* of the data that comes in */
	struct inquiry *inquiry;
	uint64_t inquiry_tag;
	struct reading_hash hash[SOURCE_HASHINGS];
	unsigned int hashings;
	struct packing packing;
};

/** reading_begin(reading, remote, disk, wish): its answers come here from now
 *  on; reading_done(reading) frees what it holds. */
void reading_begin(struct reading *reading, struct remote *remote,
		   uint32_t disk, enum packing_wish wish);
void reading_done(struct reading *reading);

/** reading_read/inquire/hash(reading, …): as source_reader_read(), inquire()
 * and hash(); the requests still have to be pushed. */
int reading_read(struct reading *reading, struct request *request,
		 struct error **err);
int reading_inquire(struct reading *reading, struct inquiry *inquiry,
		    struct error **err);
int reading_hash(struct reading *reading, struct hashing *hashing,
		 struct error **err);

#endif
