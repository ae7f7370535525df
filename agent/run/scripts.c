/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The job's scripts on their way from its description to the copied system.
 */
#include "run/scripts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "config/config.h"
#include "guest/convert.h"
#include "guest/script.h"
#include "run/migrate.h"

/* "/dev/vda /dev/vdb" */
char *scripts_targets(const struct migrate *m)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	for (size_t i = 0; i < m->count; i++)
		(void)fprintf(out, "%s%s", i ? " " : "",
			      m->disk[i].target.path);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

int scripts_take(const struct migrate *m, struct convert *convert,
		 struct error **err)
{
	const struct config_scripts *scripts = &m->config->scripts;
	struct script *script = calloc(scripts->count + 1, sizeof(*script));
	size_t count = 0;

	convert->script = script;
	convert->targets = scripts_targets(m);
	convert->job = m->job;
	if (!script || !convert->targets)
		return error_memory(err);
	for (size_t i = 0; i < scripts->count; i++) {
		const struct config_script *from = &scripts->script[i];

		if (from->kind != CONFIG_SCRIPT_POST &&
		    from->kind != CONFIG_SCRIPT_FIRSTBOOT)
			continue;
		script[count++] =
			(struct script){.when = from->kind == CONFIG_SCRIPT_POST
							? SCRIPT_POST
							: SCRIPT_FIRSTBOOT,
					.interpreter = from->interpreter,
					.text = from->text,
					.origin = from->origin};
	}
	convert->scripts = count;
	return 0;
}

void scripts_release(struct convert *convert)
{
	free((void *)(uintptr_t)convert->script);
	free((void *)(uintptr_t)convert->targets);
	convert->script = NULL;
	convert->targets = NULL;
	convert->scripts = 0;
}

int scripts_refuse(const struct migrate *m, struct error **err)
{
	const struct config_script *script =
		config_script_inside(&m->config->scripts);

	if (!script)
		return 0;
	/* A cut commit is finished; the scripts ran before it. */
	for (size_t i = 0; i < m->count; i++)
		if (m->disk[i].parked)
			return 0;
	return error_set(err, ERROR_CONVERT, 0,
			 "%s: no Linux system was found on the copied disks "
			 "for this script to run in",
			 script->origin);
}
