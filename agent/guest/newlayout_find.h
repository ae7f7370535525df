/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NEWLAYOUT_FIND_H
#define LANDER_GUEST_NEWLAYOUT_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "guest/devicename.h"

struct newlayout;
struct newlayout_old;

/** What became of a name that a file of the copied system has. */
enum newlayout_fate {
	NEWLAYOUT_FOREIGN, /* no device of the old machine is known by it */
	NEWLAYOUT_SAME,	   /* means the same here */
	NEWLAYOUT_MOVED,   /* has to be written anew */
	NEWLAYOUT_LOST,	   /* is nowhere any more */
};

struct newlayout_found {
	enum newlayout_fate fate;
	size_t node;			 /* SAME, MOVED */
	const struct newlayout_old *old; /* or NULL */
	const char *why;		 /* LOST, in words */
};

/** newlayout_find(layout, name, place): name as in fstab(5), crypttab(5) or on
 *  a kernel command line.  place: where it is mounted, or NULL; what the design
 *  has there counts more than the name. */
struct newlayout_found newlayout_find(const struct newlayout *layout,
				      const char *name, const char *place);

/** newlayout_find_place(layout, place): which mount of the design is there;
 *  NEWLAYOUT_GONE: none.  "/var/" is "/var". */
size_t newlayout_find_place(const struct newlayout *layout, const char *place);

/** newlayout_find_container(layout, node): the LUKS container in a node, also
 *  when the node is that; NEWLAYOUT_GONE: none. */
size_t newlayout_find_container(const struct newlayout *layout, size_t node);

/** newlayout_find_name(layout, node, form): the new name of what is in a node,
 *  to free(); NULL: it has none that is its own, or no memory. */
char *newlayout_find_name(const struct newlayout *layout, size_t node,
			  enum devicename_form form);

#endif
