/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What will be done, as data and as words.  It plans and prints; it writes to
 * no disk.
 */
#include "plan/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "disk/gap.h"
#include "guest/platform.h"
#include "plan/mismatch.h"
#include "source/source.h"

void plan_job(const struct config *config, char ret_job[37])
{
	const char *given = config_text(config, CONFIG_JOB);
	const char *disks = config_text(config, CONFIG_DISKS);
	const char *source = config_text(config, CONFIG_SOURCE);
	unsigned char id[16];
	XXH3_state_t *state;
	XXH128_canonical_t hash = {{0}};

	if (given) {
		(void)snprintf(ret_job, 37, "%s", given);
		return;
	}
	state = XXH3_createState();
	if (state) {
		(void)XXH3_128bits_reset(state);
		(void)XXH3_128bits_update(state, source ? source : "",
					  source ? strlen(source) + 1 : 1);
		(void)XXH3_128bits_update(state, disks ? disks : "",
					  disks ? strlen(disks) + 1 : 1);
		XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(state));
		(void)XXH3_freeState(state);
	}
	memcpy(id, hash.digest, sizeof(id));
	/* RFC 9562 version 8: made by the application's own rule. */
	id[6] = (unsigned char)((id[6] & 0x0f) | 0x80);
	id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
	(void)snprintf(ret_job, 37,
		       "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		       "%02x%02x%02x%02x%02x%02x",
		       id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7],
		       id[8], id[9], id[10], id[11], id[12], id[13], id[14],
		       id[15]);
}

uint64_t plan_source_id(const char *export, uint64_t size, uint64_t identity)
{
	const uint64_t disk[2] = {size, identity};

	return XXH3_64bits_withSeed(export, strlen(export),
				    XXH3_64bits(disk, sizeof(disk)));
}

static void print_present(FILE *out, const struct plan_disk *disk)
{
	const struct content *now = &disk->content;
	char size[32];

	switch (now->kind) {
	case CONTENT_BLANK:
		(void)fprintf(out, "empty");
		break;
	case CONTENT_RECORD:
		(void)fprintf(out, "this job's, in state %s, %s done: goes on",
			      record_state_name(now->record.state),
			      parse_format_amount(now->record.watermark, size,
						  sizeof(size)));
		break;
	case CONTENT_DAMAGED:
	case CONTENT_SYSTEM:
	case CONTENT_DATA:
		(void)fprintf(out, "%s: WILL BE OVERWRITTEN, as asked",
			      now->text ? now->text : "unknown data");
		break;
	}
}

static void print_disk(FILE *out, const struct plan_disk *disk)
{
	char from[32];
	char to[32];

	(void)fprintf(out, "  %s -> %s, %s", disk->source->name,
		      disk->target.path,
		      parse_format_size(disk->target.size, to, sizeof(to)));
	if (disk->target.model)
		(void)fprintf(out, ", %s", disk->target.model);
	if (disk->target.serial)
		(void)fprintf(out, ", serial %s", disk->target.serial);
	(void)fprintf(out, "%s; now ", disk->boot ? ", the boot disk" : "");
	print_present(out, disk);
	(void)fprintf(
		out, "\n    copy %s",
		parse_format_size(disk->source->size, from, sizeof(from)));
	if (disk->source->caps & SOURCE_EXTENTS)
		(void)fprintf(out, " less its holes");
	(void)fprintf(out, ", read it back, compare\n");
}

/* Conversion belongs to disks of this machine. */
static bool is_image(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->disk[i].target.is_block)
			return false;
	return true;
}

static void print_convert(FILE *out, const struct plan *plan)
{
	struct gap gap;
	char size[32];
	char why[256];

	if (is_image(plan)) {
		(void)fprintf(out, "  a file as the target is left as it is "
				   "copied\n");
		return;
	}
	(void)fprintf(out, "  then fit the copy to its disk and leave a "
			   "receipt in /var/log/lander\n");
	if (!plan->new_platform || !mismatch_is(plan))
		return;
	if (mismatch_end(plan, &gap, why, sizeof(why)))
		(void)fprintf(out,
			      "    %s: partition %u is added, an EFI System "
			      "Partition of %s, so that it starts by %s\n",
			      mismatch_disk(plan)->target.path, gap.number,
			      parse_format_size(gap.length, size, sizeof(size)),
			      platform_name(plan->platform));
	else
		(void)fprintf(out, "    firmware=convert: %s; left so\n", why);
}

/* Said here, because the conversion comes hours later. */
static void print_encrypted(FILE *out, const struct plan *plan,
			    const struct config *config)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_disk *disk = &plan->disk[i];

		if (!disk->encrypted)
			continue;
		(void)fprintf(out, "    %s: partition %u is encrypted: ",
			      disk->target.path, disk->encrypted);
		if (config_text(config, CONFIG_LUKS))
			(void)fprintf(out, "lander.luks= opens it\n");
		else
			(void)fprintf(out, "a system in it needs lander.luks=, "
					   "or the job stops before the last "
					   "step\n");
	}
}

/* What follows the copy. */
static void print_end(FILE *out, const struct plan *plan,
		      const struct config *config)
{
	if (config_switch(config, CONFIG_REHEARSE)) {
		(void)fprintf(out, "  then rehearse the conversion in memory; "
				   "nothing is made bootable\n");
		return;
	}
	if (!config_is(config, CONFIG_CONVERT, "none")) {
		print_convert(out, plan);
		print_encrypted(out, plan, config);
	}
	(void)fprintf(out,
		      "  last, one write to each first sector makes it "
		      "bootable; after that: %s\n",
		      config_text(config, CONFIG_AFTER));
}

int plan_print(const struct plan *plan, const struct config *config,
	       char **ret_text, struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return error_memory(err);
	(void)fprintf(out, "job %s\n", plan->job);
	for (size_t i = 0; i < plan->count; i++)
		print_disk(out, &plan->disk[i]);
	print_end(out, plan, config);
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	*ret_text = text;
	return 0;
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		source_close(plan->disk[i].source);
		free(plan->disk[i].export);
		blockdev_done(&plan->disk[i].target);
		content_done(&plan->disk[i].content);
		layout_done(&plan->disk[i].layout);
	}
	free(plan->disk);
	*plan = (struct plan){0};
}
