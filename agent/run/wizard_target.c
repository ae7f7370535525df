/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which disks of this machine may take a copy, and which one first comes to
 * mind.  It looks at them and writes to none.
 */
#include "run/wizard_target.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "config/load.h"
#include "disk/settle.h"
#include "plan/match.h"
#include "run/wizard_answers.h"
#include "run/wizard_option.h"

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

int wizard_target_read(struct wizard_answers *answers, struct error **err)
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

/* Files go to disks of any size, and of any number. */
bool wizard_target_files(const struct wizard_answers *answers)
{
	return answers->kind == WIZARD_SSH &&
	       !wizard_option_is(answers, WIZARD_OPTION_BLOCK);
}

static bool is_free(const struct wizard_answers *answers, size_t target)
{
	const struct blockdev *to = &answers->targets.disk[target];

	return !to->busy && !to->read_only;
}

bool wizard_target_has_room(const struct wizard_answers *answers,
			    const struct wizard_source_disk *disk,
			    size_t target)
{
	return answers->targets.disk[target].size >= disk->size;
}

bool wizard_target_fits(const struct wizard_answers *answers,
			const struct wizard_source_disk *disk, size_t target)
{
	return is_free(answers, target) &&
	       (wizard_target_has_room(answers, disk, target) ||
		wizard_target_files(answers));
}

bool wizard_target_is_taken(const struct wizard_answers *answers, size_t target)
{
	for (size_t i = 0; i < answers->disks; i++)
		if (answers->disk[i].target == target)
			return true;
	return false;
}

/* Of the empty ones: what is not is for a person to choose.  The smallest with
 * room for all of the disk; else, for files, the largest. */
static size_t find_best(const struct wizard_answers *answers,
			const struct wizard_source_disk *disk, bool whole)
{
	const struct blockdev *to = answers->targets.disk;
	size_t best = WIZARD_NONE;

	for (size_t t = 0; t < answers->targets.count; t++) {
		if (!is_free(answers, t) ||
		    wizard_target_is_taken(answers, t) ||
		    wizard_answers_is_full(answers, t) ||
		    wizard_target_has_room(answers, disk, t) != whole)
			continue;
		if (best == WIZARD_NONE ||
		    (to[t].size < to[best].size) == whole)
			best = t;
	}
	return best;
}

void wizard_target_suggest(struct wizard_answers *answers)
{
	for (size_t i = 0; i < answers->disks; i++)
		answers->disk[i].target = WIZARD_NONE;
	for (size_t i = 0; i < answers->disks; i++)
		answers->disk[i].target =
			find_best(answers, &answers->disk[i], true);
	for (size_t i = 0; i < answers->disks && wizard_target_files(answers);
	     i++)
		if (answers->disk[i].target == WIZARD_NONE)
			answers->disk[i].target =
				find_best(answers, &answers->disk[i], false);
}
