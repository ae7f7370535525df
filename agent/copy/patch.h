/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_PATCH_H
#define LANDER_COPY_PATCH_H

#include <stdint.h>

struct request;
struct slot;

/** patch_learn(slot): read the old bytes of its request's chunk from the
 *  target; it is SLOT_LEARNED when they and their hashes are there. */
void patch_learn(struct slot *slot);

/** patch_learn_zero(slot): they are all zero, at once. */
void patch_learn_zero(struct slot *slot);

/** patch_put(slot): what differs was put over the old bytes: into the map, and
 *  only the changed blocks onto the target.  The slot is free when they are
 *  written; errors go to landing->error. */
void patch_put(struct slot *slot);

/** patch_changed(request): bytes of the blocks that it says are not equal. */
uint64_t patch_changed(const struct request *request);

#endif
