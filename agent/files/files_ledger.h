/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_LEDGER_H
#define LANDER_FILES_LEDGER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Which directory of the source was at which path in the last whole pass, and
 *  which files could not be read in it, though they are here. */
struct files_ledger {
	pthread_mutex_t lock;
	struct {
		uint64_t path[2]; /* XXH3-128 of it */
		uint64_t inode;	  /* 0: a free place */
		bool whole;
	} *slot;
	size_t slots;
	size_t count;
};

struct files_ledger *files_ledger_new(void);
void files_ledger_free(struct files_ledger *ledger);

/** What is known of a directory, or of a file that could not be read. */
enum files_known {
	FILES_STRANGE, /* it was not there, or another one was */
	FILES_PARTLY,  /* not all that was in it, or of it, could be copied */
	FILES_WHOLE,
};

/** files_ledger_put(ledger, path, inode, whole): any thread may.
 *  forgets: then that directory is compared in full. */
void files_ledger_put(struct files_ledger *ledger, const char *path,
		      uint64_t inode, bool whole);

/** files_ledger_find(ledger, path, inode): nobody may put meanwhile. */
enum files_known files_ledger_find(const struct files_ledger *ledger,
				   const char *path, uint64_t inode);

#endif
