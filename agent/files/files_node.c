/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Directories that are being worked on.  Each holds its parent; the paths of a
 * tree are never kept whole.
 */
#include "files/files_node.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "files/files_meta.h"

struct files_node *files_node_new(struct files_node *parent, const char *name)
{
	size_t length = strlen(name);
	struct files_node *node = calloc(1, sizeof(*node) + length + 1);

	if (!node)
		return NULL;
	memcpy(node->name, name, length + 1);
	node->fd = -1;
	node->parent = parent;
	node->holds = 1;
	node->path_length = length;
	if (parent) {
		files_node_hold(parent);
		if (parent->path_length)
			node->path_length += parent->path_length + 1;
	}
	return node;
}

void files_node_hold(struct files_node *node)
{
	(void)atomic_fetch_add(&node->holds, 1);
}

void files_node_drop(struct files_node *node,
		     void (*finish)(void *owner, struct files_node *node),
		     void *owner)
{
	while (node && atomic_fetch_sub(&node->holds, 1) == 1) {
		struct files_node *parent = node->parent;

		finish(owner, node);
		if (node->fd >= 0)
			(void)close(node->fd);
		if (node->meta)
			files_meta_done(node->meta);
		free(node->meta);
		free(node);
		node = parent;
	}
}

int files_node_told(struct files_node *node, const struct wire_entry *entry,
		    struct error **err)
{
	if (!node->meta)
		node->meta = calloc(1, sizeof(*node->meta));
	if (!node->meta)
		return error_memory(err);
	files_meta_begin(node->meta, entry);
	return 0;
}

size_t files_node_path(const struct files_node *node, const char *name,
		       char *buf, size_t room)
{
	size_t length = strlen(name);
	size_t whole = node->path_length + length +
		       (node->path_length && length ? 1 : 0);
	size_t at = whole;

	if (whole >= room) {
		if (room)
			buf[0] = '\0';
		return whole;
	}
	buf[at] = '\0';
	at -= length;
	memcpy(buf + at, name, length);
	for (; node->parent; node = node->parent) {
		if (at != whole)
			buf[--at] = '/';
		length = strlen(node->name);
		at -= length;
		memcpy(buf + at, node->name, length);
	}
	return whole;
}
