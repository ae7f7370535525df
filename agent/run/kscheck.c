/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A kickstart file, with the files beside it that it includes, before its
 * machine starts.  It only reads them: no disk, no network, no program of a
 * script.
 */
#include "run/kscheck.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "config/config.h"
#include "config/config_check.h"
#include "config/kickstart.h"
#include "config/load.h"
#include "run/document.h"

/* What is looked at: the file, and those that it includes. */
struct looked {
	char *path[CONFIG_INCLUDES_MAX + 1];
	size_t count;
};

static bool names_one(const struct looked *looked, const char *at)
{
	for (size_t i = 0; i < looked->count; i++) {
		size_t length = strlen(looked->path[i]);

		if (!strncmp(at, looked->path[i], length) && at[length] == ':')
			return true;
	}
	return false;
}

/* One line each: where the next one names a file again. */
static void say_wrong(const struct looked *looked, const char *text)
{
	const char *at = text;

	while ((at = strstr(at, "; "))) {
		at += 2;
		if (!names_one(looked, at))
			continue;
		(void)fprintf(stderr, "%.*s\n", (int)(at - 2 - text), text);
		text = at;
	}
	(void)fprintf(stderr, "%s\n", text);
}

static int check_pin(const char *path, const char *sha256, struct error **err)
{
	struct document document = {0};
	char *bytes = NULL;
	int r = io_read_file(path, KICKSTART_LIMIT, &bytes, &document.length,
			     err);

	document.bytes = bytes;
	if (r == 0 && !document_has(&document, sha256))
		r = error_set(err, ERROR_CONFIG, 0,
			      "%s: its SHA-256 is another", path);
	document_done(&document);
	return r;
}

/* Those that lie beside the file that is checked; of others it is only told. */
static void look_at(struct looked *looked, const struct config_include *include,
		    struct config *config, struct error **all)
{
	struct error *one = NULL;
	char *path = NULL;
	int r = 0;

	if (strstr(include->place, "://") || strstr(include->place, "${")) {
		(void)printf("%s: what %%include names is fetched when the "
			     "machine starts, and was not checked here\n",
			     include->origin);
		return;
	}
	r = document_beside(looked->path[0], include->place, &path, &one);
	if (r == 0 && access(path, R_OK) < 0)
		r = error_set(&one, ERROR_CONFIG, errno, "%s", path);
	if (r == 0 && include->sha256)
		r = check_pin(path, include->sha256, &one);
	if (r < 0)
		(void)error_wrap(&one, "%s: %%include", include->origin);
	else
		(void)load_included_file(config, path, &one);
	if (path)
		looked->path[looked->count++] = path;
	if (one)
		error_gather(all, one);
}

static void look_at_included(struct looked *looked, struct config *config,
			     struct error **all)
{
	size_t first = config->includes.count;

	for (size_t i = 0; i < first; i++) {
		/* The list may move when a file adds to it. */
		struct config_include include = config->includes.include[i];

		look_at(looked, &include, config, all);
	}
	for (size_t i = first; i < config->includes.count; i++) {
		struct error *one = NULL;

		(void)error_set(&one, ERROR_CONFIG, 0,
				"%s: a file that is included includes no other",
				config->includes.include[i].origin);
		error_gather(all, one);
	}
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
	struct looked looked = {{argv[0]}, 1};
	int status = 0;

	if (!argv[0] || argv[1] || argv[0][0] == '-') {
		(void)fprintf(stderr, "usage: lander ks-check FILE\n");
		return ERROR_CONFIG;
	}
	(void)load_config(&load, &config, &wrong);
	look_at_included(&looked, &config, &wrong);
	(void)config_check_words(&config, &more);
	if (more)
		error_gather(&wrong, more);
	if (wrong) {
		say_wrong(&looked, wrong->msg);
		status = ERROR_CONFIG;
	} else {
		say_good(argv[0], &config);
	}
	error_free(wrong);
	config_done(&config);
	while (looked.count > 1)
		free(looked.path[--looked.count]);
	return status;
}
