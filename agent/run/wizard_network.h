/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_NETWORK_H
#define LANDER_RUN_WIZARD_NETWORK_H

#include "run/wizard_flow.h"

struct wizard_answers;

/** wizard_network(answers): what the network of this machine is, and in the
 *  live system another one when a person wants that. */
enum wizard_turn wizard_network(struct wizard_answers *answers);

#endif
