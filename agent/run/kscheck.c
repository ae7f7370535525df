/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A kickstart file before its machine starts.  It only reads the file: no disk,
 * no network, no program of a script.
 */
#include "run/kscheck.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "config/config_check.h"
#include "config/load.h"

/* One line each: where the next one names the file again. */
static void say_wrong(const char *path, const char *text)
{
	size_t length = strlen(path);
	const char *at = text;

	while ((at = strstr(at, "; "))) {
		at += 2;
		if (strncmp(at, path, length) != 0 || at[length] != ':')
			continue;
		(void)fprintf(stderr, "%.*s\n", (int)(at - 2 - text), text);
		text = at;
	}
	(void)fprintf(stderr, "%s\n", text);
}

static void say_good(const char *path, const struct config *config)
{
	unsigned int words = 0;

	for (int key = 0; key < CONFIG_KEYS; key++)
		words += config->value[key].text != NULL;
	(void)printf("%s: nothing is wrong with it: %u parameter%s, %zu "
		     "script%s\n",
		     path, words, words == 1 ? "" : "s", config->scripts.count,
		     config->scripts.count == 1 ? "" : "s");
	if (!config_text(config, CONFIG_SOURCE) &&
	    !config_text(config, CONFIG_SERVE))
		(void)printf("%s: it names no source: that has to come from "
			     "another place\n",
			     path);
}

int kscheck_run(char *const *argv)
{
	struct load load = {.kickstart = argv[0]};
	struct config config = {0};
	struct error *wrong = NULL;
	struct error *more = NULL;
	int status = 0;

	if (!argv[0] || argv[1] || argv[0][0] == '-') {
		(void)fprintf(stderr, "usage: lander ks-check FILE\n");
		return ERROR_CONFIG;
	}
	(void)load_config(&load, &config, &wrong);
	(void)config_check_words(&config, &more);
	if (more)
		error_gather(&wrong, more);
	if (wrong) {
		say_wrong(argv[0], wrong->msg);
		status = ERROR_CONFIG;
	} else {
		say_good(argv[0], &config);
	}
	error_free(wrong);
	config_done(&config);
	return status;
}
