/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What kind of layout it is: two starts of one job agree on it, although the
 * source holds more at the second, and disagree where somebody has changed what
 * the job says of sizes.
 */
#include "run/newdisks_kind.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "config/config.h"
#include "disk/commit.h"
#include "disk/target.h"
#include "run/fitting.h"
#include "run/migrate.h"

/* All but its sizes: those follow what the source holds, and an earlier start
 * found other ones; and but the disks' names, of which the kernel may give
 * others at each start.  What the job itself says of sizes is obeyed. */
static char *describe(const struct migrate *m)
{
	const struct config_parts *wishes = &m->config->parts;
	const struct design *design = &m->fitting->fit.design;
	size_t length = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	for (size_t i = 0; i < design->count; i++) {
		const struct design_node *node = &design->node[i];
		const char *name = node->kind == DESIGN_DISK ? "" : node->name;

		(void)fprintf(out, "%u %s %s %s %u %s %d %s %s %u %d %s %s\n",
			      (unsigned int)node->kind, name, node->uuid,
			      node->table, node->number, node->type,
			      node->extended, node->level, node->metadata,
			      node->version, node->physical, node->fs.fs,
			      node->fs.uuid);
		for (size_t k = 0; k < node->ons; k++)
			(void)fprintf(out, " %zu", node->on[k]);
	}
	for (size_t i = 0; i < design->mounts; i++)
		(void)fprintf(out, "%zu %s %s\n", design->mount[i].node,
			      design->mount[i].place,
			      design->mount[i].subvolume);
	for (size_t i = 0; i < wishes->count; i++)
		(void)fprintf(out, "%s %s %" PRIu64 " %d\n",
			      wishes->part[i].place,
			      wishes->part[i].fs ? wishes->part[i].fs : "",
			      wishes->part[i].size, wishes->part[i].grow);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

int newdisks_kind(const struct migrate *m, uint8_t ret[16], struct error **err)
{
	XXH128_canonical_t canonical;
	char *text = describe(m);

	if (!text)
		return error_memory(err);
	XXH128_canonicalFromHash(&canonical, XXH3_128bits(text, strlen(text)));
	memcpy(ret, &canonical, sizeof(canonical));
	free(text);
	return 0;
}

bool newdisks_kind_there(const struct migrate *m, const uint8_t kind[16])
{
	for (size_t i = 0; i < m->count; i++) {
		const struct job_disk *disk = &m->disk[i];

		if (!disk->resumed ||
		    memcmp(disk->record.digest, kind, 16) != 0 ||
		    commit_kept(&disk->record, disk->sector0,
				disk->open->logical_block, NULL) < 0)
			return false;
	}
	return true;
}
