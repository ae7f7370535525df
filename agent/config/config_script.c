/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scripts of a job.  Their text may hold secrets: it is never printed.
 */
#include "config/config_script.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static void free_one(struct config_script *script)
{
	free(script->interpreter);
	free(script->text);
	free(script->origin);
}

int config_script_add(struct config_scripts *scripts,
		      const struct config_script *script, struct error **err)
{
	struct config_script copy = *script;
	struct config_script *grown;
	size_t at = 0;

	if (scripts->count >= CONFIG_SCRIPTS_MAX)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: more than %d scripts", script->origin,
				 CONFIG_SCRIPTS_MAX);
	copy.interpreter = strdup(script->interpreter);
	copy.text = strdup(script->text);
	copy.origin = strdup(script->origin);
	grown = reallocarray(scripts->script, scripts->count + 1,
			     sizeof(*grown));
	if (grown)
		scripts->script = grown;
	if (!grown || !copy.interpreter || !copy.text || !copy.origin) {
		free_one(&copy);
		return error_memory(err);
	}
	while (at < scripts->count && scripts->script[at].rank <= copy.rank)
		at++;
	memmove(scripts->script + at + 1, scripts->script + at,
		(scripts->count - at) * sizeof(copy));
	scripts->script[at] = copy;
	scripts->count++;
	return 0;
}

static const char *const words[CONFIG_SCRIPT_KINDS] = {
	[CONFIG_SCRIPT_PRE] = "%pre",
	[CONFIG_SCRIPT_POST] = "%post",
	[CONFIG_SCRIPT_FIRSTBOOT] = "%firstboot",
	[CONFIG_SCRIPT_FINAL] = "%final",
	[CONFIG_SCRIPT_FAIL] = "%fail",
};

bool config_script_kind(const char *word, enum config_script_kind *ret)
{
	for (int kind = 0; kind < CONFIG_SCRIPT_KINDS; kind++)
		if (!strcmp(word, words[kind])) {
			*ret = (enum config_script_kind)kind;
			return true;
		}
	return false;
}

const struct config_script *
config_script_inside(const struct config_scripts *scripts)
{
	for (size_t i = 0; i < scripts->count; i++) {
		const struct config_script *script = &scripts->script[i];

		if (script->kind == CONFIG_SCRIPT_POST ||
		    script->kind == CONFIG_SCRIPT_FIRSTBOOT)
			return script;
	}
	return NULL;
}

void config_script_explain(const struct config_scripts *scripts, FILE *out)
{
	for (size_t i = 0; i < scripts->count; i++) {
		const struct config_script *script = &scripts->script[i];
		char what[64];

		(void)snprintf(what, sizeof(what), "%u line%s for %s",
			       script->lines, script->lines == 1 ? "" : "s",
			       script->interpreter);
		(void)fprintf(out, "%-17s %-32s %s\n", words[script->kind],
			      what, script->origin);
	}
}

void config_script_free(struct config_scripts *scripts)
{
	for (size_t i = 0; i < scripts->count; i++)
		free_one(&scripts->script[i]);
	free(scripts->script);
	*scripts = (struct config_scripts){0};
}
