/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_AGENDA_H
#define LANDER_COPY_AGENDA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/extent.h"

struct error;

/** Windows of the disk whose hashes a round still has to ask for, and chunks
 *  of which it knows that they differ.  Thread-safe. */
struct agenda;

/** agenda_new(all, ret, err): every window of it. */
int agenda_new(const struct extents *all, struct agenda **ret_agenda,
	       struct error **err);
void agenda_free(struct agenda *agenda);

/** agenda_take_window(agenda, ret): at most SOURCE_HASH_MAX bytes to ask
 *  about; false when there are none, or enough chunks to go on with.
 *  agenda_put_window(agenda, window, err): taken and not answered. */
bool agenda_take_window(struct agenda *agenda, struct extent *ret_window);
int agenda_put_window(struct agenda *agenda, const struct extent *window,
		      struct error **err);

/** agenda_windows(agenda): when the threads have ended, what nobody has asked
 *  about. */
const struct extents *agenda_windows(const struct agenda *agenda);

/** A chunk that is to be brought over, and what the source says it is. */
struct agenda_chunk {
	uint64_t offset; /* bytes */
	uint32_t length;
	uint8_t hash[16];
};

/** agenda_put_chunk(agenda, chunk, err): it differs, or was taken and not
 *  brought over.  agenda_take_chunk(agenda, ret): the one that waits longest;
 *  false when there is none. */
int agenda_put_chunk(struct agenda *agenda, const struct agenda_chunk *chunk,
		     struct error **err);
bool agenda_take_chunk(struct agenda *agenda, struct agenda_chunk *ret_chunk);

#endif
