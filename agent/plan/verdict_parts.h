/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_VERDICT_PARTS_H
#define LANDER_PLAN_VERDICT_PARTS_H

struct survey;
struct survey_disk;
struct verdict;

/* The parts of verdict_judge(): each 0, or -ENOMEM. */

/** verdict_reach(survey, verdict): why the survey came no further. */
int verdict_reach(const struct survey *survey, struct verdict *verdict);

/** verdict_disk(survey, disk, verdict): one disk that would be copied. */
int verdict_disk(const struct survey *survey, const struct survey_disk *disk,
		 struct verdict *verdict);

/** verdict_machine(survey, verdict): the machine as such. */
int verdict_machine(const struct survey *survey, struct verdict *verdict);

#endif
