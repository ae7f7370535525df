/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NEWLAYOUT_LINE_H
#define LANDER_GUEST_NEWLAYOUT_LINE_H

#include <stddef.h>

#include "guest/newlayout_find.h"

struct fstab_entry;

/** What a line of fstab is judged by. */
struct newlayout_lines {
	const struct newlayout *layout;
	const char *crypttab; /* of the new system, or NULL */
	const char *root;     /* … its tree, or NULL: not to be looked at */
	char **lost;	      /* places that nothing is mounted on any more */
	size_t count;
};

/** newlayout_line_look(lines, entry): what the line is about.  FOREIGN: none of
 *  a layout's business (network, memory, removable).  A bind mount or a swap
 *  file in a place that is lost is lost, too; so is a swap file that was not
 *  copied. */
struct newlayout_found newlayout_line_look(const struct newlayout_lines *lines,
					   const struct fstab_entry *entry);

/** newlayout_line_lose(lines, place): this place is lost; -ENOMEM or 0. */
int newlayout_line_lose(struct newlayout_lines *lines, const char *place);
void newlayout_line_done(struct newlayout_lines *lines);

/** newlayout_line_is_mapping(lines, spec): crypttab opens that. */
bool newlayout_line_is_mapping(const struct newlayout_lines *lines,
			       const char *spec);

/** newlayout_line_is_below(place, above): in it, or it. */
bool newlayout_line_is_below(const char *place, const char *above);

#endif
