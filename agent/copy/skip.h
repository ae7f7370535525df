/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_SKIP_H
#define LANDER_COPY_SKIP_H

struct error;
struct extents;
struct pass;
struct queue;

/** skip_check(pass, err): that pass->skip is what pass.h says. */
int skip_check(const struct pass *pass, struct error **err);

/** skip_take_out(pass, set, err): what the pass leaves out leaves the set. */
int skip_take_out(const struct pass *pass, struct extents *set,
		  struct error **err);

/** skip_queue(pass, all, queue, err): what the pass leaves out of all, which
 *  the queue is to finish, is made zero there, or is finished where the map
 *  knows that it is zero. */
int skip_queue(const struct pass *pass, const struct extents *all,
	       struct queue *queue, struct error **err);

#endif
