/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that are swapped to.  Whoever holds the machine still switches swap
 * off, so that one that was swapped to, or that fstab names, stays one: what
 * lies in it is nobody's all the same.  A file counts only when it has the
 * header of swap.
 * Sources: fstab(5), mkswap(8), swap.h of the kernel.
 */
#include "lander-source/tree_swap.h"

#include <sys/stat.h>

#include <stdbool.h>
#include <string.h>

#include "lander-source/file.h"
#include "lander-source/line.h"
#include "lander-source/swap.h"
#include "lander-source/system_tree.h"
#include "lander-source/text.h"
#include "source/wire_tree.h"

#define SWAPS_MAX 64U
#define SIGNATURE 10U /* bytes, the last ones of the first page */
#define PAGE_MIN  4096U

static struct {
	uint64_t device;
	uint64_t inode;
} swaps[SWAPS_MAX];
static unsigned int swaps_count;
static char table[65536];

static bool is_known(const struct stat *about)
{
	for (unsigned int i = 0; i < swaps_count; i++)
		if (swaps[i].device == about->st_dev &&
		    swaps[i].inode == about->st_ino)
			return true;
	return false;
}

static void add(const char *path)
{
	struct stat about = {0};

	if (swaps_count == SWAPS_MAX || system_stat(path, &about) < 0 ||
	    !S_ISREG(about.st_mode) || is_known(&about))
		return;
	swaps[swaps_count].device = about.st_dev;
	swaps[swaps_count++].inode = about.st_ino;
}

static void note_swap(void *owner, const struct swap *swap)
{
	(void)owner;
	if (swap->file)
		add(swap->path);
}

static void read_fstab(void)
{
	char *line = table;

	(void)file_read("/etc/fstab", table, sizeof(table));
	while (*line) {
		char *word[LINE_WORDS];
		size_t count;

		line = line_cut(line, word, &count);
		if (count < 3 || word[0][0] != '/' ||
		    !text_equal(word[2], "swap"))
			continue;
		line_decode(word[0]);
		add(word[0]);
	}
}

void tree_swap_learn(void)
{
	swap_each(note_swap, NULL);
	read_fstab();
}

uint64_t tree_swap_head(const struct stat *about, int fd)
{
	char found[SIGNATURE];

	if (!is_known(about))
		return 0;
	for (uint64_t page = PAGE_MIN; page <= WIRE_SWAP_BYTES; page *= 2)
		if (system_pread(fd, found, SIGNATURE, page - SIGNATURE) ==
			    (long)SIGNATURE &&
		    (!memcmp(found, "SWAPSPACE2", SIGNATURE) ||
		     !memcmp(found, "SWAP-SPACE", SIGNATURE)))
			return page;
	return 0;
}
