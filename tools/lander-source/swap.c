/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this machine swaps to.
 * Source: proc(5) on /proc/swaps.
 */
#include "lander-source/swap.h"

#include "lander-source/file.h"
#include "lander-source/line.h"
#include "lander-source/text.h"

static char table[65536];

static uint64_t kibibytes(const char *word)
{
	uint64_t value = 0;

	return text_number(word, &value) ? value << 10 : 0;
}

void swap_each(void (*each)(void *owner, const struct swap *swap), void *owner)
{
	char *line = table;

	(void)file_read("/proc/swaps", table, sizeof(table));
	while (*line) {
		char *word[LINE_WORDS];
		size_t count;
		uint64_t priority = 0;
		struct swap swap;

		line = line_cut(line, word, &count);
		if (count < 5 || word[0][0] != '/')
			continue;
		line_decode(word[0]);
		swap = (struct swap){.path = word[0],
				     .file = text_equal(word[1], "file"),
				     .size = kibibytes(word[2]),
				     .used = kibibytes(word[3])};
		if (word[4][0] == '-')
			swap.priority = -1;
		else if (text_number(word[4], &priority))
			swap.priority = (int)priority;
		each(owner, &swap);
	}
}
