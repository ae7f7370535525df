/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which system the job's disks hold, and its conversion.  All disks are looked
 * at together, because a system may lie on several of them.  It guesses
 * nothing: two systems, an encrypted one without its key, or a boot disk with
 * none that it knows end the job before the commit.
 */
#include "run/system.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "boot/firmware.h"
#include "config/config.h"
#include "disk/stage.h"
#include "disk/volume.h"
#include "guest/alias.h"
#include "guest/convert.h"
#include "guest/platform.h"
#include "guest/root.h"
#include "guest/root_find.h"
#include "run/fitting.h"
#include "run/fitting_names.h"
#include "run/hardware.h"
#include "run/migrate.h"
#include "run/proof.h"
#include "run/refit.h"
#include "run/rehearsal.h"
#include "run/report.h"
#include "run/scripts.h"

#define AS_IT_IS "lander.convert=none copies the disks as they are"

/* What was found on the disks. */
struct system {
	struct volumes volumes;
	struct root_find *found;
	size_t count;
	size_t which; /* of found is converted */
};

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
	convert->stop = m->stop;
	convert->uefi = firmware_started_uefi();
	convert->rebuild = config_is(m->config, CONFIG_INITRAMFS, "rebuild") ||
			   (m->fitting && m->fitting->rebuild);
	/* A new layout has no boot code at all. */
	convert->reinstall =
		m->fitting || config_is(m->config, CONFIG_LOADER, "reinstall");
	convert->boot_disk = convert->volumes->device;
	convert->network = config_text(m->config, CONFIG_NETWORK);
	convert->nic_map = (const char *const *)nics;
	convert->modalias = hardware->modalias;
	convert->scsi = hardware->scsi;
	convert->nic = hardware->nic;
	convert->nics = hardware->nics;
	convert->hypervisor = hardware->hypervisor;
	fitting_names_convert(m, convert);
	r = scripts_take(m, convert, err);
	if (r == 0)
		r = convert_run(convert, err);
	scripts_release(convert);
	m->boots = convert->boots;
	/* What was good as it was stands in the log. */
	for (size_t i = 0; i < convert->steps.count; i++)
		if (convert->steps.step[i].outcome != STEP_SKIPPED &&
		    !(rehearsal_asked(m) &&
		      !strcmp(convert->steps.step[i].name, BOOTCHECK_STEP)))
			report_say(m->report, "  %-7s %s: %s",
				   steps_word(convert->steps.step[i].outcome),
				   convert->steps.step[i].name,
				   convert->steps.step[i].text);
	if (rehearsal_asked(m))
		rehearsal_tell(m, &convert->steps);
	steps_free(&convert->steps);
	parse_free_list(nics);
	return r;
}

/* The system runs on this machine afterwards, or that is the error; what was
 * done is said either way. */
static int convert_root(struct migrate *m, const struct job_disk *disk,
			const struct volumes *volumes, const struct root *root,
			struct error **err)
{
	struct hardware hardware = {0};
	struct convert convert = {
		.root = root->directory,
		.volumes = volumes,
		.root_volume = root->volume,
		.disks = (unsigned int)m->count,
	};
	int r = hardware_read(m, &hardware, err);

	if (r < 0)
		return r;
	m->system = strdup(root->name);
	report_say(m->report, "%s: making %s start on this machine",
		   disk->target.path, root->name);
	r = convert_on(m, &hardware, &convert, err);
	hardware_done(&hardware);
	return r;
}

/* With a loader for this firmware, where firmware=convert asked for one. */
static int open_root(struct migrate *m, struct system *system, size_t which,
		     struct root *root, struct error **err)
{
	size_t place = system->found[which].volume;
	bool convert = which == system->which;
	int r = root_open(&system->volumes, place,
			  convert ? ROOT_CONVERT : ROOT_RECEIPT, root, err);

	if (r != 0 || !convert)
		return r;
	r = refit_root(m, &system->volumes, root, err);
	if (r == 0)
		return 0;
	if (root_close(root, r < 0 ? NULL : err) < 0 && r > 0)
		r = -EIO;
	return r < 0 ? r
		     : root_open(&system->volumes, place, ROOT_CONVERT, root,
				 err);
}

/* One of the found ones; the others are somebody's data. */
static int handle_root(struct migrate *m, struct system *system, size_t which,
		       struct error **err)
{
	size_t place = system->found[which].volume;
	struct job_disk *disk = &m->disk[system->volumes.volume[place].disk];
	struct root root = {0};
	int r = open_root(m, system, which, &root, err);

