/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files with several names, by their inode on the source and by the one here.
 */
#include "files/files_links.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* One table: the inode there at its place, the inode here beside it with the
 * highest bit set, as an entry of its own that borrows the path. */
#define HERE ((uint64_t)1 << 63)

void files_links_begin(struct files_links *links)
{
	memset(links, 0, sizeof(*links));
	(void)pthread_mutex_init(&links->lock, NULL);
}

void files_links_done(struct files_links *links)
{
	for (size_t i = 0; i < links->slots; i++)
		if (!(links->slot[i].inode & HERE))
			free(links->slot[i].path);
	free(links->slot);
	(void)pthread_mutex_destroy(&links->lock);
}

static size_t place_of(const struct files_links *links, uint64_t key)
{
	return (key * 0x9e3779b97f4a7c15ULL >> 20) & (links->slots - 1);
}

/* Where it is, or would be: there are slots. */
static struct files_link *slot_of(struct files_links *links, uint64_t key)
{
	size_t place = place_of(links, key);

	while (links->slot[place].inode && links->slot[place].inode != key)
		place = (place + 1) & (links->slots - 1);
	return &links->slot[place];
}

static struct files_link *find(struct files_links *links, uint64_t key)
{
	return links->slots ? slot_of(links, key) : NULL;
}

struct files_link *files_links_find(struct files_links *links, uint64_t inode)
{
	struct files_link *found = find(links, inode & ~HERE);

	return found && found->inode ? found : NULL;
}

struct files_link *files_links_here(struct files_links *links, uint64_t here)
{
	struct files_link *found = find(links, here | HERE);

	return found && found->inode ? found : NULL;
}

static int grow(struct files_links *links, struct error **err)
{
	struct files_links larger = {.slots = links->slots ? links->slots * 2
							   : 1024};

	if ((links->count + 2) * 4 < links->slots * 3)
		return 0;
	larger.slot = calloc(larger.slots, sizeof(*larger.slot));
	if (!larger.slot)
		return error_memory(err);
	for (size_t i = 0; i < links->slots; i++)
		if (links->slot[i].inode)
			*slot_of(&larger, links->slot[i].inode) =
				links->slot[i];
	free(links->slot);
	links->slot = larger.slot;
	links->slots = larger.slots;
	return 0;
}

int files_links_add(struct files_links *links, const struct files_link *link,
		    struct error **err)
{
	struct files_link one = *link;
	int r = grow(links, err);

	if (r < 0)
		return r;
	one.inode &= ~HERE;
	one.path = strdup(link->path);
	if (!one.path)
		return error_memory(err);
	*slot_of(links, one.inode) = one;
	one.inode = one.here | HERE;
	*slot_of(links, one.inode) = one;
	links->count += 2;
	return 0;
}
