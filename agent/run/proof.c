/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receipt of a job, left in a copied system.  It changes nothing else
 * there.
 */
#include "run/proof.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/version.h"
#include "guest/receipt.h"
#include "guest/root.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/snapshot.h"
#include "source/source.h"

#define LOG_LIMIT ((size_t)4 << 20)

static const char log_path[] = "/run/lander/log";

/* Of a copy of files no disk has a digest. */
static json_t *describe_files(const struct job_disk *disk)
{
	return json_pack("{s:s, s:s, s:s, s:s*, s:I, s:b}", "mode", "file",
			 "source", disk->plan->source->name, "target",
			 disk->target.path, "serial", disk->target.serial,
			 "bytes_received", (json_int_t)disk->received,
			 "files_equal_by_sha256", disk->verified);
}

static json_t *describe_disk(const struct job_disk *disk)
{
	char seed[17];
	char hex[33];

	for (size_t i = 0; i < sizeof(disk->digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", disk->digest[i]);
	(void)snprintf(seed, sizeof(seed), "%016" PRIx64, disk->record.seed);
	return json_pack("{s:s, s:s, s:I, s:s, s:s*, s:I, s:I, s:s, s:s, s:s}",
			 "source", disk->plan->source->name, "export",
			 disk->plan->export, "bytes",
			 (json_int_t)disk->plan->source->size, "target",
			 disk->target.path, "serial", disk->target.serial,
			 "bytes_received", (json_int_t)disk->received,
			 "bytes_free_not_copied",
			 (json_int_t)extents_total(&disk->usage.free), "digest",
			 hex, "digest_kind",
			 "xxh3-128 over xxh3-128 of each 64 KiB", "seed", seed);
}

/* When the source stood still, and for how long until now, as the commit
 * follows after this was written; of one that was let go, until the commit. */
static json_t *describe_downtime(const struct live *live)
{
	const struct convergence *c = &live->convergence;
	double so_far = live->held	     ? io_seconds() - live->held_since
			: live->downtime > 0 ? live->downtime
					     : live->held_for;

	return json_pack(
		"{s:I, s:I, s:I, s:f, s:f}", "rounds", (json_int_t)c->round,
		"quiesced", (json_int_t)live->held_at, "bytes_untracked",
		(json_int_t)live->missed, "predicted_downtime_s",
		c->predicted_s, live->held ? "downtime_so_far_s" : "downtime_s",
		so_far);
}

static char *make_receipt(const struct migrate *m, const char *system)
{
	json_t *disks = json_array();
	json_t *json;
	char *text;

	for (size_t i = 0; i < m->count; i++)
		(void)json_array_append_new(
			disks, m->fitting ? describe_files(&m->disk[i])
					  : describe_disk(&m->disk[i]));
	json = json_pack("{s:s, s:s, s:s, s:I, s:I, s:o}", "job", m->job,
			 "version", LANDER_VERSION, "system", system, "seconds",
			 (json_int_t)(io_seconds() - m->began), "time",
			 (json_int_t)time(NULL), "disks", disks);
	if (json && snapshot_asked(m))
		(void)json_object_set_new(
			json, "snapshot",
			json_integer((json_int_t)m->live.held_at));
	if (json && (m->live.held || m->live.downtime > 0) &&
	    !snapshot_asked(m))
		(void)json_object_set_new(json, "running_source",
					  describe_downtime(&m->live));
	text = json ? json_dumps(json, JSON_INDENT(1) | JSON_PRESERVE_ORDER)
		    : NULL;
	json_decref(json);
	return text;
}

/* A system without a place for it (no space, read-only, odd links) is copied
 * all the same; only a disk that fails ends the job. */
int proof_leave(struct migrate *m, const struct job_disk *disk,
		const struct root *root, struct error **err)
{
	struct error *why = NULL;
	char *receipt = make_receipt(m, root->name);
	char *log = NULL;
	int r;

	if (!receipt)
		return error_memory(err);
	report_say(m->report, "%s: %s; leaving the receipt in /var/log/lander",
		   disk->target.path, root->name);
	report_receipt(m->report, receipt);
	m->told = true;
	(void)io_read_file(log_path, LOG_LIMIT, &log, NULL, NULL);
	r = receipt_write(root->directory, receipt, log ? log : "", &why);
	free(receipt);
	free(log);
	if (r == -EIO) {
		if (err)
			*err = why;
		else
			error_free(why);
		return r;
	}
	if (r < 0)
		report_say(m->report, "%s: no receipt: %s", disk->target.path,
			   why->msg);
	error_free(why);
	return 0;
}

void proof_tell(struct migrate *m)
{
	char *receipt;

	/* A commit that was cut knows nothing of what came before. */
	if (m->told || m->finishing || m->planned_only || m->arrived)
		return;
	receipt = make_receipt(m, m->system ? m->system : "");
	if (receipt)
		report_receipt(m->report, receipt);
	free(receipt);
}
