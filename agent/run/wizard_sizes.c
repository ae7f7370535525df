/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sizes of a new layout, line by line, in the words that its plan has for
 * them.  Only what a person changed becomes a word of the job: the rest is
 * fitted around it once more, by the plan, which also says what can't be.
 */
#include "run/wizard_sizes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config_part.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_option.h"

#define PLACE_ROOM 24
#define LINES_MAX  ((size_t)2 * WIZARD_PARTS)

struct line {
	char planned[WIZARD_PART]; /* "/var size=1M fstype=ext4"; "": nothing */
	size_t own;		   /* index of what is wished; WIZARD_NONE */
};

struct lines {
	struct line line[LINES_MAX];
	size_t count;
	/* What was wished before: who goes back leaves it so. */
	char before[WIZARD_PARTS][WIZARD_PART];
	size_t befores;
};

static bool same_place(const char *one, const char *other)
{
	size_t length = strcspn(one, " \t");

	return strcspn(other, " \t") == length && !strncmp(one, other, length);
}

static void add_planned(struct lines *lines, const char *text, size_t length)
{
	struct line *line = &lines->line[lines->count];

	if (lines->count == LINES_MAX || length >= sizeof(line->planned))
		return;
	(void)snprintf(line->planned, sizeof(line->planned), "%.*s",
		       (int)length, text);
	line->own = WIZARD_NONE;
	lines->count++;
}

/* A plan has them as they would stand in a job. */
static void read_plan(struct lines *lines, const char *plan)
{
	while (*plan) {
		size_t length = strcspn(plan, "\n");
		size_t blanks = strspn(plan, " ");

		if (length > blanks && !strncmp(plan + blanks, "part ", 5))
			add_planned(lines, plan + blanks + 5,
				    length - blanks - 5);
		plan += length + (plan[length] == '\n');
	}
}

static void read_own(struct lines *lines, const struct wizard_answers *answers)
{
	for (size_t i = 0; i < answers->parts; i++) {
		size_t at = 0;

		while (at < lines->count &&
		       !same_place(lines->line[at].planned, answers->part[i]))
			at++;
		if (at == LINES_MAX)
			continue;
		if (at == lines->count)
			lines->line[lines->count++].planned[0] = '\0';
		lines->line[at].own = i;
	}
}

static const char *text_of(const struct wizard_answers *answers,
			   const struct line *line)
{
	return line->own == WIZARD_NONE ? line->planned
					: answers->part[line->own];
}

/* --- one line ------------------------------------------------------------ */

static void forget(struct wizard_answers *answers, size_t own)
{
	if (own == WIZARD_NONE)
		return;
	answers->parts--;
	memmove(answers->part[own], answers->part[own + 1],
		(answers->parts - own) * sizeof(answers->part[0]));
}

static int check(const struct wizard_answers *answers, size_t own,
		 const char *text, struct error **err)
{
	struct config_parts parts = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < answers->parts; i++)
		if (i != own)
			r = config_part_add(&parts, answers->part[i],
					    "another line", 0, err);
	if (r == 0)
		r = config_part_add(&parts, text, "this line", 0, err);
	config_part_done(&parts);
	if (r == 0 && own == WIZARD_NONE && answers->parts == WIZARD_PARTS)
		r = error_set(err, ERROR_CONFIG, 0, "too many lines");
	return r;
}

/* What was typed is what is wished, unless it is what is planned anyway. */
static int take(struct wizard_answers *answers, const struct line *line,
		const char *text, struct error **err)
{
	size_t own = line->own;
	int r;

	if (!*text || !strcmp(text, line->planned)) {
		forget(answers, own);
		return 0;
	}
	r = check(answers, own, text, err);
	if (r < 0)
		return r;
	if (own == WIZARD_NONE)
		own = answers->parts++;
	(void)snprintf(answers->part[own], sizeof(answers->part[own]), "%s",
		       text);
	return 0;
}

static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	if (!strncmp(text, "part ", 5))
		text += 5 + strspn(text + 5, " \t");
	length = strlen(text);
	while (length && strchr(" \t", text[length - 1]))
		text[--length] = '\0';
	return text;
}

