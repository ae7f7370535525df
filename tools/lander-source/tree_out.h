/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_OUT_H
#define LANDER_SOURCE_TREE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order;

/** Records on their way to the agent, many in one frame. */

/** tree_out_begin(order): the answer to this LIST or FETCH. */
void tree_out_begin(const struct order *order);

/** tree_out_record(kind, length): where so many bytes of a record go, behind
 *  its head; at most 128 KiB.  NULL: the agent is gone. */
uint8_t *tree_out_record(uint8_t kind, size_t length);

/** tree_out_room(wanted): where data may be read to that then becomes a record
 *  by tree_out_data(), and at most how much: *wanted becomes less, never 0. */
uint8_t *tree_out_room(size_t *wanted);

/** tree_out_data(offset, length): what was read to there, of a file's offset.
 */
void tree_out_data(uint64_t offset, size_t length);

/** tree_out_problem(code, name, length): this could not be read. */
bool tree_out_problem(int code, const char *name, size_t length);

/** tree_out_alive(): what there is so far goes out, and be it nothing. */
void tree_out_alive(void);

/** tree_out_end(): the last frame; false when the agent is gone. */
bool tree_out_end(void);

#endif
