/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One question on the screen, laid out for whatever size that has.  It is drawn
 * anew when the size changes, and ends when nobody looks any more.
 */
#include "run/wizard_box.h"

#include <newt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "run/wizard_screen.h"
#include "run/wizard_secret.h"

#define FIELDS	 8
#define BUTTONS	 5
#define LOOK_MS	 500
#define INNER	 72 /* columns of words */
#define ESC	 27
#define LIST_MIN 4
#define BIG	 4 /* rows of newt's large buttons */

/* A box on the screen. */
struct drawn {
	newtComponent form;
	newtComponent text;
	newtComponent entry[FIELDS];
	newtComponent list;
	newtComponent button[BUTTONS];
	int buttons;
	int width; /* inside */
	int words; /* rows of text */
	int list_rows;
	bool big;
	bool scrolls;
};

static int count_buttons(const struct wizard_box *box)
{
	int count = 0;

	while (count < BUTTONS && box->button[count])
		count++;
	return count;
}

/* How many rows each part gets. */
static void divide(const struct wizard_box *box, struct drawn *drawn, int words,
		   int rows)
{
	int frame = 4; /* root line, frame, help line */
	int gaps = (box->text ? 1 : 0) + (box->fields ? 1 : 0) +
		   (box->items ? 1 : 0);
	int fixed = frame + gaps + (int)box->fields;
	int list = (int)box->items;
	int room;

	drawn->words = words;
	drawn->list_rows = list;
	drawn->big = fixed + words + list + BIG <= rows;
	room = rows - fixed - (drawn->big ? BIG : 1);
	if (words + list <= room)
		return;
	if (list > LIST_MIN && words + LIST_MIN > room)
		drawn->list_rows = LIST_MIN;
	else if (list)
		drawn->list_rows = room - words < 1 ? 1 : room - words;
	if (drawn->list_rows > list)
		drawn->list_rows = list;
	if (words + drawn->list_rows > room) {
		/* The shadow must not lie on the help line. */
		drawn->words = room - drawn->list_rows - 1;
		drawn->scrolls = true;
	}
	if (drawn->words < 1)
		drawn->words = 1;
}

/* Rows of a table that are too wide lose the blanks between their columns
 * before they would become two rows. */
static void squeeze(char *text, size_t width)
{
	char *to = text;

	while (*text) {
		size_t length = strcspn(text, "\n");
		size_t lead = strspn(text, " ");
		char before = '\0';

		for (size_t i = 0; i < length; i++) {
			char now = text[i];

			if (length <= width || i < lead || now != ' ' ||
			    before != ' ')
				*to++ = now;
			before = now;
		}
		text += length;
		if (*text)
			*to++ = *text++;
	}
	*to = '\0';
}

static char *reflow(const struct wizard_box *box, int width, int *ret_rows)
{
	char *copy;
	char *text;
	int wide = 0;

	*ret_rows = 0;
	if (!box->text)
		return NULL;
	copy = strdup(box->text);
	if (!copy)
		return NULL;
	wizard_screen_plain(copy);
	squeeze(copy, (size_t)width);
	text = newtReflowText(copy, width, 0, 0, &wide, ret_rows);
	free(copy);
	return text;
}

static int label_width(const struct wizard_box *box)
{
	size_t longest = 0;

	for (size_t i = 0; i < box->fields; i++)
		if (strlen(box->field[i].label) > longest)
			longest = strlen(box->field[i].label);
	return (int)longest + 2;
}

static int add_fields(const struct wizard_box *box, struct drawn *drawn,
		      int top)
{
	int left = label_width(box);
	int width = drawn->width - left;

	for (size_t i = 0; i < box->fields && i < FIELDS; i++, top++) {
		const struct wizard_field *field = &box->field[i];

		newtFormAddComponent(drawn->form,
				     newtLabel(1, top, field->label));
		drawn->entry[i] =
			field->secret
				? wizard_secret_entry(left + 1, top, width,
						      field->secret)
				: newtEntry(left + 1, top, field->text, width,
					    NULL, NEWT_FLAG_SCROLL);
		newtFormAddComponent(drawn->form, drawn->entry[i]);
	}
	return top;
}

/* What is not all there must not look as if it were. */
static int add_list(const struct wizard_box *box, struct drawn *drawn, int top)
{
	bool more = drawn->list_rows < (int)box->items;

	drawn->list = newtListbox(1, top, drawn->list_rows,
				  NEWT_FLAG_RETURNEXIT |
					  (more ? NEWT_FLAG_SCROLL : 0));
	for (size_t i = 0; i < box->items; i++) {
		char line[2 * INNER];

		(void)snprintf(line, sizeof(line), "%s", box->item[i]);
		wizard_screen_fit(line,
				  (size_t)(drawn->width - (more ? 2 : 0)));
		(void)newtListboxAppendEntry(drawn->list, line,
					     (void *)(i + 1));
	}
	newtListboxSetWidth(drawn->list, drawn->width);
	newtListboxSetCurrent(drawn->list, (int)box->chosen);
	newtFormAddComponent(drawn->form, drawn->list);
	return top + drawn->list_rows;
}

