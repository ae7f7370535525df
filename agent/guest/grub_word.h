/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_GRUB_WORD_H
#define LANDER_GUEST_GRUB_WORD_H

#include <stdbool.h>
#include <stddef.h>

enum grub_word_kind {
	GRUB_WORD_PLAIN,
	GRUB_WORD_VARIABLE, /* nothing but one variable: $name, ${name} */
	GRUB_WORD_MIXED,    /* a variable and other text */
};

struct grub_word {
	char *text; /* without quotes; variables as they stand there */
	enum grub_word_kind kind;
};

/** The words of one line of a GRUB script. */
struct grub_words {
	struct grub_word *word;
	size_t count;
};

/**
 * grub_words_read(line, length, ret): the words of one command, up to its end
 * or a comment.  Source: GRUB manual, "Writing full configuration files
 * directly", quoting.  Returns 0, -EINVAL for an open quote, a line that goes
 * on in the next one, or more words than a kernel takes; -ENOMEM.
 */
int grub_words_read(const char *line, size_t length,
		    struct grub_words *ret_words);
void grub_words_done(struct grub_words *words);

#endif
