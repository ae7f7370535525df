/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BOOT_ATTEMPT_H
#define LANDER_BOOT_ATTEMPT_H

#include <stdint.h>

struct error;

/** What was last tried to start a finished disk, kept by the firmware, so that
 *  a machine which comes back to the live system does not try for ever. */
struct attempt {
	char job[37];
	uint8_t mark[16];   /* of the system before it: root.h */
	unsigned int count; /* tries since the mark changed */
};

/** attempt_directory: where Linux shows the firmware's variables. */
extern const char attempt_directory[];

/**
 * attempt_read(directory, job, mark, ret_count): how often this system was
 * tried without having run since; 0 when there is no such variable, or it is
 * about another job or an earlier run.
 */
void attempt_read(const char *directory, const char *job,
		  const uint8_t mark[16], unsigned int *ret_count);

/**
 * attempt_write(directory, attempt, err): keep it, and read it back.  One
 * small variable of our own, LanderHandover.  Errors: ERROR_TARGET: ENOSPC,
 * EROFS, what the firmware said.  Source: efivarfs.rst: four bytes of
 * attributes, then the value, in one write(2).
 */
int attempt_write(const char *directory, const struct attempt *attempt,
		  struct error **err);

#endif
