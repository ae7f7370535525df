/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of work of a hash round: questions are held back while enough of
 * their answers wait to be worked off.  It moves no bytes itself.
 */
#include "copy/agenda.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "source/source.h"

#define CHUNKS_ENOUGH 2048U /* 128 MiB of disk */

struct agenda {
	pthread_mutex_t lock;
	struct extents window;
	struct agenda_chunk *chunk; /* [first, end) */
	size_t first;
	size_t end;
	size_t room;
};

int agenda_new(const struct extents *all, struct agenda **ret_agenda,
	       struct error **err)
{
	struct agenda *agenda = calloc(1, sizeof(*agenda));
	int r = 0;

	if (!agenda)
		return error_memory(err);
	(void)pthread_mutex_init(&agenda->lock, NULL);
	for (size_t i = 0; r == 0 && i < all->count; i++)
		r = extents_add(&agenda->window, all->range[i].offset,
				all->range[i].length, err);
	if (r < 0)
		agenda_free(agenda);
	else
		*ret_agenda = agenda;
	return r;
}

void agenda_free(struct agenda *agenda)
{
	if (!agenda)
		return;
	extents_done(&agenda->window);
	free(agenda->chunk);
	(void)pthread_mutex_destroy(&agenda->lock);
	free(agenda);
}

bool agenda_take_window(struct agenda *agenda, struct extent *ret_window)
{
	bool found = false;

	pthread_mutex_lock(&agenda->lock);
	if (agenda->window.count &&
	    agenda->end - agenda->first < CHUNKS_ENOUGH) {
		*ret_window = agenda->window.range[0];
		if (ret_window->length > SOURCE_HASH_MAX)
			ret_window->length = SOURCE_HASH_MAX;
		/* Cutting the front off needs no memory: it can't fail. */
		found = extents_subtract(&agenda->window, ret_window->offset,
					 ret_window->length, NULL) == 0;
	}
	pthread_mutex_unlock(&agenda->lock);
	return found;
}

int agenda_put_window(struct agenda *agenda, const struct extent *window,
		      struct error **err)
{
	int r;

	pthread_mutex_lock(&agenda->lock);
	r = extents_add(&agenda->window, window->offset, window->length, err);
	pthread_mutex_unlock(&agenda->lock);
	return r;
}

const struct extents *agenda_windows(const struct agenda *agenda)
{
	return &agenda->window;
}

/* Room for one more at the end. */
static int make_room(struct agenda *agenda, struct error **err)
{
	size_t count = agenda->end - agenda->first;
	struct agenda_chunk *more;

	if (agenda->end < agenda->room)
		return 0;
	if (agenda->first > agenda->room / 2) {
		memmove(agenda->chunk, agenda->chunk + agenda->first,
			count * sizeof(*agenda->chunk));
		agenda->first = 0;
		agenda->end = count;
		return 0;
	}
	more = realloc(agenda->chunk,
		       (2 * agenda->room + 1024) * sizeof(*more));
	if (!more)
		return error_memory(err);
	agenda->chunk = more;
	agenda->room = 2 * agenda->room + 1024;
	return 0;
}

int agenda_put_chunk(struct agenda *agenda, const struct agenda_chunk *chunk,
		     struct error **err)
{
	int r;

	pthread_mutex_lock(&agenda->lock);
	r = make_room(agenda, err);
	if (r == 0)
		agenda->chunk[agenda->end++] = *chunk;
	pthread_mutex_unlock(&agenda->lock);
	return r;
}

bool agenda_take_chunk(struct agenda *agenda, struct agenda_chunk *ret_chunk)
{
	bool found;

	pthread_mutex_lock(&agenda->lock);
	found = agenda->first < agenda->end;
	if (found)
		*ret_chunk = agenda->chunk[agenda->first++];
	pthread_mutex_unlock(&agenda->lock);
	return found;
}
