/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_READS_H
#define LANDER_SOURCE_READS_H

#include <stdbool.h>
#include <stdint.h>

struct disk;

#define READS_MAX 48U /* under way at once */

/** A read of a disk: what and what for. */
struct read {
	const struct disk *disk;
	uint64_t tag;
	uint64_t offset;     /* bytes, whole blocks of the disk */
	uint32_t length;     /* likewise, at most WIRE_READ_MAX */
	unsigned int number; /* done()'s own */
	/** Its end: the bytes, which are gone after it, or a positive errno.
	 *  False when the agent is gone. */
	bool (*done)(const struct read *read, const uint8_t *data, int code);
};

/** reads_begin(): what follows needs it. */
void reads_begin(void);

/** reads_fd(): readable when something is finished, -1 when there is no
 *  waiting here. */
int reads_fd(void);

/** reads_start(read): fewer than READS_MAX must be under way; done() comes out
 *  of reads_finish(), or out of this where there is no waiting.  False when
 *  the agent is gone. */
bool reads_start(const struct read *read);

/** reads_finish(): done() for all that is; false when the agent is gone. */
bool reads_finish(void);

#endif
