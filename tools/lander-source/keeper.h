/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_KEEPER_H
#define LANDER_SOURCE_KEEPER_H

#include <stdbool.h>

struct hold;

/** What lander-source and its keeper say to each other, a byte each. */
enum keeper_word {
	KEEPER_RENEW = 'R',    /* the agent is there */
	KEEPER_THAW = 'T',     /* let go */
	KEEPER_POWEROFF = 'P', /* fence */
	KEEPER_NIC = 'N',      /* likewise */

	KEEPER_DONE = 'd',    /* hold->said: prepared, or held */
	KEEPER_FAILED = 'f',  /* hold->code, said, undone: all was undone */
	KEEPER_KEPT = 'k',    /* RENEW was heard while it holds */
	KEEPER_THAWED = 't',  /* hold->undone: nothing is held any more */
	KEEPER_FENCING = 'o', /* it fences in a second */
};

/** keeper_start(hold, only_look): a process of its own that holds what the
 *  plan says, or, when only_look is true, only says what it would do; where to
 * talk to it, or a negative errno. */
long keeper_start(struct hold *hold, bool only_look);

/** keeper_replace(hold): in the place of a keeper that was killed: undoes what
 *  that one and its worker did, and says so.  As keeper_start(). */
long keeper_replace(struct hold *hold);

#endif
