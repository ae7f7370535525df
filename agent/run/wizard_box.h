/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_BOX_H
#define LANDER_RUN_WIZARD_BOX_H

#include <stddef.h>

struct locked;

/** Something that is typed. */
struct wizard_field {
	const char *label;
	char *text; /* what it is at first, and in the end; room bytes */
	size_t room;
	struct locked *secret; /* in the place of text: shown as stars, and in
				* no memory but this; begun by the caller */
};

/** One question to a person: words, fields, a list, buttons, from the top down;
 *  each but the buttons may be left out. */
struct wizard_box {
	const char *title;
	const char *text; /* scrolls when it is too long */
	const struct wizard_field *field;
	size_t fields;
	size_t focus; /* the field where one types first */
	char *const *item;
	size_t items;
	size_t chosen;		   /* of the list, at first and in the end */
	const char *const *button; /* NULL-terminated; Esc is the last */
	size_t first;		   /* the button that Enter means at first */
	unsigned int seconds; /* then it answers itself with that; 0: never */
};

#define WIZARD_BOX_GONE (-1) /* wizard_screen_over() */
#define WIZARD_BOX_ITEM 100  /* Enter on the list */

/** wizard_box_run(box): until it is answered: the number of the button. */
int wizard_box_run(struct wizard_box *box);

/** wizard_box_tell(title, text, button): words with one button.  As above. */
int wizard_box_tell(const char *title, const char *text, const char *button);

#endif
