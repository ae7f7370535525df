/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_DISKS_H
#define LANDER_RUN_WIZARD_DISKS_H

#include "run/wizard_flow.h"

struct wizard_answers;

/** wizard_disks(answers): which disk of the source goes to which of this
 *  machine; two never go to one, and none to one that is too small. */
enum wizard_turn wizard_disks(struct wizard_answers *answers);

#endif
