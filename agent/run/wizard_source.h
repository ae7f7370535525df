/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_SOURCE_H
#define LANDER_RUN_WIZARD_SOURCE_H

#include "run/wizard_flow.h"

struct wizard_answers;

/** wizard_source(answers): which machine is copied.  It has been met, its host
 *  key accepted, and somebody let in, when this is WIZARD_NEXT; its disks are
 *  known. */
enum wizard_turn wizard_source(struct wizard_answers *answers);

#endif
