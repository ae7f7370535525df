/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which disks of this machine take a new layout, and which source disk's files
 * go to which of them.  It takes none that is not empty and was not named.
 */
#include "run/fitting_disks.h"

#include <string.h>

#include "base/error.h"
#include "disk/missing.h"
#include "plan/match.h"
#include "run/migrate.h"
#include "run/probe.h"
#include "run/sources.h"
#include "source/source.h"

static int choose_disk(struct fitting_disks *choice, size_t disk, size_t source,
		       struct error **err)
{
	size_t i = 0;

	while (i < choice->count && choice->disk[i] != disk)
		i++;
	if (i == FIT_DISKS || source >= FIT_DISKS)
		return error_set(err, ERROR_REFUSED, 0,
				 "more than %u disks are too many for a new "
				 "layout",
				 FIT_DISKS);
	if (i == choice->count)
		choice->disk[choice->count++] = disk;
	choice->onto[source] = i;
	return 0;
}

/* disks=sda:vda,sdb:vda puts both on one; of disks=vda,vdb the last one takes
 * all sources that are left. */
static int choose_named(const struct migrate *m,
			const struct match_wishes *wishes,
			struct fitting_disks *choice, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->plan.count; i++) {
		size_t which = i < wishes->count ? i : wishes->count - 1;
		const char *name = wishes->wish[which].target;
		const struct blockdev *disk = blockdev_find(&m->disks, name);

		if (!disk)
			return missing_disk(&m->disks, "disks", name, err);
		r = choose_disk(choice, (size_t)(disk - m->disks.disk), i, err);
	}
	for (size_t i = m->plan.count; r == 0 && i < wishes->count; i++)
		r = error_set(err, ERROR_CONFIG, 0,
			      "disks: '%s' has no source disk; the source "
			      "offers %zu",
			      wishes->wish[i].target, m->plan.count);
	return r;
}

/* An earlier start gave that disk to this source. */
static bool is_begun(const struct migrate *m, size_t t, size_t source)
{
	const struct content *content = &m->content[t];

	return probe_is_own(m, content) && content->record.files &&
	       content->record.source_id == m->plan.disk[source].source_id &&
	       sources_is_usable(m, t);
}

/* One for each source, whatever the kernel calls them now, and whatever empty
 * ones are beside them. */
static bool choose_begun(const struct migrate *m, struct fitting_disks *ret)
{
	struct fitting_disks choice = {0};

	for (size_t i = 0; i < m->plan.count && i < FIT_DISKS; i++) {
		size_t t = 0;

		while (t < m->disks.count && !is_begun(m, t, i))
			t++;
		if (t == m->disks.count)
			return false;
		choice.onto[i] = choice.count;
		choice.disk[choice.count++] = t;
	}
	if (choice.count < m->plan.count)
		return false;
	*ret = choice;
	return true;
}

/* The one that is empty, or as many as the source has, size by size. */
static int choose_empty(const struct migrate *m, struct fitting_disks *choice,
			struct error **err)
{
	size_t usable[FIT_DISKS];
	size_t count = 0;
	int r = 0;

	for (size_t t = 0; t < m->disks.count; t++)
		if (sources_is_usable(m, t) && count < FIT_DISKS)
			usable[count++] = t;
	if (!count || (count > 1 && count != m->plan.count))
		return error_set(err, ERROR_REFUSED, 0,
				 "%s: name the disks with lander.disks=DISK,…",
				 count ? "it is not clear which disks are meant"
				       : "no disk here is empty");
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			if (m->disks.disk[usable[k]].size >
			    m->disks.disk[usable[i]].size) {
				size_t kept = usable[i];

				usable[i] = usable[k];
				usable[k] = kept;
			}
	for (size_t i = 0; r == 0 && i < m->plan.count; i++) {
		size_t larger = 0;

		for (size_t k = 0; k < m->plan.count; k++)
			larger +=
				m->plan.disk[k].source->size >
					m->plan.disk[i].source->size ||
				(k < i && m->plan.disk[k].source->size ==
						  m->plan.disk[i].source->size);
		r = choose_disk(choice, usable[count > 1 ? larger : 0], i, err);
	}
	return r;
}

int fitting_disks(const struct migrate *m, const struct match_wishes *wishes,
		  struct fitting_disks *ret, struct error **err)
{
	if (wishes->count)
		return choose_named(m, wishes, ret, err);
	return choose_begun(m, ret) ? 0 : choose_empty(m, ret, err);
}
