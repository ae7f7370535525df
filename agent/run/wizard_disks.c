/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen with the disks of both machines side by side.  Those that are in
 * use are not offered; what only files can do leads there.
 */
#include "run/wizard_disks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_option.h"
#include "run/wizard_screen.h"
#include "run/wizard_target.h"

#define LINE_ROOM 160
#define NAME_ROOM 16

static const char *holds(const struct wizard_answers *answers, size_t target)
{
	const struct content *content = &answers->content[target];

	if (content->kind == CONTENT_BLANK)
		return "empty";
	return content->text ? content->text : "holds data";
}

/* A name for a column; what does not fit is marked. */
static const char *column(const char *name, size_t width, char buf[NAME_ROOM])
{
	(void)snprintf(buf, NAME_ROOM, "%.*s", NAME_ROOM - 1, name);
	wizard_screen_fit(buf, width);
	return buf;
}

static void write_line(const struct wizard_answers *answers,
		       const struct wizard_source_disk *disk,
		       char line[LINE_ROOM])
{
	char name[NAME_ROOM];
	char other[NAME_ROOM];
	char from[24];
	char to[24];

	(void)column(disk->shown, 12, name);
	(void)parse_format_size(disk->size, from, sizeof(from));
	if (disk->target == WIZARD_NONE) {
		(void)snprintf(line, LINE_ROOM, "%-12s %9s  ->  not copied",
			       name, from);
		return;
	}
	(void)snprintf(
		line, LINE_ROOM, "%-12s %9s  ->  %-10s %9s%s %.80s", name, from,
		column(answers->targets.disk[disk->target].name, 10, other),
		parse_format_size(answers->targets.disk[disk->target].size, to,
				  sizeof(to)),
		wizard_target_has_room(answers, disk, disk->target) ? " " : "*",
		holds(answers, disk->target));
}

/* --- one disk's target --------------------------------------------------- */

static void write_target(const struct wizard_answers *answers, size_t target,
			 char line[LINE_ROOM])
{
	const struct blockdev *disk = &answers->targets.disk[target];
	char name[NAME_ROOM];
	char other[NAME_ROOM];
	char size[24];
	const char *mark = disk->serial	 ? disk->serial
			   : disk->model ? disk->model
					 : "";

	(void)snprintf(line, LINE_ROOM, "%-12s %9s  %-12s  %.80s",
		       column(disk->name, 12, name),
		       parse_format_size(disk->size, size, sizeof(size)),
		       column(mark, 12, other), holds(answers, target));
}

static int collect_targets(const struct wizard_answers *answers,
			   const struct wizard_source_disk *disk,
			   char (*lines)[LINE_ROOM], size_t *index)
{
	int count = 0;

	for (size_t t = 0;
	     t < answers->targets.count && count < (int)WIZARD_DISKS; t++) {
		if (!wizard_target_fits(answers, disk, t) ||
		    (wizard_target_is_taken(answers, t) && disk->target != t &&
		     !wizard_target_files(answers)))
			continue;
		write_target(answers, t, lines[count]);
		index[count++] = t;
	}
	(void)snprintf(lines[count], LINE_ROOM, "it is not copied");
	index[count++] = WIZARD_NONE;
	return count;
}

static void say_left_out(const struct wizard_answers *answers,
			 const struct wizard_source_disk *disk, char *buf,
			 size_t room)
{
	for (size_t t = 0; t < answers->targets.count; t++) {
		const struct blockdev *to = &answers->targets.disk[t];
		size_t used = strlen(buf);

		if (wizard_target_fits(answers, disk, t))
			continue;
		(void)snprintf(
			buf + used, room - used, "\n%s can't be: %s", to->name,
			to->busy	? to->busy
			: to->read_only ? "it is read-only"
					: "it is too small for a whole copy");
	}
}

static bool choose_target(struct wizard_answers *answers, size_t which)
{
	static const char *const buttons[] = {"Choose", "Back", NULL};
	struct wizard_source_disk *disk = &answers->disk[which];
	char lines[WIZARD_DISKS + 1][LINE_ROOM];
	size_t index[WIZARD_DISKS + 1];
	char *items[WIZARD_DISKS + 1];
	char text[1024];
	char size[24];
	struct wizard_box box = {.title = "The target of a disk",
				 .text = text,
				 .item = items,
				 .button = buttons};
	int answer;

	box.items = (size_t)collect_targets(answers, disk, lines, index);
	for (size_t i = 0; i < box.items; i++) {
		items[i] = lines[i];
		if (index[i] == disk->target)
			box.chosen = i;
	}
	(void)snprintf(text, sizeof(text),
		       "Source disk: %s, %s\n\nWhich disk of this machine "
		       "becomes its copy? What that one holds now will be "
		       "lost.",
		       disk->shown,
		       parse_format_size(disk->size, size, sizeof(size)));
	say_left_out(answers, disk, text, sizeof(text));
	answer = wizard_box_run(&box);
	if (answer == 0 || answer == WIZARD_BOX_ITEM)
		disk->target = index[box.chosen];
	return answer >= 0;
}

