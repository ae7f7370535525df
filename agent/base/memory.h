/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BASE_MEMORY_H
#define LANDER_BASE_MEMORY_H

#include <stdint.h>

/** memory_available(): what can be taken without anything being pushed out,
 *  bytes; 0 when it can't be read.  Source: MemAvailable of proc_meminfo(5). */
uint64_t memory_available(void);

#endif
