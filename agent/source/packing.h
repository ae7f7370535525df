/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_PACKING_H
#define LANDER_SOURCE_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum packing_wish { PACKING_AUTO, PACKING_ALWAYS, PACKING_NEVER };

enum packing_step { PACKING_PRESENT, PACKING_OTHER, PACKING_SETTLED };

/** Whether one reader's data comes packed, and what that gained. */
struct packing {
	enum packing_wish wish;
	bool on;		/* ask for it from now on */
	enum packing_step step; /* which way is measured now */
	double since;		/* of it, monotonic seconds; 0: not begun */
	uint64_t bytes;		/* of data, unpacked, in it */
	uint64_t stale;		/* parts that were asked for the other way */
	double rate[2];		/* bytes a second, plain and packed */
	double look_again;	/* when to measure again */
	double pause;		/* seconds until then, growing */
	uint64_t unpacked;	/* bytes, in all */
	uint64_t came;		/* what came for them, in all */
	void *context;		/* zstd's, NULL before the first */
};

void packing_begin(struct packing *packing, enum packing_wish wish);
void packing_done(struct packing *packing);

/** packing_log(packing, name): what it gained with this source, if anything. */
void packing_log(const struct packing *packing, const char *name);

/**
 * packing_note(packing, bytes, now, waiting): a part with so many bytes of data
 * is here; waiting: how many others are under way.  Decides packing->on by what
 * brought more data in a second, tries the other way now and then, and leaves
 * a link alone that is faster than any packing.
 */
void packing_note(struct packing *packing, uint64_t bytes, double now,
		  uint64_t waiting);

/** packing_open(packing, frame, err): one zstd frame of frame->want
 *  bytes exactly.  Errors: ERROR_SOURCE.  Source: RFC 8878. */
struct packing_frame {
	const void *data;
	size_t length;
	void *to;
	size_t want;
};
int packing_open(struct packing *packing, const struct packing_frame *frame,
		 struct error **err);

#endif
