/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen with the disks of both machines side by side.  It looks at this
 * machine's disks and writes to none; those that are in use are not offered.
 */
#include "run/wizard_disks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/load.h"
#include "disk/settle.h"
#include "plan/match.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_screen.h"

#define LINE_ROOM 160
#define NAME_ROOM 16

/* Outside the live system, those that lander.disks names. */
static int list_named(struct wizard_answers *answers, struct error **err)
{
	struct match_wishes wishes = {0};
	struct config config = {0};
	int r = load_config(answers->load, &config, err);

	if (r == 0)
		r = match_parse(config_text(&config, CONFIG_DISKS), &wishes,
				err);
	if (r == 0) {
		answers->targets.disk = calloc(wishes.count + 1,
					       sizeof(*answers->targets.disk));
		if (!answers->targets.disk)
			r = error_memory(err);
	}
	for (size_t i = 0; r == 0 && i < wishes.count; i++) {
		r = blockdev_probe(
			wishes.wish[i].target,
			&answers->targets.disk[answers->targets.count], err);
		if (r == 0)
			answers->targets.count++;
	}
	match_done(&wishes);
	config_done(&config);
	return r;
}

static int read_targets(struct wizard_answers *answers, struct error **err)
{
	int r;

	wizard_answers_forget_targets(answers);
	if (answers->machine) {
		settle();
		r = blockdev_list(&answers->targets, err);
	} else {
		r = list_named(answers, err);
	}
	if (r < 0)
		return r;
	answers->content =
		calloc(answers->targets.count + 1, sizeof(*answers->content));
	if (!answers->content)
		return error_memory(err);
	for (size_t i = 0; i < answers->targets.count; i++) {
		struct blockdev *disk = &answers->targets.disk[i];

		if (disk->busy ||
		    content_read(disk, &answers->content[i], NULL) == 0)
			continue;
		disk->busy = strdup("it can't be read");
		if (!disk->busy)
			return error_memory(err);
	}
	return 0;
}

static bool may_take(const struct wizard_answers *answers,
		     const struct wizard_source_disk *disk, size_t target)
{
	const struct blockdev *to = &answers->targets.disk[target];

	return !to->busy && !to->read_only && to->size >= disk->size;
}

static bool is_taken(const struct wizard_answers *answers, size_t target)
{
	for (size_t i = 0; i < answers->disks; i++)
		if (answers->disk[i].target == target)
			return true;
	return false;
}

/* The smallest empty one that is large enough; what is not empty is for a
 * person to choose. */
static void suggest(struct wizard_answers *answers)
{
	for (size_t i = 0; i < answers->disks; i++) {
		struct wizard_source_disk *disk = &answers->disk[i];
		size_t best = WIZARD_NONE;

		disk->target = WIZARD_NONE;
		for (size_t t = 0; t < answers->targets.count; t++)
			if (may_take(answers, disk, t) &&
			    !is_taken(answers, t) &&
			    !wizard_answers_is_full(answers, t) &&
			    (best == WIZARD_NONE ||
			     answers->targets.disk[t].size <
				     answers->targets.disk[best].size))
				best = t;
		disk->target = best;
	}
}

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
		line, LINE_ROOM, "%-12s %9s  ->  %-10s %9s  %.80s", name, from,
		column(answers->targets.disk[disk->target].name, 10, other),
		parse_format_size(answers->targets.disk[disk->target].size, to,
				  sizeof(to)),
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
		if (!may_take(answers, disk, t) ||
		    (is_taken(answers, t) && disk->target != t))
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

		if (may_take(answers, disk, t))
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
	for (size_t i = 0; i < answers->disks; i++)
		if (answers->disk[i].target != WIZARD_NONE)
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
		"it.\n\n"
		"source                      this machine          holds "
		"now",
		answers->machine_is);
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

enum wizard_turn wizard_disks(struct wizard_answers *answers)
{
	struct error *error = NULL;
	size_t chosen = 0;

	if (!answers->asked && read_targets(answers, &error) < 0) {
		int answer = wizard_box_tell("The disks of this machine",
					     error->msg, "Back");

		error_free(error);
		return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
	}
	if (!answers->asked)
		suggest(answers);
	answers->asked = true;
	for (;;) {
		int answer = show(answers, &chosen);

		if (answer < 0)
			return WIZARD_QUIT;
		if (answer == 2)
			return WIZARD_BACK;
		if (answer == 0 && any_chosen(answers))
			return WIZARD_NEXT;
		if (answer == 0)
			answer = wizard_box_tell("No disk is chosen",
						 "Choose a target for at least "
						 "one disk of the source.",
						 "Back");
		else if (!choose_target(answers, chosen))
			return WIZARD_QUIT;
		if (answer < 0)
			return WIZARD_QUIT;
	}
}
