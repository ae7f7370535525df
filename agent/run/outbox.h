/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_OUTBOX_H
#define LANDER_RUN_OUTBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct error;
struct outbox;

/** What goes first when there is no more room: the lower. */
enum outbox_weight {
	OUTBOX_PROGRESS, /* the next one says the same better */
	OUTBOX_NOTE,
	OUTBOX_END, /* the last word of a job */
};

/** What became of one text. */
enum outbox_fate {
	OUTBOX_TAKEN,
	OUTBOX_LATER,	/* another try may pass */
	OUTBOX_FOREIGN, /* … when somebody has mended the other side */
	OUTBOX_REFUSED, /* this one never will be taken */
};

/** outbox_deliver(owner, text, stop, err): one try; err for all but TAKEN. */
typedef enum outbox_fate outbox_deliver(void *owner, const char *text,
					const _Atomic bool *stop,
					struct error **err);

struct outbox_options {
	const char *name; /* for the log: "webhook" */
	size_t limit;	  /* texts that wait, at most */
	outbox_deliver *deliver;
	void *owner;
};

/** outbox_open(options, ret, err): a queue and the thread that empties it, in
 *  order.  Errors: ERROR_INTERNAL. */
int outbox_open(const struct outbox_options *options, struct outbox **ret,
		struct error **err);

/** outbox_put(outbox, weight, text): never waits for anybody; takes the text,
 *  from malloc(3); NULL does nothing. */
void outbox_put(struct outbox *outbox, enum outbox_weight weight, char *text);

/** outbox_lost(outbox): how many had to go for want of room since it was last
 *  told here; 0 while there is hardly room to say so. */
unsigned long outbox_lost(struct outbox *outbox);

/** outbox_hurry(outbox, on): what waits should go now; what others must mend
 *  first is given up.  outbox_wait(outbox, end): false when there is still
 *  something at that time, by io_seconds(); ended: true when it is empty. */
void outbox_hurry(struct outbox *outbox, bool on);
bool outbox_wait(struct outbox *outbox, double end);

/** outbox_answered(outbox): anything was taken so far. */
bool outbox_answered(struct outbox *outbox);

/** outbox_close(outbox): drops what waits.  False when the thread hangs in a
 *  library: then it and its owner's memory must stay. */
bool outbox_close(struct outbox *outbox);

#endif
