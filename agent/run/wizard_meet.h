/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_MEET_H
#define LANDER_RUN_WIZARD_MEET_H

struct error;
struct wizard_answers;

/** wizard_meet_hostkey(answers, err): asks the source for its host key, through
 *  the jump host when there is one, and
 *  nothing else: answers->shown.  Errors: it can't be reached, is no SSH
 *  server; ERROR_ABORTED. */
int wizard_meet_hostkey(struct wizard_answers *answers, struct error **err);

/** wizard_meet_jump(answers, err): the same of the jump host:
 *  answers->jump_shown. */
int wizard_meet_jump(struct wizard_answers *answers, struct error **err);

/** wizard_meet_disks(answers, err): logs in, and asks what disks there are.
 *  Errors: those of a job at this point, EACCES when it does not let us in;
 *  ERROR_ABORTED. */
int wizard_meet_disks(struct wizard_answers *answers, struct error **err);

#endif
