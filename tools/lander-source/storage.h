/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_STORAGE_H
#define LANDER_SOURCE_STORAGE_H

#include <stddef.h>

/** storage_collect(ret_length): the disks that were opened (none: all), what
 *  stands on them, how they begin, what is mounted and swapped to, as one JSON
 *  object; PROTOCOL.md has its fields. */
const char *storage_collect(size_t *ret_length);

#endif
