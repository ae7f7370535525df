/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From verified data to a machine that boots: conversion on the stage device,
 * then the commit.  Until the last write of the commit no target disk can be
 * started.
 */
#include "run/finish.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/process.h"
#include "base/version.h"
#include "boot/firmware.h"
#include "config/config.h"
#include "disk/commit.h"
#include "disk/stage.h"
#include "disk/table.h"
#include "disk/target.h"
#include "guest/convert.h"
#include "guest/receipt.h"
#include "guest/root.h"
#include "guest/steps.h"
#include "run/hardware.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/source.h"

#define LOG_LIMIT ((size_t)4 << 20)

static const char log_path[] = "/run/lander/log";

static json_t *describe_disk(const struct job_disk *disk)
{
	char seed[17];
	char hex[33];

	for (size_t i = 0; i < sizeof(disk->digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", disk->digest[i]);
	(void)snprintf(seed, sizeof(seed), "%016" PRIx64, disk->record.seed);
	return json_pack("{s:s, s:s, s:I, s:s, s:s*, s:I, s:s, s:s, s:s}",
			 "source", disk->plan->source->name, "export",
			 disk->plan->export, "bytes",
			 (json_int_t)disk->plan->source->size, "target",
			 disk->target.path, "serial", disk->target.serial,
			 "bytes_received", (json_int_t)disk->received, "digest",
			 hex, "digest_kind",
			 "xxh3-128 over xxh3-128 of each 64 KiB", "seed", seed);
}

static char *make_receipt(const struct migrate *m, const char *system)
{
	json_t *disks = json_array();
	json_t *json;
	char *text;

	for (size_t i = 0; i < m->count; i++)
		(void)json_array_append_new(disks, describe_disk(&m->disk[i]));
	json = json_pack("{s:s, s:s, s:s, s:I, s:I, s:o}", "job", m->job,
			 "version", LANDER_VERSION, "system", system, "seconds",
			 (json_int_t)(io_seconds() - m->began), "time",
			 (json_int_t)time(NULL), "disks", disks);
	text = json ? json_dumps(json, JSON_INDENT(1) | JSON_PRESERVE_ORDER)
		    : NULL;
	json_decref(json);
	return text;
}

/* A system without a place for it (no space, read-only, odd links) is copied
 * all the same; only a disk that fails ends the job. */
static int write_receipt(struct migrate *m, const struct job_disk *disk,
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

/* The system runs on this machine afterwards, or that is the error; what was
 * done is said either way. */
static int convert_root(struct migrate *m, const struct job_disk *disk,
			const struct root *root, struct error **err)
{
	struct hardware hardware = {0};
	struct convert convert = {
		.root = root->directory,
		.volumes = &root->volumes,
		.root_volume = root_volume(root),
		.disks = (unsigned int)m->count,
		.uefi = firmware_is_uefi(),
		.rebuild = config_is(m->config, CONFIG_INITRAMFS, "rebuild"),
		.network = config_text(m->config, CONFIG_NETWORK),
	};
	char **nics = NULL;
	int r = hardware_read(m, &hardware, err);

	if (r == 0 && config_text(m->config, CONFIG_NICS))
		r = parse_split(config_text(m->config, CONFIG_NICS), ',', &nics,
				err);
	if (r < 0)
		goto out;
	convert.modalias = hardware.modalias;
	convert.scsi = hardware.scsi;
	convert.nic = hardware.nic;
	convert.nics = hardware.nics;
	convert.hypervisor = hardware.hypervisor;
	convert.nic_map = (const char *const *)nics;
	report_say(m->report, "%s: making %s start on this machine",
		   disk->target.path, root->name);
	r = convert_run(&convert, err);
	/* What was good as it was stands in the log. */
	for (size_t i = 0; i < convert.steps.count; i++)
		if (convert.steps.step[i].outcome != STEP_SKIPPED)
			report_say(m->report, "  %-7s %s: %s",
				   steps_word(convert.steps.step[i].outcome),
				   convert.steps.step[i].name,
				   convert.steps.step[i].text);
out:
	steps_free(&convert.steps);
	parse_free_list(nics);
	hardware_done(&hardware);
	return r;
}

/* Where a Linux root is; elsewhere there is nothing to convert yet, and no
 * place for the receipt. */
static int convert_system(struct migrate *m, struct job_disk *disk,
			  const char *device, struct error **err)
{
	struct error *why = NULL;
	struct root root = {0};
	int r = root_open(device, false, &root, &why);

	if (r != 0) {
		report_say(m->report, "%s: no receipt: %s", disk->target.path,
			   why ? why->msg
			       : "no Linux root file system is on it");
		error_free(why);
		return 0;
	}
	/* The boot disk is the first; a system on another disk beside one is
	 * somebody's data. */
	if (!m->converted)
		r = convert_root(m, disk, &root, err);
	m->converted = true;
	if (r == 0)
		r = write_receipt(m, disk, &root, err);
	if (r == 0) {
		disk->system = root.name;
		root.name = NULL;
	}
	if (root_close(&root, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	return r;
}

static int convert_staged(struct migrate *m, struct job_disk *disk,
			  const char *device, struct error **err)
{
	int r = table_move_backup(device, err);

	if (r < 0)
		return r;
	if (r == 0)
		report_say(m->report,
			   "%s: the backup partition table moved to the end "
			   "of the larger disk",
			   disk->target.path);
	return convert_system(m, disk, device, err);
}

/* From here on the disk differs from the source, and no digest can tell how. */
static int note_conversion(struct job_disk *disk, struct error **err)
{
	if (disk->record.epoch)
		return 0;
	disk->record.epoch = 1;
	return target_write_record(disk->open, &disk->record, err);
}

static int convert_disk(struct migrate *m, struct job_disk *disk,
			struct error **err)
{
	struct stage *stage = NULL;
	void *sector0 = NULL;
	int r = note_conversion(disk, err);

	if (r < 0)
		return r;
	/* The stage device claims the disk; ours would be in its way. */
	target_close(disk->open);
	disk->open = NULL;
	r = stage_open(disk->target.path, disk->target.name, disk->sector0,
		       &stage, err);
	if (r < 0)
		return r;
	r = convert_staged(m, disk, stage->device, err);
	if (stage_close(stage, &sector0, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	if (r < 0) {
		free(sector0);
		return r;
	}
	free(disk->sector0);
	disk->sector0 = sector0;
	return target_open(&disk->target, 0, &disk->open, err);
}

static int convert_or_leave(struct migrate *m, struct job_disk *disk,
			    struct error **err)
{
	if (disk->parked)
		return 0;
	if (config_is(m->config, CONFIG_CONVERT, "none") ||
	    !disk->target.is_block) {
		report_say(m->report, "%s: left as it was copied",
			   disk->target.path);
		return 0;
	}
	if (convert_disk(m, disk, err) < 0)
		return error_wrap(err, "%s", disk->target.path);
	return 0;
}

int finish_convert(struct migrate *m, struct error **err)
{
	int r = 0;

	for (int boot = 1; boot >= 0; boot--)
		for (size_t i = 0; r == 0 && i < m->count; i++)
			if (m->disk[i].record.boot == (boot == 1))
				r = convert_or_leave(m, &m->disk[i], err);
	return r;
}

static int park_disk(struct migrate *m, struct job_disk *disk,
		     struct error **err)
{
	struct error *why = NULL;
	int r;

	if (!disk->open) {
		r = target_open(&disk->target, 0, &disk->open, err);
		if (r < 0)
			return r;
	}
	if (disk->parked)
		return 0;
	r = commit_park(disk->open, &disk->record, disk->sector0, &why);
	if (r == 0) {
		disk->parked = true;
		return 0;
	}
	if (r != -ENOSPC) {
		if (err)
			*err = why;
		return r;
	}
	/* A power cut in the next milliseconds would need the source again,
	 * no more than that. */
	log_warn("finish", "%s: %s; its first sector is kept in memory only",
		 disk->target.path, why->msg);
	error_free(why);
	disk->unparked = true;
	(void)m;
	return 0;
}

/* The kernel looks at the disk again, for the hand-over: its partitions were
 * not there while sector 0 held the record. */
static void reread_table(const char *path)
{
	const char *reread[] = {"blockdev", "--rereadpt", path, NULL};
	const char *settle[] = {"udevadm", "settle", "-t", "20", NULL};
	struct process process = {.argv = reread, .timeout_s = 30};

	(void)process_run(&process, NULL, NULL);
	process.argv = settle;
	(void)process_run(&process, NULL, NULL);
}

static int commit_disk(struct migrate *m, struct job_disk *disk,
		       struct error **err)
{
	int r;

	if (disk->unparked)
		r = commit_write(disk->open, disk->sector0, err);
	else
		r = commit_finish(disk->open, &disk->record, err);
	if (r < 0)
		return error_wrap(err, "%s", disk->target.path);
	report_say(m->report, "%s: complete", disk->target.path);
	target_close(disk->open);
	disk->open = NULL;
	if (m->machine)
		reread_table(disk->target.path);
	return 0;
}

int finish_commit(struct migrate *m, struct error **err)
{
	/* Parked in the order of the commit: when the boot disk says so, all
	 * of them do. */
	for (int boot = 0; boot < 2; boot++)
		for (size_t i = 0; i < m->count; i++)
			if (m->disk[i].record.boot == (boot == 1) &&
			    park_disk(m, &m->disk[i], err) < 0)
				return error_wrap(err, "%s",
						  m->disk[i].target.path);
	m->committing = true;
	for (int boot = 0; boot < 2; boot++)
		for (size_t i = 0; i < m->count; i++)
			if (m->disk[i].record.boot == (boot == 1) &&
			    commit_disk(m, &m->disk[i], err) < 0)
				return -EIO;
	return 0;
}

const struct job_disk *finish_boot_disk(const struct migrate *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->disk[i].record.boot)
			return &m->disk[i];
	return m->count ? &m->disk[0] : NULL;
}