/* Below 0: nobody looks any more. */
static int edit(struct wizard_answers *answers, const struct line *line)
{
	static const char *const buttons[] = {"Take it", "Back", NULL};
	char typed[WIZARD_PART];
	const struct wizard_field field = {"part", typed, sizeof(typed), NULL};
	struct wizard_box box = {
		.title = "A size",
		.text = "The place, and what it gets: size=800M, size=10G or "
			"size=1.5T; the word grow, if it gets what is left; "
			"fstype=ext4, xfs, ... if it is to be of another "
			"kind. size=0 leaves swap out.\n\nAn empty line: the "
			"plan decides.",
		.field = &field,
		.fields = 1,
		.button = buttons};

	(void)snprintf(typed, sizeof(typed), "%s", text_of(answers, line));
	for (;;) {
		struct error *error = NULL;
		int answer = wizard_box_run(&box);

		if (answer)
			return answer < 0 ? answer : 0;
		if (take(answers, line, trim(typed), &error) == 0)
			return 0;
		answer = wizard_box_tell("That is no size", error->msg, "Back");
		error_free(error);
		if (answer < 0)
			return answer;
	}
}

/* --- all of them --------------------------------------------------------- */

static char *write_line(const struct wizard_answers *answers,
			const struct line *line)
{
	const char *text = text_of(answers, line);
	int place = (int)strcspn(text, " \t");
	char *item = NULL;

	if (asprintf(&item, "%c %-*.*s %s",
		     line->own == WIZARD_NONE ? ' ' : '*', PLACE_ROOM, place,
		     text, text + place + strspn(text + place, " \t")) < 0)
		return NULL;
	return item;
}

/* The number of the button, or WIZARD_BOX_GONE; *chosen: the line. */
static int show(const struct wizard_answers *answers, const struct lines *lines,
		size_t *chosen)
{
	static const char *const buttons[] = {"Plan again", "Change", "Back",
					      NULL};
	char *item[LINES_MAX + 1] = {NULL};
	struct wizard_box box = {
		.title = "5 of 6: the sizes",
		.text = "Enter on a line changes it. Lines with a * are "
			"yours; the plan fits the others around them.",
		.item = item,
		.chosen = *chosen,
		.button = buttons};
	int answer = 2;
	bool all = true;

	for (size_t i = 0; i < lines->count; i++)
		all = (item[box.items++] =
			       write_line(answers, &lines->line[i])) &&
		      all;
	item[box.items] = strdup("+ a place of its own, like /var");
	all = item[box.items++] && all;
	if (all)
		answer = wizard_box_run(&box);
	*chosen = box.chosen;
	for (size_t i = 0; i < box.items; i++)
		free(item[i]);
	return answer;
}

static int change(struct wizard_answers *answers, const struct lines *lines,
		  size_t chosen)
{
	const struct line one_more = {.own = WIZARD_NONE};

	return edit(answers,
		    chosen < lines->count ? &lines->line[chosen] : &one_more);
}

enum wizard_turn wizard_sizes(struct wizard_answers *answers, const char *plan)
{
	struct lines *lines = calloc(1, sizeof(*lines));
	enum wizard_turn turn = WIZARD_BACK;
	size_t chosen = 0;

	if (lines) {
		memcpy(lines->before, answers->part, sizeof(lines->before));
		lines->befores = answers->parts;
	}
	while (lines) {
		int answer;

		lines->count = 0;
		read_plan(lines, plan);
		read_own(lines, answers);
		answer = show(answers, lines, &chosen);
		if (answer == 2) {
			memcpy(answers->part, lines->before,
			       sizeof(lines->before));
			answers->parts = lines->befores;
			break;
		}
		if (answer < 0 ||
		    (answer && change(answers, lines, chosen) < 0)) {
			turn = WIZARD_QUIT;
			break;
		}
		if (answer == 0) {
			/* With auto a job takes no such words. */
			if (answers->parts)
				wizard_option_choose(answers,
						     WIZARD_OPTION_FILE);
			turn = WIZARD_NEXT;
			break;
		}
	}
	free(lines);
	return turn;
}
