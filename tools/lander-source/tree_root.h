/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_ROOT_H
#define LANDER_SOURCE_TREE_ROOT_H

#include <stdbool.h>
#include <stdint.h>

struct order;

/** A file system that is read as a tree of files. */
struct tree_root {
	int fd; /* its directory; -1: there is none */
	bool btrfs;
	uint64_t device;
};

/** tree_root_allow(may): whether whoever asks may read all files. */
void tree_root_allow(bool may);

/** tree_root_answer(order): ROOT; false when the agent is gone. */
bool tree_root_answer(const struct order *order);

/** tree_root_find(number): the one that ROOT gave this number, or NULL. */
const struct tree_root *tree_root_find(uint32_t number);

#endif
