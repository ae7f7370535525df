/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_CONTENT_H
#define LANDER_SOURCE_TREE_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

struct stat;

/** What is in a regular file. */
struct tree_content {
	int fd;
	const struct stat *about; /* as it was when it was opened */
	bool digest;		  /* not sent, but its SHA-256 */
	uint64_t head;		  /* of swap: so much of it counts; else 0 */
	uint64_t from;		  /* only what lies between these is sent; */
	uint64_t until;		  /* the whole of it is hashed */
	int code;		  /* it could not be read before, or 0 */
};

/** tree_content_send(content): its DATA, then END; false when the agent is
 *  gone. */
bool tree_content_send(const struct tree_content *content);

#endif