static void add_buttons(const struct wizard_box *box, struct drawn *drawn,
			int top)
{
	int extra = drawn->big ? 5 : 3;
	int sum = 0;
	int left;

	drawn->buttons = count_buttons(box);
	for (int i = 0; i < drawn->buttons; i++)
		sum += (int)strlen(box->button[i]) + extra;
	left = (drawn->width + 2 - sum) / (drawn->buttons + 1);
	if (left < 1)
		left = 1;
	for (int i = 0, at = left; i < drawn->buttons; i++) {
		drawn->button[i] =
			drawn->big ? newtButton(at, top, box->button[i])
				   : newtCompactButton(at, top, box->button[i]);
		newtFormAddComponent(drawn->form, drawn->button[i]);
		at += (int)strlen(box->button[i]) + extra + left;
	}
}

static void set_focus(const struct wizard_box *box, struct drawn *drawn)
{
	if (box->fields)
		newtFormSetCurrent(drawn->form, drawn->entry[box->focus]);
	else if (box->items)
		newtFormSetCurrent(drawn->form, drawn->list);
	else
		newtFormSetCurrent(drawn->form, drawn->button[box->first]);
}

static void draw(const struct wizard_box *box, struct drawn *drawn)
{
	int columns;
	int rows;
	int words;
	int top = 0;
	char *text;

	*drawn = (struct drawn){0};
	newtGetScreenSize(&columns, &rows);
	drawn->width = columns - 8 < INNER ? columns - 8 : INNER;
	if (drawn->width < 20)
		drawn->width = 20;
	text = reflow(box, drawn->width - 2, &words);
	divide(box, drawn, words, rows);
	top = drawn->words + (text ? 1 : 0) + (int)box->fields +
	      (box->fields ? 1 : 0) + drawn->list_rows + (box->items ? 1 : 0);
	(void)newtCenteredWindow((unsigned int)drawn->width + 2,
				 (unsigned int)(top + (drawn->big ? BIG : 1)),
				 box->title);
	drawn->form = newtForm(NULL, NULL, NEWT_FLAG_NOF12);
	top = 0;
	if (text) {
		drawn->text = newtTextbox(
			1, 0, drawn->width - (drawn->scrolls ? 2 : 0),
			drawn->words, drawn->scrolls ? NEWT_FLAG_SCROLL : 0);
		newtTextboxSetText(drawn->text, text);
		newtFormAddComponent(drawn->form, drawn->text);
		top = drawn->words + 1;
	}
	free(text);
	if (box->fields)
		top = add_fields(box, drawn, top) + 1;
	if (box->items)
		top = add_list(box, drawn, top) + 1;
	add_buttons(box, drawn, top);
	set_focus(box, drawn);
	newtFormAddHotKey(drawn->form, ESC);
	newtFormAddHotKey(drawn->form, NEWT_KEY_RESIZE);
	newtFormSetTimer(drawn->form, LOOK_MS);
}

/* What was typed so far. */
static void collect(struct wizard_box *box, const struct drawn *drawn)
{
	newtComponent now = newtFormGetCurrent(drawn->form);

	for (size_t i = 0; i < box->fields && i < FIELDS; i++) {
		const struct wizard_field *field = &box->field[i];

		if (now == drawn->entry[i])
			box->focus = i;
		if (!field->secret)
			(void)snprintf(field->text, field->room, "%s",
				       newtEntryGetValue(drawn->entry[i]));
	}
	if (box->items)
		box->chosen = (size_t)newtListboxGetCurrent(drawn->list) - 1;
}

static void erase(struct drawn *drawn)
{
	newtFormDestroy(drawn->form);
	newtPopWindow();
}

static int answer_of(const struct drawn *drawn, newtComponent component)
{
	for (int i = 0; i < drawn->buttons; i++)
		if (component == drawn->button[i])
			return i;
	return component == drawn->list ? WIZARD_BOX_ITEM : 0;
}

int wizard_box_run(struct wizard_box *box)
{
	struct drawn drawn;
	int answer = WIZARD_BOX_GONE;
	bool done = false;
	double until = io_seconds() + box->seconds;

	draw(box, &drawn);
	while (!done && !wizard_screen_over()) {
		struct newtExitStruct end = {0};

		newtFormRun(drawn.form, &end);
		switch (end.reason) {
		case NEWT_EXIT_HOTKEY:
			collect(box, &drawn);
			if (end.u.key == ESC) {
				answer = drawn.buttons - 1;
				done = true;
				break;
			}
			erase(&drawn);
			wizard_screen_renew();
			draw(box, &drawn);
			break;
		case NEWT_EXIT_COMPONENT:
			collect(box, &drawn);
			answer = answer_of(&drawn, end.u.co);
			done = true;
			break;
		case NEWT_EXIT_ERROR:
			wizard_screen_lost();
			break;
		case NEWT_EXIT_FDREADY:
		case NEWT_EXIT_TIMER:
			done = box->seconds && io_seconds() > until;
			if (done)
				answer = (int)box->first;
			break;
		}
	}
	erase(&drawn);
	return answer;
}

int wizard_box_tell(const char *title, const char *text, const char *button)
{
	const char *const buttons[] = {button, NULL};
	struct wizard_box box = {
		.title = title, .text = text, .button = buttons};

	return wizard_box_run(&box);
}
