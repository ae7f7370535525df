/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_TEXT_H
#define LANDER_GUEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct convert;
struct error;

/**
 * text_read(convert, step, path, ret, err): a text file of the copied system.
 * 1, or 0 when there is none, or none that can be changed (above 4 MiB, a zero
 * byte in it, no plain file): that is a failed step of this name; NULL where
 * it is told elsewhere.
 * Errors (ERROR_CONVERT): what the disk or the memory did.
 */
int text_read(struct convert *convert, const char *step, const char *path,
	      char **ret_text, struct error **err);

/** text_write(convert, step, path, text, err): 1 when it was written, 0 when
 *  it is as it was, or can't be replaced: then a failed step.  The original is
 *  kept: beside it, or where a tool reads every file of the directory, one
 *  directory up.  Errors as above. */
int text_write(struct convert *convert, const char *step, const char *path,
	       const char *text, struct error **err);

/** text_forgive(convert, step, r, why, err): r itself when it is no failure or
 *  the machine's; 0 and a failed step when the guest's own files are at fault
 *  (a link in a circle, a directory where a file should be).  Takes *why. */
int text_forgive(struct convert *convert, const char *step, int r,
		 struct error **why, struct error **err);

/** A text with some places replaced; all else stays byte for byte. */
struct text_edit {
	const char *old;
	char *fresh; /* what is done of the new one */
	size_t length;
	size_t done; /* of the old one */
	size_t changes;
	bool failed; /* no memory */
};

/** text_replace(edit, at, length, text): places must come in order. */
void text_replace(struct text_edit *edit, size_t at, size_t length,
		  const char *text);

/** text_finish(edit): the whole new text, to free(); NULL: no memory. */
char *text_finish(struct text_edit *edit);

#endif
