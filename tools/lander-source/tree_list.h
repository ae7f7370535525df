/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_LIST_H
#define LANDER_SOURCE_TREE_LIST_H

#include <stdbool.h>

struct order;

/** tree_list_answer(order): ROOT, LIST, FETCH or DELTA; false when the agent is
 *  gone. */
bool tree_list_answer(const struct order *order);

#endif
