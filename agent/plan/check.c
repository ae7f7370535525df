/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last look before the first write.  Each check is a row of a table; it
 * reads what the probe found, it touches no disk.  In doubt it refuses.
 */
#include "plan/check.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "disk/gap.h"
#include "guest/platform.h"
#include "plan/mismatch.h"
#include "plan/plan.h"
#include "source/source.h"

/* Reasons, one after the other in one text. */
struct reasons {
	FILE *out;
	unsigned int count;
};

static void refuse(struct reasons *reasons, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void refuse(struct reasons *reasons, const char *fmt, ...)
{
	va_list ap;

	if (reasons->count++)
		(void)fputs("; ", reasons->out);
	va_start(ap, fmt);
	(void)vfprintf(reasons->out, fmt, ap);
	va_end(ap);
}

/* Whether a source that is a file or a disk of this machine lies in target. */
static bool is_same_disk(const char *source, const char *target)
{
	char from[PATH_MAX];
	char to[PATH_MAX];
	char link[64];
	struct stat a;
	struct stat b;
	size_t length;

	if (stat(source, &a) < 0 || stat(target, &b) < 0)
		return false;
	if (!S_ISBLK(a.st_mode) || !S_ISBLK(b.st_mode))
		return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	(void)snprintf(link, sizeof(link), "/sys/dev/block/%u:%u",
		       major(a.st_rdev), minor(a.st_rdev));
	if (!realpath(link, from))
		return a.st_rdev == b.st_rdev;
	(void)snprintf(link, sizeof(link), "/sys/dev/block/%u:%u",
		       major(b.st_rdev), minor(b.st_rdev));
	if (!realpath(link, to))
		return a.st_rdev == b.st_rdev;
	/* A partition's directory is inside that of its disk. */
	length = strlen(to);
	return !strncmp(from, to, length) &&
	       (!from[length] || from[length] == '/');
}

static void check_target(const struct plan *plan, const struct plan_disk *disk,
			 struct reasons *reasons)
{
	const struct blockdev *target = &disk->target;
	char have[32];
	char need[32];

	if (is_same_disk(disk->source->name, target->path))
		refuse(reasons, "%s is the source itself", target->path);
	if (target->busy)
		refuse(reasons, "%s is %s", target->path, target->busy);
	if (target->read_only)
		refuse(reasons, "%s is read-only", target->path);
	if (!plan->files && target->is_block &&
	    target->size < disk->source->size)
		refuse(reasons,
		       "%s is too small: it has %s (%" PRIu64
		       " bytes), the source %s (%" PRIu64 " bytes)",
		       target->path,
		       parse_format_size(target->size, have, sizeof(have)),
		       target->size,
		       parse_format_size(disk->source->size, need,
					 sizeof(need)),
		       disk->source->size);
}

static void check_sectors(const struct plan *plan, const struct plan_disk *disk,
			  struct reasons *reasons)
{
	uint32_t block = disk->target.logical_block;

	if (plan->files)
		return;
	if (disk->source->size % block)
		refuse(reasons,
		       "the source has %" PRIu64 " bytes, which is no multiple "
		       "of the %u-byte sectors of %s",
		       disk->source->size, block, disk->target.path);
	if (disk->target.is_block && disk->table_sector &&
	    disk->table_sector != block)
		refuse(reasons,
		       "the source's partition table is made for %u-byte "
		       "sectors, %s has %u-byte sectors: no firmware would "
		       "find the partitions",
		       disk->table_sector, disk->target.path, block);
}

static void check_content(const struct plan *plan, const struct plan_disk *disk,
			  struct reasons *reasons)
{
	const struct content *now = &disk->content;
	const char *path = disk->target.path;
	bool own = !strcmp(now->record.job, plan->job);

	if (disk->overwrite || now->kind == CONTENT_BLANK)
		return;
	/* A record of this job that a power cut tore: it was ours to write to,
	 * and it begins again. */
	if (now->kind == CONTENT_DAMAGED && own)
		return;
	if (now->kind != CONTENT_RECORD) {
		refuse(reasons,
		       "%s is not empty: %s; lander.overwrite=%s would allow "
		       "to lose that",
		       path, now->text ? now->text : "it holds data",
		       disk->target.name);
		return;
	}
	if (!own)
		refuse(reasons,
		       "%s is in the middle of another job, %s (state %s); "
		       "finish that one with lander.job=%s, or give it up with "
		       "lander.overwrite=%s",
		       path, now->record.job,
		       record_state_name(now->record.state), now->record.job,
		       disk->target.name);
	else if (now->record.source_id != disk->source_id)
		refuse(reasons,
		       "%s holds this job's copy of another source disk; "
		       "lander.overwrite=%s would begin it again",
		       path, disk->target.name);
}

static void check_memory_need(const struct plan *plan, uint64_t available,
			      struct reasons *reasons)
{
	uint64_t most = 0;
	char have[32];
	char need[32];

	for (size_t i = 0; i < plan->count; i++) {
		most += plan->disk[i].memory;
	}
	if (available && most > available)
		refuse(reasons,
		       "this machine has %s of memory free and the copy may "
		       "need %s: give it more memory",
		       parse_format_size(available, have, sizeof(have)),
		       parse_format_size(most, need, sizeof(need)));
}

/* What no firmware of this machine will start must not be copied first.  Only
 * what is certain counts: a data disk says nothing, and a disk that may hold
 * more than can be seen here is given the benefit of the doubt. */
static void check_platform(const struct plan *plan, struct reasons *reasons)
{
	struct gap gap;
	char why[256];
	bool bios = plan->platform == PLATFORM_UEFI;

	if (plan->files || plan->any_platform || !mismatch_is_certain(plan))
		return;
	if (plan->new_platform) {
		if (!mismatch_end(plan, &gap, why, sizeof(why)))
			refuse(reasons, "firmware=convert: %s", why);
		return;
	}
	refuse(reasons,
	       "the source starts by %s only (%s) and this machine was started "
	       "by %s: the copy could not boot here; start this machine by "
	       "%s%s, or copy it as it is with lander.convert=none",
	       bios ? "BIOS" : "UEFI",
	       bios ? "boot code in its first sector, no EFI System Partition"
		    : "an EFI System Partition, no boot code in its first "
		      "sector",
	       platform_name(plan->platform), bios ? "BIOS" : "UEFI",
	       bios ? ", let lander make it start by UEFI with "
		      "lander.firmware=convert"
		    : "");
}

typedef void check_function(const struct plan *plan,
			    const struct plan_disk *disk,
			    struct reasons *reasons);

static check_function *const checks[] = {check_target, check_sectors,
					 check_content};

int check_plan(const struct plan *plan, uint64_t available, struct error **err)
{
	struct reasons reasons = {0};
	size_t length = 0;
	char *text = NULL;
	int r = 0;

	reasons.out = open_memstream(&text, &length);
	if (!reasons.out)
		return error_memory(err);
	for (size_t i = 0; i < plan->count; i++)
		for (size_t c = 0; c < sizeof(checks) / sizeof(*checks); c++)
			checks[c](plan, &plan->disk[i], &reasons);
	check_platform(plan, &reasons);
	check_memory_need(plan, available, &reasons);
	if (fclose(reasons.out) != 0)
		r = error_memory(err);
	else if (reasons.count)
		r = error_set(err, ERROR_REFUSED, 0, "%s", text);
	free(text);
	return r;
}
