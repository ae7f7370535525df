/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_WORD_H
#define LANDER_RUN_WIZARD_WORD_H

#include "run/wizard_flow.h"

struct wizard_answers;

/** wizard_word(answers): WIZARD_NEXT only when it was typed. */
enum wizard_turn wizard_word(struct wizard_answers *answers);

#endif
