/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directories of the last pass.  A file whose inode did not change since is
 * the same only if its directory is: another one may have been moved to this
 * path, with everything in it as old as before.
 */
#include "files/files_ledger.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct files_ledger *files_ledger_new(void)
{
	struct files_ledger *ledger = calloc(1, sizeof(*ledger));

	if (ledger)
		(void)pthread_mutex_init(&ledger->lock, NULL);
	return ledger;
}

void files_ledger_free(struct files_ledger *ledger)
{
	if (!ledger)
		return;
	(void)pthread_mutex_destroy(&ledger->lock);
	free(ledger->slot);
	free(ledger);
}

static size_t find(const struct files_ledger *ledger, const uint64_t path[2])
{
	size_t place = path[0] & (ledger->slots - 1);

	while (ledger->slot[place].inode &&
	       (ledger->slot[place].path[0] != path[0] ||
		ledger->slot[place].path[1] != path[1]))
		place = (place + 1) & (ledger->slots - 1);
	return place;
}

static bool grow(struct files_ledger *ledger)
{
	struct files_ledger larger = {.slots = ledger->slots ? ledger->slots * 2
							     : 1024};

	if (ledger->count * 4 < ledger->slots * 3)
		return true;
	larger.slot = calloc(larger.slots, sizeof(*larger.slot));
	if (!larger.slot)
		return false;
	for (size_t i = 0; i < ledger->slots; i++)
		if (ledger->slot[i].inode)
			larger.slot[find(&larger, ledger->slot[i].path)] =
				ledger->slot[i];
	free(ledger->slot);
	ledger->slot = larger.slot;
	ledger->slots = larger.slots;
	return true;
}

static void hash(const char *path, uint64_t ret[2])
{
	XXH128_hash_t sum = XXH3_128bits(path, strlen(path));

	ret[0] = sum.low64;
	ret[1] = sum.high64;
}

void files_ledger_put(struct files_ledger *ledger, const char *path,
		      uint64_t inode, bool whole)
{
	uint64_t key[2];

	hash(path, key);
	(void)pthread_mutex_lock(&ledger->lock);
	if (inode && grow(ledger)) {
		size_t place = find(ledger, key);

		ledger->count += !ledger->slot[place].inode;
		memcpy(ledger->slot[place].path, key, sizeof(key));
		ledger->slot[place].inode = inode;
		ledger->slot[place].whole = whole;
	}
	(void)pthread_mutex_unlock(&ledger->lock);
}

enum files_known files_ledger_find(const struct files_ledger *ledger,
				   const char *path, uint64_t inode)
{
	uint64_t key[2];
	size_t place;

	if (!ledger || !ledger->slots || !inode)
		return FILES_STRANGE;
	hash(path, key);
	place = find(ledger, key);
	if (ledger->slot[place].inode != inode)
		return FILES_STRANGE;
	return ledger->slot[place].whole ? FILES_WHOLE : FILES_PARTLY;
}
