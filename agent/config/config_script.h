/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_SCRIPT_H
#define LANDER_CONFIG_CONFIG_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct error;

#define CONFIG_SCRIPTS_MAX 32

enum config_script_kind {
	CONFIG_SCRIPT_PRE,	 /* here, before anything else */
	CONFIG_SCRIPT_POST,	 /* in the converted system */
	CONFIG_SCRIPT_FIRSTBOOT, /* when it first runs on its own */
	CONFIG_SCRIPT_FINAL,	 /* here, after the commit */
	CONFIG_SCRIPT_FAIL,	 /* here, after a failure */
	CONFIG_SCRIPT_KINDS,
};

/** A script of the job. */
struct config_script {
	enum config_script_kind kind;
	char *interpreter; /* "/bin/sh" */
	char *text;
	char *origin; /* "lander.ks:12" */
	unsigned int lines;
	int rank; /* of the file it is from */
};

/** All of them, in the order they run: those of a lower rank first, those of
 *  one file as they stand in it. */
struct config_scripts {
	struct config_script *script;
	size_t count;
};

/** config_script_add(scripts, script, err): a copy of it.  Errors:
 *  ERROR_CONFIG above CONFIG_SCRIPTS_MAX. */
int config_script_add(struct config_scripts *scripts,
		      const struct config_script *script, struct error **err);

/** config_script_kind(word, ret): of "%pre" and so on; false: none. */
bool config_script_kind(const char *word, enum config_script_kind *ret);

/** config_script_inside(scripts): the first one that needs the copied system;
 *  NULL without one. */
const struct config_script *
config_script_inside(const struct config_scripts *scripts);

/** config_script_explain(scripts, out): a line for each, without its text. */
void config_script_explain(const struct config_scripts *scripts, FILE *out);

void config_script_free(struct config_scripts *scripts);

#endif
