/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What has to be done so that the disks are still, and whether it can be: what
 * can't be held is in the way, and named.  It changes nothing.
 * Sources: proc(5) on meminfo, the kernel's admin guide on md.
 */
#include "lander-source/plan.h"

#include <errno.h>

#include "lander-source/collect.h"
#include "lander-source/device.h"
#include "lander-source/file.h"
#include "lander-source/hold.h"
#include "lander-source/holder.h"
#include "lander-source/line.h"
#include "lander-source/mount.h"
#include "lander-source/snapshot.h"
#include "lander-source/swap.h"
#include "lander-source/system.h"
#include "lander-source/text.h"
#include "lander-source/units.h"

#define MEMORY_SPARE ((uint64_t)64 << 20) /* for the machine itself */

static struct devices devices;

struct plan {
	struct hold *hold;
	struct text *why;
};

/* Where the next one is named. */
static struct text *in_the_way(struct plan *plan)
{
	if (plan->why->length)
		text_add(plan->why, "; ");
	return plan->why;
}

static void note_swap(void *owner, const struct swap *place)
{
	struct plan *plan = owner;
	struct hold *hold = plan->hold;
	struct device *device = device_find_node(&devices, place->path);
	struct hold_swap *swap = &hold->swap[hold->swaps];
	struct text path;
	char number[24];

	if (device)
		device->used = true;
	else if (!place->file || !mount_find(place->path, number) ||
		 !collect_find(hold, number))
		return;
	/* Beside snapshots it stays on. */
	if (hold->kind == WIRE_QUIESCE_SNAPSHOT)
		return;
	if (hold->swaps == HOLD_SWAPS) {
		text_add(in_the_way(plan), "more swap than can be held");
		return;
	}
	hold->swaps++;
	text_begin(&path, swap->path, sizeof(swap->path));
	text_add(&path, place->path);
	swap->used = place->used;
	swap->priority = place->priority;
}

struct elsewhere {
	const struct hold *hold;
	uint64_t free;
};

static void note_elsewhere(void *owner, const struct swap *place)
{
	struct elsewhere *elsewhere = owner;

	for (size_t i = 0; i < elsewhere->hold->swaps; i++)
		if (text_equal(elsewhere->hold->swap[i].path, place->path))
			return;
	elsewhere->free += place->size - place->used;
}

static uint64_t memory_of(const char *info, const char *key)
{
	const char *at = line_value(info, key);
	uint64_t value = 0;

	return at && text_number(at, &value) ? value << 10 : 0;
}

static void tell_mib(struct text *to, uint64_t bytes)
{
	text_add_number(to, bytes >> 20);
	text_add(to, " MiB");
}

static void check_memory(struct plan *plan)
{
	static char info[8192];
	struct elsewhere elsewhere = {.hold = plan->hold};
	uint64_t used = 0;
	uint64_t free;
	struct text *why;

	for (size_t i = 0; i < plan->hold->swaps; i++)
		used += plan->hold->swap[i].used;
	if (!used)
		return;
	swap_each(note_elsewhere, &elsewhere);
	(void)file_read("/proc/meminfo", info, sizeof(info));
	free = memory_of(info, "MemAvailable:");
	/* Before 3.14. */
	if (!free)
		free = memory_of(info, "MemFree:") +
		       memory_of(info, "Cached:") / 2;
	free += elsewhere.free;
	if (used + MEMORY_SPARE <= free)
		return;
	why = in_the_way(plan);
	text_add(why, "there are ");
	tell_mib(why, used);
	text_add(why, " in the swap of these disks, and memory for ");
	tell_mib(why, free);
	text_add(why, ": it can't be switched off");
}

/* --- what is in the way ------------------------------------------------ */

/* Other machines write to it, too. */
static bool is_cluster(const char *type)
{
	return text_equal(type, "gfs2") || text_equal(type, "ocfs2");
}

static void check_system(struct plan *plan, const struct hold_system *system)
{
	bool frozen = system->freeze;
	const char *words = NULL;

	if (is_cluster(system->type))
		words = " is written to by other machines, too";
	else if (plan->hold->kind == WIRE_QUIESCE_SNAPSHOT)
		return;
	else if (system->rank == COLLECT_NOT)
		words = " is mounted, and every mount of it is hidden by "
			"another one";
	else if (!frozen && plan->hold->kind == WIRE_QUIESCE_FREEZE)
		words = " can't be frozen";
	else if (!frozen && system->rank == COLLECT_FOREIGN)
		words = " can't become read-only from outside of that";
	else if (!frozen && system->rank == COLLECT_READ_ONLY)
		words = " is mounted read-only here, and writable all the same";
	if (words)
		hold_tell(in_the_way(plan), "", system, words);
}

