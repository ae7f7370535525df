/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FACTS_H
#define LANDER_SOURCE_FACTS_H

#include <stddef.h>

/** facts_collect(ret_length): this machine, its network cards and its disks as
 *  one JSON object; PROTOCOL.md has its fields. */
const char *facts_collect(size_t *ret_length);

#endif
