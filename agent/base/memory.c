/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much memory there is to work with.  The live system's files are in
 * memory, too, so what is free is the only honest number.
 */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t memory_available(void)
{
	FILE *in = fopen("/proc/meminfo", "re");
	uint64_t kib = 0;
	char line[128];

	while (in && fgets(line, sizeof(line), in))
		if (!strncmp(line, "MemAvailable:", 13))
			kib = strtoull(line + 13, NULL, 10);
	if (in)
		(void)fclose(in);
	return kib * 1024;
}