/* --- all of them --------------------------------------------------------- */

static bool any_chosen(const struct wizard_answers *answers)
{
	size_t target[WIZARD_DISKS];

	return wizard_answers_targets(answers, target) > 0;
}

/* A target without room for all of the disk that it is for. */
static bool any_small(const struct wizard_answers *answers)
{
	for (size_t i = 0; i < answers->disks; i++)
		if (answers->disk[i].target != WIZARD_NONE &&
		    !wizard_target_has_room(answers, &answers->disk[i],
					    answers->disk[i].target))
			return true;
	return false;
}

static void write_text(const struct wizard_answers *answers, char *buf,
		       size_t room)
{
	(void)snprintf(
		buf, room,
		"%s\n\nEach disk of the source, and the disk of this "
		"machine that becomes its copy. Enter on a line changes "
		"it.%s\n\n"
		"source                      this machine          holds "
		"now",
		answers->machine_is,
		any_small(answers) ? " A * is too small for a copy block by "
				     "block: a new layout is made there, and "
				     "the files go into it."
				   : "");
}

/* One screen; what was answered. */
static int show(struct wizard_answers *answers, size_t *chosen)
{
	static const char *const buttons[] = {"Next", "Change", "Back", NULL};
	char lines[WIZARD_DISKS][LINE_ROOM];
	char *items[WIZARD_DISKS];
	char text[1024];
	struct wizard_box box = {.title = "3 of 6: the disks",
				 .text = text,
				 .item = items,
				 .items = answers->disks,
				 .chosen = *chosen,
				 .button = buttons};
	int answer;

	write_text(answers, text, sizeof(text));
	for (size_t i = 0; i < answers->disks; i++) {
		write_line(answers, &answers->disk[i], lines[i]);
		items[i] = lines[i];
	}
	answer = wizard_box_run(&box);
	*chosen = box.chosen;
	return answer;
}

/* What only files can do is chosen with the disks. */
static enum wizard_turn go_on(struct wizard_answers *answers)
{
	if (wizard_answers_shared(answers) &&
	    wizard_option_is(answers, WIZARD_OPTION_AUTO))
		wizard_option_choose(answers, WIZARD_OPTION_FILE);
	return WIZARD_NEXT;
}

/* Nothing is chosen: perhaps because block by block nothing can be. */
static int lead_on(struct wizard_answers *answers)
{
	static const char *const buttons[] = {"Copy files", "Back", NULL};
	struct wizard_box box = {
		.title = "No disk is chosen",
		.text = "Choose a target for at least one disk of the "
			"source.\n\nA disk that is too small for a copy "
			"block by block may have room for the files, in a new "
			"layout of it.",
		.button = buttons};
	int answer;

	if (answers->kind != WIZARD_SSH || wizard_target_files(answers))
		return wizard_box_tell(box.title,
				       "Choose a target for at least one disk "
				       "of the source.",
				       "Back");
	answer = wizard_box_run(&box);
	if (answer)
		return answer;
	wizard_option_choose(answers, WIZARD_OPTION_AUTO);
	wizard_target_suggest(answers);
	return 0;
}

enum wizard_turn wizard_disks(struct wizard_answers *answers)
{
	struct error *error = NULL;
	size_t chosen = 0;

	if (!answers->asked && wizard_target_read(answers, &error) < 0) {
		int answer = wizard_box_tell("The disks of this machine",
					     error->msg, "Back");

		error_free(error);
		return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
	}
	if (!answers->asked) {
		wizard_answers_forget_layout(answers);
		wizard_target_suggest(answers);
	}
	answers->asked = true;
	for (;;) {
		int answer = show(answers, &chosen);

		if (answer < 0)
			return WIZARD_QUIT;
		if (answer == 2)
			return WIZARD_BACK;
		if (answer == 0 && any_chosen(answers))
			return go_on(answers);
		if (answer == 0)
			answer = lead_on(answers);
		else if (!choose_target(answers, chosen))
			return WIZARD_QUIT;
		if (answer < 0)
			return WIZARD_QUIT;
	}
}
