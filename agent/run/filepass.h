/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FILEPASS_H
#define LANDER_RUN_FILEPASS_H

#include <stdint.h>

struct error;
struct migrate;

/** mode=file in the place of what a copy of disks does at the same stage. */

/** filepass_full(m, err): the new layout is there, and all files have come. */
int filepass_full(struct migrate *m, struct error **err);

/** filepass_forecast(m): what the first pass has shown of the line. */
void filepass_forecast(struct migrate *m);

/** filepass_round(m, ret_bytes, err): one more pass over a source that
 *  runs, and what it says of the downtime; bytes that came.  The first one
 *  compares contents, as the last one will. */
int filepass_round(struct migrate *m, uint64_t *ret_bytes, struct error **err);

/** filepass_final(m, err): what changed until the source stood still. */
int filepass_final(struct migrate *m, struct error **err);

/** filepass_verify(m, err): both sides are equal, by a SHA-256 of every file;
 *  what is not comes once more.  Errors: ERROR_VERIFY: what differs was told.
 */
int filepass_verify(struct migrate *m, struct error **err);

/** filepass_finish(m, err): nothing more comes: no note of ours is left in the
 *  copy, and nothing of it is in use.  The stage devices stay. */
int filepass_finish(struct migrate *m, struct error **err);

/** filepass_close(m): all of it, whatever state it is in. */
void filepass_close(struct migrate *m);

#endif
