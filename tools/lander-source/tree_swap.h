/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_SWAP_H
#define LANDER_SOURCE_TREE_SWAP_H

#include <stdint.h>

struct stat;

/** tree_swap_learn(): which files this machine swaps to now, and which its
 *  fstab names for that; what was learned before is kept. */
void tree_swap_learn(void);

/** tree_swap_head(about, fd): how many bytes of this file are anybody's when it
 *  is one of those: the page with its header.  0: it is none, or holds no swap.
 *  Source: mkswap(8). */
uint64_t tree_swap_head(const struct stat *about, int fd);

#endif
