/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_NODE_H
#define LANDER_FILES_NODE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "files/files_ledger.h"

struct error;
struct files_meta;
struct wire_entry;

/** A directory of a pass, from the moment it is known until all that is in it
 *  is done.  Its own metadata are set then. */
struct files_node {
	struct files_node *parent; /* holds it; NULL: the root */
	_Atomic unsigned int holds;
	int fd;	    /* -1: not opened yet */
	bool fresh; /* made in this pass: nothing is in it */
	/* Whether it is the one of the last whole pass, and so are
	 * all above it. */
	enum files_known known;
	bool settled; /* its own metadata are as in the last whole pass */
	_Atomic bool touched;	 /* something in it was made or removed */
	_Atomic bool failed;	 /* something in it could not be read */
	bool read_only;		 /* a subvolume to be made so */
	uint64_t inode;		 /* the source's */
	struct files_meta *meta; /* NULL: it has not come yet; many only wait */
	size_t path_length;	 /* of its path from the tree's root */
	char name[];
};

/** files_node_new(parent, name): held once; NULL: no memory. */
struct files_node *files_node_new(struct files_node *parent, const char *name);

/** files_node_hold(node): one more who needs it. */
void files_node_hold(struct files_node *node);

/** files_node_drop(node, finish, owner): one fewer.  Whoever is the last has
 *  finish(owner, node) called for it, and likewise for its parents. */
void files_node_drop(struct files_node *node,
		     void (*finish)(void *owner, struct files_node *node),
		     void *owner);

/** files_node_told(node, entry, err): what it is has come. */
int files_node_told(struct files_node *node, const struct wire_entry *entry,
		    struct error **err);

/** files_node_path(node, name, buf, room): the path of name in it, from the
 *  tree's root; name "": its own.  Its length; room or more: it does not fit.
 */
size_t files_node_path(const struct files_node *node, const char *name,
		       char *buf, size_t room);

#endif
