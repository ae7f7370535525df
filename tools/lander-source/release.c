/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lets go what was held, in reverse order.  What is undone may not have been
 * done: undoing it once more harms nothing.
 * Sources: ioctl FITHAW of linux/fs.h, mount(2), swapon(2).
 */
#include "lander-source/release.h"

#include <errno.h>
#include <linux/fs.h>

#include "lander-source/force.h"
#include "lander-source/hold.h"
#include "lander-source/snapshot_end.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"
#include "lander-source/units.h"

#define SWAP_PREFER 0x8000 /* SWAP_FLAG_PREFER */
#define SWAP_MASK   0x7fff

static void tell(struct text *to, const char *before, const char *name,
		 const char *after)
{
	text_add(to, before);
	text_add(to, name);
	text_add(to, after);
}

static void tell_error(struct text *to, long code)
{
	text_add(to, ": error ");
	text_add_number(to, (uint64_t)-code);
	text_add(to, "\n");
}

static void release(struct hold_system *system, struct text *to)
{
	bool was_done = atomic_load(&system->state) == HOLD_DONE;
	long r = system->freeze ? system_ioctl(system->fd, FITHAW, NULL)
				: hold_set_read_only(system, false);

	/* What has not succeeded yet may do so while its process dies. */
	if (r >= 0 || was_done)
		atomic_store(&system->state, HOLD_IDLE);
	if (r < 0 && was_done) {
		hold_tell(to, "not writable again: ", system, "");
		tell_error(to, r);
	} else if (was_done) {
		hold_tell(to, "", system, " can be written to again\n");
	}
}

static void release_those(struct hold *hold, int least, struct text *to)
{
	for (size_t i = 0; i < hold->systems; i++)
		if (atomic_load(&hold->system[i].state) >= least)
			release(&hold->system[i], to);
}

void release_systems(struct hold *hold, struct text *to)
{
	/* Nothing is frozen then, and what the kernel does ends first. */
	if (hold->forced)
		return;
	release_those(hold, HOLD_DONE, to);
}

static void start_swap(struct hold_swap *swap, struct text *to)
{
	int flags = swap->priority < 0
			    ? 0
			    : SWAP_PREFER | (swap->priority & SWAP_MASK);
	long r = system_swap_on(swap->path, flags);

	if (r >= 0)
		tell(to, "swap on ", swap->path, " is on again\n");
	else if (r != -EBUSY) {
		tell(to, "not on again: swap on ", swap->path, "");
		tell_error(to, r);
	}
	atomic_store(&swap->state, HOLD_IDLE);
}

void release_all(struct hold *hold, bool units, struct text *to)
{
	if (hold->forced)
		force_wait(hold);
	if (hold->view)
		(void)snapshot_end_all(hold->view, to);
	release_those(hold, HOLD_DOING, to);
	if (hold->forced)
		force_look(hold, to);
	hold->forced = false;
	for (size_t i = hold->swaps; i-- > 0;)
		if (atomic_load(&hold->swap[i].state) != HOLD_IDLE)
			start_swap(&hold->swap[i], to);
	units_start(hold, units, to);
}
