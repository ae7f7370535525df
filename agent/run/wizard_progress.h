/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_PROGRESS_H
#define LANDER_RUN_WIZARD_PROGRESS_H

struct wizard_answers;
struct wizard_work;

/** wizard_progress(answers, work): runs the job, with a screen that shows how
 *  far it is and takes orders, until it has ended.  The job goes on when nobody
 *  looks any more. */
void wizard_progress(struct wizard_answers *answers, struct wizard_work *work);

#endif
