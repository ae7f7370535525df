/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine as such: whether it can be copied while it runs, and what of it
 * somebody should know before.
 */
#include <stdlib.h>
#include <string.h>

#include "plan/verdict.h"
#include "plan/verdict_parts.h"
#include "source/survey.h"

#define MEMORY_LOW ((uint64_t)64 << 20)
#define CLOCK_S	   300.0
#define KERNEL_OLD 3010U /* 3.10 */

/* "3.10.0-1160.el7": 3010; 0 when it is no such number. */
static unsigned int kernel_number(const char *text)
{
	char *end = NULL;
	unsigned long major = strtoul(text, &end, 10);
	unsigned long minor = 0;

	if (end == text || major > 1000)
		return 0;
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	return (unsigned int)(major * 1000 + (minor > 999 ? 999 : minor));
}

static int judge_system(const struct survey *survey, struct verdict *verdict)
{
	const struct facts *facts = &survey->facts;
	unsigned int kernel = kernel_number(facts->kernel);
	int r = 0;

	if (facts->root == FACTS_NO)
		r = verdict_add(verdict, REASON_NOT_ROOT, NULL, NULL);
	else if (survey->name && strncmp(survey->name, "root@", 5))
		r = verdict_add(verdict, REASON_SUDO, NULL, "%s", survey->name);
	if (r == 0 && *facts->container)
		r = verdict_add(verdict, REASON_CONTAINER, NULL, "%s",
				facts->container);
	if (r == 0 && kernel && kernel < KERNEL_OLD)
		r = verdict_add(verdict, REASON_KERNEL_OLD, NULL, "Linux %s",
				facts->kernel);
	if (r == 0 && facts->secure_boot == FACTS_YES)
		r = verdict_add(verdict, REASON_FIRMWARE_SECURE_BOOT, NULL,
				NULL);
	if (r == 0 && !strcmp(facts->firmware, "uefi"))
		r = verdict_add(verdict, REASON_FIRMWARE_UEFI, NULL, NULL);
	if (r == 0 && facts->cut)
		r = verdict_add(verdict, REASON_FACTS_CUT, NULL, NULL);
	return r;
}

static int judge_load(const struct survey *survey, struct verdict *verdict)
{
	const struct facts *facts = &survey->facts;
	uint64_t swapped = facts->swap > facts->swap_free
				   ? facts->swap - facts->swap_free
				   : 0;
	int r = 0;

	if (facts->memory_free && facts->memory_free < MEMORY_LOW)
		r = verdict_add(verdict, REASON_MEMORY_LOW, NULL, "%llu MiB",
				(unsigned long long)facts->memory_free >> 20);
	if (r == 0 && facts->memory_free && swapped > facts->memory_free)
		r = verdict_add(verdict, REASON_SWAP_FULL, NULL,
				"%llu MiB are swapped out, %llu MiB are free",
				(unsigned long long)swapped >> 20,
				(unsigned long long)facts->memory_free >> 20);
	if (r == 0 && facts->cpus && facts->load > (double)facts->cpus)
		r = verdict_add(verdict, REASON_LOAD_HIGH, NULL,
				"%.1f with %llu", facts->load,
				(unsigned long long)facts->cpus);
	if (r == 0 && survey->has_clock &&
	    (survey->clock_ahead > CLOCK_S || survey->clock_ahead < -CLOCK_S))
		r = verdict_add(verdict, REASON_CLOCK_OFF, NULL, "%.0f s %s",
				survey->clock_ahead < 0 ? -survey->clock_ahead
							: survey->clock_ahead,
				survey->clock_ahead < 0 ? "behind" : "ahead");
	return r;
}

static int judge_quiesce(const struct survey *survey, struct verdict *verdict)
{
	if (!survey->in_the_way)
		return 0;
	return verdict_add(verdict, REASON_QUIESCE_BLOCKED, NULL, "%s",
			   survey->in_the_way);
}

/* What lander-source mounts for itself alone counts, too.  Instances of traces
 * came with Linux 3.10. */
static int judge_tracking(const struct survey *survey, struct verdict *verdict)
{
	const struct facts *facts = &survey->facts;
	unsigned int kernel = kernel_number(facts->kernel);
	const char *why = NULL;

	if (!strcmp(facts->lockdown, "confidentiality"))
		why = "the kernel is locked down: confidentiality";
	else if (kernel && kernel < KERNEL_OLD)
		why = "traces of one's own came with Linux 3.10";
	else if (!*facts->tracing && !facts->tracefs)
		why = "no tracefs";
	verdict->tracked = !why;
	return why ? verdict_add(verdict, REASON_NO_TRACKING, NULL, "%s", why)
		   : 0;
}

/* Those that are left out. */
static int judge_others(const struct survey *survey, struct verdict *verdict)
{
	const struct facts *facts = &survey->facts;
	int r = 0;

	if (!survey->disks)
		r = verdict_add(verdict, REASON_NO_DISK, NULL, NULL);
	if (r == 0 && survey->disks_left)
		r = verdict_add(verdict, REASON_DISKS_TOO_MANY, NULL,
				"%zu more than %zu", survey->disks_left,
				survey->disks);
	for (size_t i = 0; r == 0 && i < facts->disks; i++)
		if (facts->disk[i].removable)
			r = verdict_add(verdict, REASON_REMOVABLE,
					facts->disk[i].name, NULL);
	return r;
}

int verdict_machine(const struct survey *survey, struct verdict *verdict)
{
	int r = judge_system(survey, verdict);

	if (r == 0)
		r = judge_load(survey, verdict);
	if (r == 0)
		r = judge_tracking(survey, verdict);
	if (r == 0)
		r = judge_quiesce(survey, verdict);
	if (r == 0)
		r = judge_others(survey, verdict);
	return r;
}
