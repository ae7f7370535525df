/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A source that was started by one firmware, a machine that starts by the
 * other.  It decides from partition tables and sizes alone, before anything is
 * copied, and it knows one way only: a partition for UEFI beside what is there.
 * A system without boot code for BIOS is not given any.
 */
#include "plan/mismatch.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/parse.h"
#include "disk/gap.h"
#include "guest/platform.h"
#include "plan/plan.h"

static unsigned int made_for(const struct plan *plan)
{
	unsigned int platform = 0;

	for (size_t i = 0; i < plan->count; i++)
		platform |= plan->disk[i].platform;
	return platform;
}

bool mismatch_is(const struct plan *plan)
{
	unsigned int platform = made_for(plan) & ~(unsigned)PLATFORM_UNSURE;

	return plan->platform && platform && !(platform & plan->platform);
}

bool mismatch_is_certain(const struct plan *plan)
{
	return mismatch_is(plan) && !(made_for(plan) & PLATFORM_UNSURE);
}

const struct plan_disk *mismatch_disk(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->disk[i].boot)
			return &plan->disk[i];
	return NULL;
}

bool mismatch_end(const struct plan *plan, struct gap *ret_gap, char *buf,
		  size_t room)
{
	const struct plan_disk *disk = mismatch_disk(plan);
	uint32_t sector = disk ? disk->target.logical_block : 512;
	struct gap_wish wish = gap_esp(sector);
	const char *path = disk ? disk->target.path : "";
	char least[32];
	char best[32];

	if (!disk || plan->platform != PLATFORM_UEFI) {
		(void)snprintf(buf, room,
			       "lander makes a system for BIOS start by UEFI, "
			       "not the other way round");
		return false;
	}
	switch (gap_find(
		&(struct gap_disk){&disk->layout, disk->target.size, sector},
		wish, ret_gap)) {
	case GAP_FOUND:
		return true;
	case GAP_NO_TABLE:
		(void)snprintf(buf, room,
			       "%s will have no partition table that an EFI "
			       "System Partition could be added to",
			       path);
		return false;
	case GAP_NO_ENTRY:
		(void)snprintf(buf, room,
			       "all entries of the partition table of %s are "
			       "in use, and an EFI System Partition needs one",
			       path);
		return false;
	case GAP_NO_ROOM:
		break;
	}
	(void)snprintf(
		buf, room,
		"%s has no %s in one piece outside the partitions for "
		"an EFI System Partition: make it %s larger than the source",
		path, parse_format_size(wish.least, least, sizeof(least)),
		parse_format_size(wish.best + ((uint64_t)1 << 20), best,
				  sizeof(best)));
	return false;
}