static void check_device(struct plan *plan, const struct device *device)
{
	char action[32];

	if (device_is_unseen(&devices, device)) {
		text_add(in_the_way(plan), device->label);
		text_add(plan->why, " is held by something that can't be seen "
				    "from here (a virtual machine, ZFS, a "
				    "cluster)");
	}
	if (plan->hold->kind == WIRE_QUIESCE_SNAPSHOT ||
	    !text_begins(device->name, "md") ||
	    !*file_read_line(action, sizeof(action), "/sys/block/",
			     device->name, "/md/sync_action", NULL))
		return;
	plan->hold->array = true;
	if (text_equal(action, "idle") || text_equal(action, "frozen"))
		return;
	text_add(in_the_way(plan), device->label);
	text_add(plan->why, " is being written to by MD itself: ");
	text_add(plan->why, action);
}

/* Where sysrq-u could not be undone everywhere it is not used. */
static void look_at_bystanders(struct hold *hold)
{
	size_t ours = hold->systems;

	hold->forceable = collect_bystanders(hold, &devices);
	for (size_t i = ours; i < hold->systems; i++)
		hold->forceable =
			hold->forceable && hold->system[i].rank == COLLECT_WELL;
}

int plan_make(struct hold *hold, struct text *why)
{
	struct plan plan = {.hold = hold, .why = why};

	devices.count = 0;
	devices.full = false;
	for (size_t i = 0; i < hold->disks; i++)
		if (!device_find(&devices, hold->disk[i].number))
			device_extend(hold->disk[i].number, &devices);
	if (!collect_systems(hold, &devices))
		text_add(in_the_way(&plan), "more file systems than can be "
					    "held");
	swap_each(note_swap, &plan);
	check_memory(&plan);
	for (size_t i = 0; i < hold->systems; i++)
		check_system(&plan, &hold->system[i]);
	for (size_t i = 0; i < devices.count; i++)
		check_device(&plan, &devices.device[i]);
	if (devices.full)
		text_add(in_the_way(&plan), "more devices than can be looked "
					    "at");
	if (hold->kind == WIRE_QUIESCE_READONLY)
		look_at_bystanders(hold);
	return why->length ? EBUSY : 0;
}

int plan_snapshots(struct hold *hold, struct text *done, struct text *why)
{
	return snapshot_plan(hold, &devices, done, why);
}

struct devices *plan_devices(void)
{
	return &devices;
}

void plan_forget(struct hold *hold)
{
	for (size_t i = 0; i < hold->systems; i++)
		if (hold->system[i].fd >= 0)
			(void)system_close(hold->system[i].fd);
}

/* --- in words ---------------------------------------------------------- */

static void tell_systems(const struct hold *hold, struct text *to)
{
	bool any = false;

	for (size_t i = 0; i < hold->systems; i++) {
		const struct hold_system *system = &hold->system[i];

		if (system->bystander)
			continue;
		any = true;
		hold_tell(to, "", system,
			  system->freeze
				  ? " is frozen: who writes to it waits, "
				    "reading goes on\n"
				  : " becomes read-only: writing to it "
				    "fails\n");
	}
	if (!any)
		text_add(to, "no file system on these disks is mounted for "
			     "writing\n");
	if (!any || hold->kind != WIRE_QUIESCE_READONLY)
		return;
	text_add(to, hold->forceable
			     ? "where files are open for writing, all file "
			       "systems of this machine are forced to be "
			       "read-only (sysrq-u): programs that write get "
			       "errors and may lose what they wrote\n"
			     : "while files are open for writing it fails: not "
			       "all file systems of this machine could be made "
			       "writable again after sysrq-u\n");
}

void plan_tell_raw(struct text *to)
{
	holder_tell_raw(&devices, to);
}

static void tell_raw(struct text *to)
{
	char words[1024];
	struct text text;

	text_begin(&text, words, sizeof(words));
	plan_tell_raw(&text);
	if (!text.length)
		return;
	text_add(to, "not held back, and to be ended before: whoever has a "
		     "device itself open for writing");
	text_add(to, words);
	text_add(to, "\n");
}

void plan_tell(const struct hold *hold, struct text *to)
{
	if (hold->kind == WIRE_QUIESCE_SNAPSHOT) {
		snapshot_tell(hold, to);
		return;
	}
	units_tell(hold, to);
	for (size_t i = 0; i < hold->swaps; i++) {
		text_add(to, "swap on ");
		text_add(to, hold->swap[i].path);
		text_add(to, " is switched off: ");
		tell_mib(to, hold->swap[i].used);
		text_add(to, " of it move into memory\n");
	}
	tell_systems(hold, to);
	for (size_t i = 0; i < hold->files; i++)
		text_add(to, "who writes to a disk that is a file is not held "
			     "back\n");
	tell_raw(to);
	text_add(to, "all of this is undone afterwards, and when lander was "
		     "not heard of for 10 seconds\n");
}
