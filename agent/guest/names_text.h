/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_TEXT_H
#define LANDER_GUEST_NAMES_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "guest/devicename.h"

struct convert;
struct error;

/** What all parts of the renaming share. */
struct names {
	struct convert *convert;
	struct devicename_order order;
	bool initramfs; /* /boot holds one: what no entry tells */
	bool systemd;	/* it knows x-systemd.device-timeout */
};

/**
 * names_text_read(names, step, path, ret, err): a text file of the copied
 * system.  1, or 0 when there is none, or none that can be changed (too large,
 * a zero byte in it, no plain file): that is a failed step of this name.
 * Errors: what the disk or the memory did.
 */
int names_text_read(struct names *names, const char *step, const char *path,
		    char **ret_text, struct error **err);

/** names_text_write(names, step, path, text, err): 1 when it was written, 0
 *  when it is as it was.  Errors as above; a file that can't be replaced is a
 *  failed step. */
int names_text_write(struct names *names, const char *step, const char *path,
		     const char *text, struct error **err);

/** A text with some places replaced; all else stays byte for byte. */
struct names_edit {
	const char *old;
	char *fresh; /* what is done of the new one */
	size_t length;
	size_t done; /* of the old one */
	size_t changes;
	bool failed; /* no memory */
};

/** names_text_replace(edit, at, length, text): places must come in order. */
void names_text_replace(struct names_edit *edit, size_t at, size_t length,
			const char *text);

/** names_text_finish(edit): the whole new text, to free(); NULL: no memory. */
char *names_text_finish(struct names_edit *edit);

#endif
