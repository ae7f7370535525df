/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_FILE_H
#define LANDER_SOURCE_TREE_FILE_H

#include <stdbool.h>
#include <stdint.h>

struct order;
struct tree_root;

/** How files are told. */
struct tree_way {
	const struct tree_root *root;
	int directory;	/* that they are in; it is the current one, too */
	uint32_t flags; /* WIRE_TREE_… */
	int64_t since;	/* WIRE_TREE_CHANGED: seconds and nanoseconds */
	uint32_t since_ns;
	bool quiet; /* what did not change is not even named */
	bool named; /* the agent has asked for these very names */
	const struct order *delta; /* … and has an older state of it, or NULL */
};

/** tree_file_tell(way, name, type): one file; type: of getdents64(2), or
 *  DT_UNKNOWN.  What is not there any more is not told.  False when the agent
 *  is gone. */
bool tree_file_tell(const struct tree_way *way, const char *name,
		    unsigned char type);

/** tree_file_left(name): one that is left out, and is not looked at. */
bool tree_file_left(const char *name);

/** tree_file_self(way): the directory itself. */
bool tree_file_self(const struct tree_way *way);

#endif
