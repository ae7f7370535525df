/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The job's scripts in the converted system.  It knows nothing of what is in
 * them; one that fails stops the job.
 */
#include "guest/script.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/io.h"
#include "guest/chroot.h"
#include "guest/convert.h"
#include "guest/firstboot.h"
#include "guest/selinux.h"
#include "guest/tree.h"

#define STEP	"script"
#define LIMIT_S 1800

static const char *or_none(const char *text)
{
	return text ? text : "";
}

static int run_post(struct convert *convert, const struct script *script,
		    struct error **err)
{
	const char *argv[] = {script->interpreter, CHROOT_FILE, NULL};
	const char *environment[6] = {
		"LANDER_ROOT=/",
		convert->uefi ? "LANDER_FIRMWARE=uefi" : "LANDER_FIRMWARE=bios",
	};
	char *name = NULL;
	char *words[3] = {NULL};
	struct chroot_job job = {.root = convert->root,
				 .argv = argv,
				 .environment = environment,
				 .file = script->text,
				 .limit_s = LIMIT_S,
				 .uefi = convert->uefi,
				 .names = true,
				 .stop = convert->stop};
	double began = io_seconds();
	int r;

	if (asprintf(&name, "%%post of %s", script->origin) < 0 ||
	    asprintf(&words[0], "LANDER_JOB=%s", or_none(convert->job)) < 0 ||
	    asprintf(&words[1], "LANDER_DISKS=%s", or_none(convert->targets)) <
		    0 ||
	    asprintf(&words[2], "LANDER_SCRIPT=%s", script->origin) < 0) {
		r = error_memory(err);
		goto out;
	}
	for (size_t i = 0; i < 3; i++)
		environment[2 + i] = words[i];
	job.name = name;
	convert_say(convert, "running %s, at most %d s", name, LIMIT_S);
	r = selinux_ran(convert, err);
	if (r == 0)
		r = chroot_run(&job, err);
	if (r == 0)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "%s ended well after %.1f s", name,
			  io_seconds() - began);
out:
	free(name);
	for (size_t i = 0; i < 3; i++)
		free(words[i]);
	return r;
}

static int check_interpreters(const struct convert *convert, struct error **err)
{
	for (size_t i = 0; i < convert->scripts; i++) {
		const struct script *script = &convert->script[i];

		if (!tree_has(convert->root, script->interpreter))
			return error_set(err, ERROR_CONVERT, 0,
					 "%s: the copied system has no '%s'",
					 script->origin, script->interpreter);
	}
	return 0;
}

int script_convert(struct convert *convert, struct error **err)
{
	int r = check_interpreters(convert, err);

	if (r == 0)
		r = firstboot_set(convert, err);
	for (size_t i = 0; r == 0 && i < convert->scripts; i++)
		if (convert->script[i].when == SCRIPT_POST)
			r = run_post(convert, &convert->script[i], err);
	return r;
}
