/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_DELTA_H
#define LANDER_SOURCE_TREE_DELTA_H

#include <stdbool.h>

struct order;
struct tree_content;

/** tree_delta_send(content, order): DATA of those pieces of the file that hash
 *  to something else than this DELTA says, and of what lies behind them where
 *  it asks for that, then END; false when the agent is gone. */
bool tree_delta_send(struct tree_content *content, const struct order *order);

#endif
