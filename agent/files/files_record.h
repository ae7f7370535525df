/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_RECORD_H
#define LANDER_FILES_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "source/wire.h"
#include "source/wire_tree.h"

struct error;

/** One record of a LIST or FETCH, within its bounds.  Only what belongs to its
 *  kind is set. */
struct files_record {
	enum wire_record_kind kind;
	struct wire_entry entry; /* ENTRY; of SHORT mode, marks, inode */
	/** Of ENTRY, SHORT and PROBLEM: one part of a path, or "" for the
	 *  directory itself; of XATTR its name. */
	char name[WIRE_NAME_MAX + 1];
	char target[WIRE_LINK_MAX + 1]; /* what a symbolic link holds */
	const uint8_t *bytes;		/* of XATTR and DATA */
	size_t length;
	uint64_t offset;       /* DATA: in the file; END: the file's size */
	uint32_t code;	       /* END, PROBLEM: errno of the source, or 0 */
	uint32_t marks;	       /* END: WIRE_END_… */
	const uint8_t *digest; /* END: WIRE_DIGEST_BYTES, or NULL */
};

/** What is left of a frame. */
struct files_frame {
	const uint8_t *at;
	size_t left;
};

/**
 * files_record_take(frame, ret, err): the next record.  1: taken; 0: there is
 * none.  Errors: ERROR_SOURCE: no record of PROTOCOL.md is like this.
 */
int files_record_take(struct files_frame *frame, struct files_record *ret,
		      struct error **err);

#endif
