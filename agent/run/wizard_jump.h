/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_JUMP_H
#define LANDER_RUN_WIZARD_JUMP_H

#include "run/wizard_flow.h"

struct wizard_answers;

/** wizard_jump(answers): the machine between, answers->jump: is it the right
 *  one, and with which key it is entered. */
enum wizard_turn wizard_jump(struct wizard_answers *answers);

#endif
