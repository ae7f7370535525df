/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_TARGET_H
#define LANDER_RUN_WIZARD_TARGET_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct wizard_answers;
struct wizard_source_disk;

/** wizard_target_read(answers, err): the disks of this machine, and what they
 *  hold; what can't be read is busy. */
int wizard_target_read(struct wizard_answers *answers, struct error **err);

/** wizard_target_files(answers): files may be copied, to disks of any size, and
 *  to one disk those of several. */
bool wizard_target_files(const struct wizard_answers *answers);

/** wizard_target_has_room(answers, disk, target): for all of it, block by
 * block. wizard_target_fits(answers, disk, target): it may be chosen. */
bool wizard_target_has_room(const struct wizard_answers *answers,
			    const struct wizard_source_disk *disk,
			    size_t target);
bool wizard_target_fits(const struct wizard_answers *answers,
			const struct wizard_source_disk *disk, size_t target);

/** wizard_target_is_taken(answers, target): it was chosen. */
bool wizard_target_is_taken(const struct wizard_answers *answers,
			    size_t target);

/** wizard_target_suggest(answers): an empty target for each disk, as far as
 * there are some. */
void wizard_target_suggest(struct wizard_answers *answers);

#endif
