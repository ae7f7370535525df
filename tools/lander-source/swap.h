/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SWAP_H
#define LANDER_SOURCE_SWAP_H

#include <stdbool.h>
#include <stdint.h>

/** One place that is swapped to. */
struct swap {
	const char *path;
	bool file;     /* else a block device */
	uint64_t size; /* bytes */
	uint64_t used; /* bytes */
	int priority;  /* below zero: the kernel's choice */
};

/** swap_each(each, owner): all of them. */
void swap_each(void (*each)(void *owner, const struct swap *swap), void *owner);

#endif
