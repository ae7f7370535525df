/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversion: the copied system is made to start on this machine, on the stage
 * devices of all disks of the job at once, because a system may lie on several
 * of them.  Nothing that it does makes a disk bootable.
 */
#include "run/conversion.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/parse.h"
#include "boot/firmware.h"
#include "config/config.h"
#include "disk/stage.h"
#include "disk/table.h"
#include "disk/target.h"
#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/root.h"
#include "guest/steps.h"
#include "run/hardware.h"
#include "run/migrate.h"
#include "run/proof.h"
#include "run/refit.h"
#include "run/report.h"
#include "run/scripts.h"

/* The volumes of all disks, as one list; its texts belong to the others. */
struct everything {
	struct volumes all;
	struct volumes *other; /* by disk of the job; empty for the root's */
	size_t others;
	size_t first; /* where the volumes of the root's disk begin in all */
};

static int add_volumes(const struct volumes *from, size_t disk,
		       struct volumes *all, struct error **err)
{
	struct volume *grown = reallocarray(
		all->volume, all->count + from->count + 1, sizeof(*grown));

	if (!grown)
		return error_memory(err);
	all->volume = grown;
	for (size_t i = 0; i < from->count; i++) {
		grown[all->count] = from->volume[i];
		grown[all->count++].disk = (unsigned int)disk;
	}
	return 0;
}

static void close_everything(struct everything *every)
{
	for (size_t i = 0; i < every->others; i++)
		(void)volume_close(&every->other[i], NULL);
	free(every->other);
	free(every->all.volume);
}

/* A disk beside the root's that can't be read is left out, and said. */
static void open_other(const struct job_disk *disk, struct volumes *volumes)
{
	struct error *why = NULL;

	if (disk->stage && volume_open(disk->stage->device, volumes, &why) < 0)
		log_warn("conversion", "%s", why->msg);
	error_free(why);
}

static int open_everything(const struct migrate *m, const struct job_disk *disk,
			   const struct root *root, struct everything *every,
			   struct error **err)
{
	int r = 0;

	every->other = calloc(m->count, sizeof(*every->other));
	if (!every->other)
		return error_memory(err);
	every->others = m->count;
	every->all.device = root->volumes.device;
	for (size_t i = 0; r == 0 && i < m->count; i++) {
		if (&m->disk[i] == disk) {
			every->first = every->all.count;
			r = add_volumes(&root->volumes, i, &every->all, err);
		} else {
			open_other(&m->disk[i], &every->other[i]);
			r = add_volumes(&every->other[i], i, &every->all, err);
		}
	}
	return r;
}

/* What takes minutes is said before it begins. */
static void say(void *owner, const char *text)
{
	struct migrate *m = owner;

	report_say(m->report, "  %s", text);
}

/* The words of the job and the facts of this machine. */
static int convert_on(struct migrate *m, const struct hardware *hardware,
		      struct convert *convert, struct error **err)
{
	char **nics = NULL;
	int r = 0;

	if (config_text(m->config, CONFIG_NICS))
		r = parse_split(config_text(m->config, CONFIG_NICS), ',', &nics,
				err);
	if (r < 0)
		return r;
	convert->say = say;
	convert->owner = m;
	convert->uefi = firmware_started_uefi();
	convert->rebuild = config_is(m->config, CONFIG_INITRAMFS, "rebuild");
	convert->reinstall = config_is(m->config, CONFIG_LOADER, "reinstall");
	for (size_t i = 0; i < m->count; i++)
		if (m->disk[i].record.boot && m->disk[i].stage)
			convert->boot_disk = m->disk[i].stage->device;
	convert->network = config_text(m->config, CONFIG_NETWORK);
	convert->nic_map = (const char *const *)nics;
	convert->modalias = hardware->modalias;
	convert->scsi = hardware->scsi;
	convert->nic = hardware->nic;
	convert->nics = hardware->nics;
	convert->hypervisor = hardware->hypervisor;
	r = scripts_take(m, convert, err);
	if (r == 0)
		r = convert_run(convert, err);
	scripts_release(convert);
	/* What was good as it was stands in the log. */
	for (size_t i = 0; i < convert->steps.count; i++)
		if (convert->steps.step[i].outcome != STEP_SKIPPED)
			report_say(m->report, "  %-7s %s: %s",
				   steps_word(convert->steps.step[i].outcome),
				   convert->steps.step[i].name,
				   convert->steps.step[i].text);
	steps_free(&convert->steps);
	parse_free_list(nics);
	return r;
}