	if (r > 0 && which == system->which)
		return error_set(err, ERROR_CONVERT, 0,
				 "%s can't be mounted for writing",
				 system->found[which].name);
	if (r != 0)
		return r < 0 ? r : 0;
	if (which == system->which)
		r = convert_root(m, disk, &system->volumes, &root, err);
	if (r == 0)
		r = proof_leave(m, disk, &root, err);
	if (root_close(&root, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	return r < 0 ? error_wrap(err, "%s", disk->target.path) : 0;
}

static int open_volumes(struct migrate *m, struct volumes *ret_volumes,
			struct error **err)
{
	const char **device = calloc(m->count + 1, sizeof(*device));
	unsigned int *disk = calloc(m->count + 1, sizeof(*disk));
	struct volume_order order = {.disk = device};
	size_t count = 0;
	int r;

	if (!device || !disk) {
		r = error_memory(err);
		goto out;
	}
	for (size_t i = 0; i < m->count; i++) {
		if (!m->disk[i].stage)
			continue;
		if (m->disk[i].record.boot)
			order.boot = count;
		disk[count] = (unsigned int)i;
		device[count++] = m->disk[i].stage->device;
	}
	if (m->luks.bytes)
		order.key = &m->luks;
	r = volume_open(&order, ret_volumes, err);
	for (size_t i = 0; r == 0 && i < ret_volumes->count; i++)
		ret_volumes->volume[i].disk = disk[ret_volumes->volume[i].disk];
out:
	free(disk);
	free(device);
	return r;
}

/* Closed containers and arrays are said; the first one is the reason when no
 * system is found. */
static const struct volume *tell_locked(struct migrate *m,
					const struct volumes *volumes)
{
	const struct volume *first = NULL;

	for (size_t i = 0; i < volumes->count; i++) {
		const struct volume *volume = &volumes->volume[i];
		struct root_find place = {.volume = i};
		char *text;

		if (volume->degraded)
			report_say(m->report,
				   "warning: %s runs with a member missing",
				   volume->alias ? volume->alias[0]
						 : "an MD array");
		if (!volume->locked)
			continue;
		text = root_find_tell(volumes, &place, 1);
		report_say(m->report, "%s stays closed: %s", text ? text : "?",
			   volume->locked);
		free(text);
		first = first ? first : volume;
	}
	return first;
}

static bool is_luks(const struct volume *volume)
{
	return volume->fs && !strcmp(volume->fs, "crypto_LUKS");
}

/* Disks that no system lies on get no receipt, and that is said; what lies on
 * several is said of none of them. */
static void tell_others(struct migrate *m, const struct system *system)
{
	const struct volumes *volumes = &system->volumes;

	for (size_t i = 0; i < m->count; i++) {
		bool quiet = !m->disk[i].stage;

		for (size_t v = 0; v < volumes->count; v++)
			quiet = quiet || (volumes->volume[v].disk == i &&
					  volumes->volume[v].opened);
		for (size_t f = 0; f < system->count; f++)
			quiet = quiet ||
				volumes->volume[system->found[f].volume].disk ==
					i;
		if (!quiet)
			report_say(m->report,
				   "%s: no receipt: no Linux root file system "
				   "is on it",
				   m->disk[i].target.path);
	}
}

/* The first disk that firmware would start; NULL: all are data. */
static const struct job_disk *find_starting(const struct migrate *m,
					    unsigned int platform)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->disk[i].stage && m->disk[i].plan &&
		    (m->disk[i].plan->platform & platform))
			return &m->disk[i];
	return NULL;
}

/* No root is there: is that a job for lander?  Disks that start no machine are
 * data, encrypted or not. */
static int refuse_none(struct migrate *m, const struct volumes *volumes,
		       const struct volume *locked, struct error **err)
{
	const struct job_disk *disk = find_starting(
		m, PLATFORM_BIOS | PLATFORM_UEFI |
			   (locked ? (unsigned int)PLATFORM_UNSURE : 0));
	struct root_find place = {0};
	char *text;
	int r;

	if (!disk)
		return 0;
	if (!locked)
		return error_set(
			err, ERROR_CONVERT, 0,
			"%s is made to start a machine, and no Linux "
			"system is found on it or beside it; " AS_IT_IS,
			disk->target.path);
	place.volume = (size_t)(locked - volumes->volume);
	text = root_find_tell(volumes, &place, 1);
	r = error_set(err, ERROR_CONVERT, 0,
		      "no Linux system is found, and %s stays closed: %s; "
		      "%s" AS_IT_IS,
		      text ? text : locked->device, locked->locked,
		      is_luks(locked) ? "lander.luks= gives its key, " : "");
	free(text);
	return r;
}

/* 1: there is none, and need not be. */
static int choose(struct migrate *m, struct system *system, struct error **err)
{
	const char *wanted = config_text(m->config, CONFIG_ROOT);
	const struct volume *locked = tell_locked(m, &system->volumes);
	char *list;
	int r;

	if (!system->count) {
		r = refuse_none(m, &system->volumes, locked, err);
		return r < 0 ? r : 1;
	}
	if (wanted)
		system->which = root_find_named(&system->volumes, system->found,
						system->count, wanted);
	if (system->which < system->count && (wanted || system->count == 1))
		return 0;
	list = root_find_tell(&system->volumes, system->found, system->count);
	if (wanted)
		r = error_set(err, ERROR_CONVERT, 0,
			      "lander.root=%s means none of the Linux systems "
			      "on the disks, or more than one: %s",
			      wanted, list ? list : "");
	else
		r = error_set(err, ERROR_CONVERT, 0,
			      "%zu Linux systems are on the disks, and "
			      "lander.root= must say which one this machine "
			      "will run (lander.root=UUID=…): %s",
			      system->count, list ? list : "");
	free(list);
	return r;
}

int system_convert(struct migrate *m, struct error **err)
{
	struct system system = {0};
	int r = open_volumes(m, &system.volumes, err);

	if (r < 0)
		return r;
	r = root_find_all(&system.volumes, &system.found, &system.count, err);
	if (r == 0)
		r = choose(m, &system, err);
	if (r == 0)
		r = alias_apply(&system.volumes, err);
	if (r == 0)
		r = handle_root(m, &system, system.which, err);
	for (size_t i = 0; r == 0 && i < system.count; i++)
		if (i != system.which)
			r = handle_root(m, &system, i, err);
	if (r > 0)
		r = scripts_refuse(m, err);
	if (r >= 0)
		tell_others(m, &system);
	root_find_free(system.found, system.count);
	if (volume_close(&system.volumes, r < 0 ? NULL : err) < 0 && r >= 0)
		r = -EIO;
	return r < 0 ? r : 0;
}
