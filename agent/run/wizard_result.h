/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_RESULT_H
#define LANDER_RUN_WIZARD_RESULT_H

struct migrate_end;
struct wizard_answers;

enum wizard_result {
	WIZARD_DONE,   /* or nobody looks any more */
	WIZARD_AGAIN,  /* the same job once more */
	WIZARD_CHANGE, /* back to the questions */
	WIZARD_LEAVE,  /* as it is */
};

/** wizard_result(answers, end): how the job ended, from the view; and what
 *  somebody wants after a failure. */
enum wizard_result wizard_result(const struct wizard_answers *answers,
				 const struct migrate_end *end);

#endif