/* The system runs on this machine afterwards, or that is the error; what was
 * done is said either way. */
static int convert_root(struct migrate *m, const struct job_disk *disk,
			const struct root *root, struct error **err)
{
	const struct volume *volume = root_volume(root);
	struct hardware hardware = {0};
	struct everything every = {0};
	struct convert convert = {
		.root = root->directory,
		.volumes = &every.all,
		.disks = (unsigned int)m->count,
	};
	int r = hardware_read(m, &hardware, err);

	if (r < 0)
		return r;
	report_say(m->report, "%s: making %s start on this machine",
		   disk->target.path, root->name);
	r = open_everything(m, disk, root, &every, err);
	if (r == 0 && volume)
		convert.root_volume =
			&every.all.volume[every.first +
					  (size_t)(volume -
						   root->volumes.volume)];
	if (r == 0)
		r = convert_on(m, &hardware, &convert, err);
	close_everything(&every);
	hardware_done(&hardware);
	return r;
}

/* Where a Linux root is; elsewhere there is nothing to convert yet, and no
 * place for the receipt. */
static int convert_system(struct migrate *m, struct job_disk *disk,
			  struct error **err)
{
	struct error *why = NULL;
	struct root root = {0};
	int r = m->converted ? 0 : refit_run(m, disk, err);

	if (r < 0)
		return r;
	r = root_open(disk->stage->device,
		      m->converted ? ROOT_RECEIPT : ROOT_CONVERT, &root, &why);

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
		r = proof_leave(m, disk, &root, err);
	if (r == 0) {
		disk->system = root.name;
		root.name = NULL;
	}
	if (root_close(&root, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	return r;
}

/* From here on the disk differs from the source, and no digest can tell how. */
static int note_conversion(struct job_disk *disk, struct error **err)
{
	if (disk->record.epoch)
		return 0;
	disk->record.epoch = 1;
	return target_write_record(disk->open, &disk->record, err);
}

static int open_stage(struct migrate *m, struct job_disk *disk,
		      struct error **err)
{
	int r = note_conversion(disk, err);

	if (r < 0)
		return r;
	/* The stage device claims the disk; ours would be in its way. */
	target_close(disk->open);
	disk->open = NULL;
	r = stage_open(disk->target.path, disk->target.name, disk->sector0,
		       &disk->stage, err);
	if (r < 0)
		return r;
	r = table_move_backup(disk->stage->device, err);
	if (r < 0)
		return r;
	if (r == 0)
		report_say(m->report,
			   "%s: the backup partition table moved to the end "
			   "of the larger disk",
			   disk->target.path);
	return 0;
}

/* keep: sector 0 as conversion left it becomes the disk's. */
static int close_stage(struct job_disk *disk, bool keep, struct error **err)
{
	void *sector0 = NULL;
	int r = stage_close(disk->stage, &sector0, err);

	disk->stage = NULL;
	if (r < 0 || !keep) {
		free(sector0);
		return r;
	}
	free(disk->sector0);
	disk->sector0 = sector0;
	return target_open(&disk->target, 0, &disk->open, err);
}

static bool is_left(const struct migrate *m, const struct job_disk *disk)
{
	return disk->parked || config_is(m->config, CONFIG_CONVERT, "none") ||
	       !disk->target.is_block;
}

static int convert_all(struct migrate *m, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];

		if (!is_left(m, disk))
			r = open_stage(m, disk, err);
		else if (!disk->parked)
			report_say(m->report, "%s: left as it was copied",
				   disk->target.path);
		if (r < 0)
			return error_wrap(err, "%s", disk->target.path);
	}
	for (int boot = 1; boot >= 0; boot--)
		for (size_t i = 0; i < m->count; i++) {
			struct job_disk *disk = &m->disk[i];

			if (!disk->stage || disk->record.boot != (boot == 1))
				continue;
			if (convert_system(m, disk, err) < 0)
				return error_wrap(err, "%s", disk->target.path);
		}
	return scripts_check(m, err);
}

int conversion_run(struct migrate *m, struct error **err)
{
	int r = convert_all(m, err);

	for (size_t i = 0; i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];
		struct error *why = NULL;

		if (!disk->stage || close_stage(disk, r == 0, &why) == 0)
			continue;
		(void)error_wrap(&why, "%s", disk->target.path);
		if (r == 0 && err)
			*err = why;
		else
			error_free(why);
		r = r < 0 ? r : -EIO;
	}
	return r;
}
