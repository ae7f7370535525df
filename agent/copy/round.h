/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_ROUND_H
#define LANDER_COPY_ROUND_H

#include <stdbool.h>

#include "source/source.h"

struct slot;
struct worker;

#define ROUND_WINDOWS 8U /* of which the hashes are asked for at once */

/** What one worker has asked about hashes in a hash round. */
struct round_window {
	struct hashing hashing;
	bool busy;
};

struct round {
	struct round_window window[ROUND_WINDOWS];
	unsigned int busy; /* windows */
};

/** round_begin(worker): once, before anything else. */
void round_begin(struct worker *worker);

/** round_ask(worker): ask for the hashes of as many windows as may be; errors
 *  go to the line, as everywhere here, or to the landing. */
void round_ask(struct worker *worker);

/** round_take(worker, slot): the next chunk that differs, into this free slot:
 *  its old bytes, or the new ones at once.  False when there is none now. */
bool round_take(struct worker *worker, struct slot *slot);

/** round_go_on(worker): ask for what differs from the old bytes that are here
 *  now. */
void round_go_on(struct worker *worker);

/** round_give_back(worker): the connection is lost: what was asked for is to
 *  be asked for again.  Old bytes that are here or come stay good. */
void round_give_back(struct worker *worker);

#endif
