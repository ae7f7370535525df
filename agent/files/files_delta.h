/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_DELTA_H
#define LANDER_FILES_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/wire_tree.h"

struct error;
struct files_here;
struct files_put;
struct files_work;

/** A large file that is here in an older state is asked for range after range:
 *  what the pieces of ours hash to goes to the source, and pieces that hash to
 *  something else there come back. */
struct files_delta {
	uint64_t offset; /* of the range that is asked for */
	uint64_t end;	 /* behind its pieces */
	uint64_t seed;
	bool rest; /* what lies behind them is to come, too */
	bool begun;
	bool moved;    /* it was changed on the source since the first range */
	int64_t ctime; /* … which said this of its inode */
	uint32_t ctime_ns;
};

/** files_delta_fits(put, here): whether that is worth it for the entry, which
 *  is a regular file, and what is here. */
bool files_delta_fits(const struct files_put *put,
		      const struct files_here *here);

/** files_delta_begin(put, err): the entry is to be asked for so. */
int files_delta_begin(struct files_put *put, struct error **err);

/** files_delta_question(work, tree, payload, ret_length, err): the DELTA for
 * the range at offset; *ret_length 0: a path that no request holds.  Errors:
 *  ERROR_TARGET: what is here can't be read. */
int files_delta_question(struct files_work *work, uint32_t tree,
			 uint8_t payload[WIRE_DELTA_MAX], size_t *ret_length,
			 struct error **err);

/** files_delta_next(put, ret_more, err): a range has come.  *ret_more: it was
 *  not the last, and the next one is asked for; else the file is whole, but
 *  where it changed meanwhile, which is in the record's marks. */
int files_delta_next(struct files_put *put, bool *ret_more, struct error **err);

#endif
