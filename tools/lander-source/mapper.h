/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_MAPPER_H
#define LANDER_SOURCE_MAPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One line of a device's table. */
struct mapper_target {
	uint64_t begin;	   /* bytes */
	uint64_t length;   /* bytes */
	const char *kind;  /* "linear" */
	const char *words; /* its parameters, or its state */
};

/** mapper_table/state(name, each, owner): the live table of the device of this
 *  name, line by line, or the state of each line.  0, or a negative errno:
 *  ENXIO, there is no such device. */
long mapper_table(const char *name,
		  void (*each)(void *owner, const struct mapper_target *target),
		  void *owner);
long mapper_state(const char *name,
		  void (*each)(void *owner, const struct mapper_target *target),
		  void *owner);

/** mapper_number(name, ret): "253:4"; false when there is no such device. */
bool mapper_number(const char *name, char ret[24]);

/** mapper_linear(words, ret_number, ret_offset): "8:3 2048": on which device a
 *  linear target lies, and where on it, bytes. */
bool mapper_linear(const char *words, char ret_number[24],
		   uint64_t *ret_offset);

#endif
