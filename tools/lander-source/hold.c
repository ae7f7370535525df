/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holds the disks still and lets them go again.  Programs of the machine are
 * run only while all its file systems can be written to.  What is undone may
 * not have been done: undoing it once more harms nothing.
 * Sources: ioctl FIFREEZE and FITHAW of linux/fs.h, mount(2), syncfs(2),
 * swapoff(2), ioctl_blk BLKFLSBUF, sysrq of the kernel's admin guide.
 */
#include "lander-source/hold.h"

#include <sys/mount.h>

#include <errno.h>
#include <linux/fs.h>

#include "lander-source/counter.h"
#include "lander-source/device.h"
#include "lander-source/disk.h"
#include "lander-source/force.h"
#include "lander-source/holder.h"
#include "lander-source/mount.h"
#include "lander-source/plan.h"
#include "lander-source/snapshot.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"
#include "lander-source/units.h"

#define SETTLE_MS   500	  /* without a write: still */
#define ARRAY_MS    11000 /* … with MD, whose bitmap is written late */
#define RESTLESS_MS 10000 /* with a write now and then: not still */
#define WRITTEN_MS  40000 /* … with MD */
#define TURN_MS	    20

/** What was done, and what was in the way. */
struct report {
	struct text done;
	struct text why;
};

static void add_name(const struct hold_system *system, struct text *to)
{
	text_add(to, system->place);
	text_add(to, " (");
	text_add(to, system->type);
	text_add(to, " on ");
	text_add(to, system->device);
	if (system->process[0]) {
		text_add(to, ", in the mount namespace of process ");
		text_add(to, system->process);
	}
	text_add(to, ")");
}

void hold_tell(struct text *to, const char *before,
	       const struct hold_system *system, const char *after)
{
	text_add(to, before);
	add_name(system, to);
	text_add(to, after);
}

static void tell(struct text *to, const char *before, const char *name,
		 const char *after)
{
	text_add(to, before);
	text_add(to, name);
	text_add(to, after);
}

/* --- units and swap ---------------------------------------------------- */

static int stop_units(struct hold *hold, struct report *report)
{
	return units_stop(hold, &report->done, &report->why);
}

static int stop_swaps(struct hold *hold, struct report *report)
{
	for (size_t i = 0; i < hold->swaps; i++) {
		struct hold_swap *swap = &hold->swap[i];
		long r;

		atomic_store(&swap->state, HOLD_DOING);
		r = system_swap_off(swap->path);
		if (r < 0) {
			tell(&report->why, "swap on ", swap->path,
			     r == -ENOMEM ? " can't be switched off: there is "
					    "not memory enough for what is in "
					    "it"
					  : " can't be switched off");
			return (int)-r;
		}
		atomic_store(&swap->state, HOLD_DONE);
		tell(&report->done, "swap on ", swap->path, " is off\n");
	}
	return 0;
}

/* --- file systems ------------------------------------------------------ */

/* Twice: what came while the first one wrote is little. */
static void sync_systems(const struct hold *hold)
{
	for (unsigned int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < hold->systems; i++)
			if (hold->system[i].fd < 0 ||
			    system_sync_fs(hold->system[i].fd) == -ENOSYS)
				system_sync();
}

long hold_set_read_only(const struct hold_system *system, bool on)
{
	unsigned long flags = MS_REMOUNT | (system->flags & ~MS_RDONLY);
	char path[40];
	struct text text;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/proc/self/fd/");
	text_add_number(&text, (unsigned int)system->fd);
	return system_remount(path, on ? flags | MS_RDONLY : flags);
}

static void begin(struct hold *hold, struct hold_system *system)
{
	uint64_t none = 0;

	(void)atomic_compare_exchange_strong(&hold->holding, &none,
					     system_milliseconds());
	atomic_store(&system->state, HOLD_DOING);
}

static int force(struct hold *hold, struct report *report)
{
	long fd = force_open(hold, &report->why);
	int r;

	if (fd < 0)
		return EBUSY;
	for (size_t i = 0; i < hold->systems; i++)
		begin(hold, &hold->system[i]);
	r = force_systems(hold, (int)fd, &report->why);
	if (r)
		return r;
	text_begin(&report->why, report->why.at, report->why.room);
	for (size_t i = 0; i < hold->systems; i++) {
		atomic_store(&hold->system[i].state, HOLD_DONE);
		hold_tell(&report->done, "", &hold->system[i],
			  " was forced to be read-only\n");
	}
	return 0;
}

static int make_read_only(struct hold *hold, struct hold_system *system,
			  struct report *report)
{
	long r;

	begin(hold, system);
	r = hold_set_read_only(system, true);
	if (r < 0) {
		hold_tell(&report->why, "", system,
			  r == -EBUSY ? " can't become read-only, files on "
					"it are open for writing"
				      : " can't become read-only");
		if (r == -EBUSY)
			holder_tell(system->number, &report->why);
		return (int)-r;
	}
	atomic_store(&system->state, HOLD_DONE);
	hold_tell(&report->done, "", system, " is read-only\n");
	return 0;
}

