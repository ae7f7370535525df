/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_RECEIPT_H
#define LANDER_GUEST_RECEIPT_H

#include <stdbool.h>

struct error;

/**
 * receipt_write(root, receipt, log, err): /var/log/lander/receipt.json and,
 * where there is room, lander.log in a mounted system, fsynced.  The receipt
 * is JSON with the member "job".  Links on the way are the system's own and do
 * not lead out of it; what is there under these names is replaced, never
 * opened.  Errors: ERROR_CONVERT, EIO when the disk failed; any other code
 * means that the system has no place for it.
 */
int receipt_write(const char *root, const char *receipt, const char *log,
		  struct error **err);

/** receipt_names(root, job): the system's own receipt says that this job was
 *  done here. */
bool receipt_names(const char *root, const char *job);

#endif
