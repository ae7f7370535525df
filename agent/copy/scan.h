/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_SCAN_H
#define LANDER_COPY_SCAN_H

#include <stdint.h>

struct error;
struct pass;

enum scan_kind {
	SCAN_LEARN,   /* what is read goes into the map */
	SCAN_COMPARE, /* what is read must be what the map says */
};

/** scan_run(pass, kind, end, ret_digest, err): read [0, end) of the target,
 *  past the page cache, sector 0 from pass->sector0.  See pass_reread() and
 *  pass_verify(). */
int scan_run(struct pass *pass, enum scan_kind kind, uint64_t end,
	     uint8_t ret_digest[16], struct error **err);

#endif