static int freeze(struct hold *hold, struct hold_system *system,
		  struct report *report)
{
	long r;

	begin(hold, system);
	r = system_ioctl(system->fd, FIFREEZE, NULL);
	if (r == -EOPNOTSUPP && hold->kind == WIRE_QUIESCE_AUTO) {
		system->freeze = false;
		return make_read_only(hold, system, report);
	}
	if (r < 0) {
		/* Whoever froze it must not be thawed by us. */
		atomic_store(&system->state, HOLD_IDLE);
		hold_tell(&report->why, "", system,
			  r == -EBUSY ? " is frozen by somebody else"
				      : " can't be frozen");
		return (int)-r;
	}
	atomic_store(&system->state, HOLD_DONE);
	hold_tell(&report->done, "", system, " is frozen\n");
	return 0;
}

/* Read-only first: that may be refused, and needs others to be writable.  What
 * lies on another one before that. */
static int hold_systems(struct hold *hold, struct report *report)
{
	int r = 0;

	for (size_t i = hold->systems; r == 0 && i-- > 0;) {
		struct hold_system *system = &hold->system[i];

		if (!system->freeze && !system->bystander)
			r = make_read_only(hold, system, report);
	}
	if (r == EBUSY && hold->kind == WIRE_QUIESCE_READONLY)
		return force(hold, report);
	for (size_t i = hold->systems; r == 0 && i-- > 0;)
		if (hold->system[i].freeze)
			r = freeze(hold, &hold->system[i], report);
	return r;
}

/* --- still ------------------------------------------------------------- */

static uint64_t count_writes(const struct hold *hold)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < hold->disks; i++)
		sum += disk_count_writes(hold->disk[i].number);
	return sum;
}

/* A count that was switched off since would never move. */
static int check_counts(const struct hold *hold, struct report *report)
{
	for (size_t i = 0; i < hold->disks; i++) {
		const struct hold_disk *disk = &hold->disk[i];
		char words[512];
		char name[64];
		struct text why;
		int r;

		text_begin(&why, words, sizeof(words));
		r = counter_check(disk->number, disk->fd, &why);
		if (!r)
			continue;
		device_name(disk->number, name, sizeof(name));
		tell(&report->why, name, ": ", words);
		return r;
	}
	return 0;
}

/* Drivers and arrays below the file systems may have something left to do. */
static int settle(struct hold *hold, struct report *report)
{
	uint64_t quiet = hold->array ? ARRAY_MS : SETTLE_MS;
	uint64_t limit = hold->array ? WRITTEN_MS : RESTLESS_MS;
	int r = check_counts(hold, report);
	uint64_t began;
	uint64_t since;
	uint64_t sum;

	if (r)
		return r;
	began = system_milliseconds();
	since = began;
	sum = count_writes(hold);
	for (;;) {
		uint64_t now = system_milliseconds();
		uint64_t next = count_writes(hold);

		if (next != sum)
			since = now;
		sum = next;
		if (now - since >= quiet)
			return 0;
		if (now - began >= limit)
			break;
		system_sleep(TURN_MS);
	}
	text_add(&report->why, "all file systems on the disks are still, and "
			       "something writes to the disks");
	plan_tell_raw(&report->why);
	return EBUSY;
}

/* What was once read of them through the cache is there for ever, else. */
static void forget_cached(const struct hold *hold)
{
	for (size_t i = 0; i < hold->disks; i++)
		(void)system_ioctl(hold->disk[i].fd, BLKFLSBUF, NULL);
}

static int hold_still(struct hold *hold, struct report *report)
{
	int r = stop_units(hold, report);

	if (r == 0)
		r = stop_swaps(hold, report);
	if (r == 0) {
		sync_systems(hold);
		r = hold_systems(hold, report);
	}
	if (r == 0) {
		forget_cached(hold);
		r = settle(hold, report);
	}
	return r;
}

static int make_snapshots(struct hold *hold, struct report *report)
{
	int r = plan_snapshots(hold, &report->done, &report->why);

	if (r)
		return r;
	sync_systems(hold);
	return snapshot_make(hold, plan_devices(), &report->done, &report->why);
}

void hold_work(struct hold *hold)
{
	static char why[1024];
	struct report report;
	int r;

	text_begin(&report.done, hold->said, sizeof(hold->said));
	text_begin(&report.why, why, sizeof(why));
	r = hold->kind == WIRE_QUIESCE_SNAPSHOT ? make_snapshots(hold, &report)
						: hold_still(hold, &report);
	if (r) {
		text_begin(&report.done, hold->said, sizeof(hold->said));
		text_add(&report.done, why);
		hold->code = r;
	}
	atomic_store(&hold->done, r == 0);
}
