/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Volume groups by the lvm command.  What is on a copied disk is hostile: LVM
 * is shown only the devices named, told to change no metadata by itself, and
 * every name it prints is checked before it is used.
 */
#include "disk/lvm.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/process.h"

/* LVM's own limit is 127 (lvm(8), "valid names"). */
#define NAME_LIMIT 127
#define NAME_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_.-"

#define ARGS_LIMIT 40

/* No cookie is waited for, no backup of the metadata is written anywhere, and
 * nothing is ever repaired or monitored.  Without udev LVM makes its own
 * nodes. */
static const char *settings(void)
{
	static const char with[] =
		"activation{udev_sync=0 monitoring=0} "
		"backup{backup=0 archive=0} global{use_lvmpolld=0} "
		"devices{use_devicesfile=0 hints=\"none\"}";
	static const char without[] =
		"activation{udev_sync=0 udev_rules=0 monitoring=0} "
		"backup{backup=0 archive=0} global{use_lvmpolld=0} "
		"devices{use_devicesfile=0 hints=\"none\"}";

	return access("/run/udev/control", F_OK) == 0 ? with : without;
}

static char *join(char *const *devices)
{
	size_t room = 1;
	char *text;
	char *at;

	for (size_t i = 0; devices[i]; i++)
		room += strlen(devices[i]) + 1;
	text = calloc(1, room);
	at = text;
	for (size_t i = 0; text && devices[i]; i++) {
		if (i)
			*at++ = ',';
		at = stpcpy(at, devices[i]);
	}
	return text;
}

/* lvm WORDS… --devices … --config (ours and more); its exit status, its output
 * to free(). */
static int run(char *const *devices, const char *more, const char *const *words,
	       char **ret_output, struct error **err)
{
	const char *argv[ARGS_LIMIT + 6] = {"lvm"};
	const struct process process = {.argv = argv, .timeout_s = 120};
	char *shown = join(devices);
	char *config = NULL;
	size_t n = 1;
	int r;

	if (!shown || asprintf(&config, "%s %s", settings(), more) < 0) {
		free(shown);
		return error_memory(err);
	}
	argv[n++] = words[0];
	argv[n++] = "--devices";
	argv[n++] = shown;
	argv[n++] = "--config";
	argv[n++] = config;
	for (size_t i = 1; i < ARGS_LIMIT && words[i]; i++)
		argv[n++] = words[i];
	r = process_run(&process, ret_output, err);
	free(config);
	free(shown);
	return r;
}

static bool is_name(const char *text)
{
	size_t length = strlen(text);

	return length && length <= NAME_LIMIT && *text != '-' &&
	       strcmp(text, ".") != 0 && strcmp(text, "..") != 0 &&
	       strspn(text, NAME_CHARS) == length;
}

void lvm_free_list(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

static int add(char ***list, const char *text, struct error **err)
{
	size_t count = 0;
	char **grown;

	while (*list && (*list)[count])
		count++;
	grown = reallocarray(*list, count + 2, sizeof(*grown));
	if (!grown)
		return error_memory(err);
	*list = grown;
	grown[count + 1] = NULL;
	grown[count] = strdup(text);
	return grown[count] ? 0 : error_memory(err);
}

/* "NAME|REST"; what is not such a line is a warning of LVM. */
static bool split_line(char *line, char **ret_name, char **ret_rest)
{
	char *bar;

	line += strspn(line, " ");
	bar = strchr(line, '|');
	if (!bar)
		return false;
	*bar = '\0';
	*ret_name = line;
	*ret_rest = bar + 1;
	return true;
}

static int read_groups(char *output, char ***groups, char ***incomplete,
		       struct error **err)
{
	char *rest = NULL;
	int r = 0;

	for (char *line = strtok_r(output, "\n", &rest); line && r == 0;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *missing;
		char *name;

		if (split_line(line, &name, &missing) && is_name(name))
			r = add(strcmp(missing, "0") != 0 ? incomplete : groups,
				name, err);
	}
	return r;
}

int lvm_groups(char *const *devices, char ***ret_groups, char ***ret_incomplete,
	       struct error **err)
{
	static const char *const words[] = {"vgs",
					    "--noheadings",
					    "--nosuffix",
					    "--separator",
					    "|",
					    "-o",
					    "vg_name,vg_missing_pv_count",
					    NULL};
	char **incomplete = NULL;
	char **groups = NULL;
	char *output = NULL;
	int r;

	r = run(devices, "", words, &output, err);
	if (r > 0)
		r = error_set(err, ERROR_TARGET, 0,
			      "lvm vgs exited with %d: %.200s", r,
			      output ? output : "");
	if (r == 0)
		r = read_groups(output, &groups, &incomplete, err);
	free(output);
	if (r < 0) {
		lvm_free_list(groups);
		lvm_free_list(incomplete);
		return r;
	}
	*ret_groups = groups;
	*ret_incomplete = incomplete;
	return 0;
}

/* A device below that is read-only takes no mapping for writing. */
static int change(char *const *devices, const char *group, const char *how,
		  bool read_only, struct error **err)
{
	const char *words[] = {"vgchange", "--activate", how, group, NULL};
	char *output = NULL;
	char *more = NULL;
	int r;

	if (read_only &&
	    asprintf(&more, "activation/read_only_volume_list=[\"%s\"]",
		     group) < 0)
		return error_memory(err);
	r = run(devices, more ? more : "", words, &output, err);
	free(more);

	if (output)
		log_debug("disk", "vgchange: %.400s", output);
	if (r > 0)
		r = error_set(err, ERROR_TARGET, 0,
			      "vgchange of %s exited with %d: %.200s", group, r,
			      output ? output : "");
	free(output);
	return r;
}

int lvm_activate(char *const *devices, const char *group, bool read_only,
		 struct error **err)
{
	struct error *why = NULL;
	int r = change(devices, group, "y", read_only, &why);

	/* -EIO: it ran and complained, most often about one thin pool whose
	 * tools are not here.  The others are active. */
	if (r == -EIO) {
		log_warn("disk", "%s", why->msg);
		error_free(why);
		return 0;
	}
	if (r < 0 && err)
		*err = why;
	else
		error_free(why);
	return r;
}

int lvm_deactivate(char *const *devices, const char *group, struct error **err)
{
	return change(devices, group, "n", false, err);
}

/* "ATTRIBUTES|active" behind the name: an active volume that is no pool and
 * no snapshot, which would show its origin's file system a second time. */
static bool is_plain(const char *rest)
{
	return *rest && !strchr("tsSd", *rest) && strstr(rest, "|active");
}

int lvm_volumes(char *const *devices, const char *group, char ***ret_paths,
		struct error **err)
{
	const char *words[] = {"lvs",	      "--noheadings",
			       "--separator", "|",
			       "-o",	      "lv_dm_path,lv_attr,lv_active",
			       group,	      NULL};
	static const char place[] = "/dev/mapper/";
	char **paths = NULL;
	char *output = NULL;
	char *rest = NULL;
	int r = run(devices, "", words, &output, err);

	if (r > 0)
		r = error_set(err, ERROR_TARGET, 0,
			      "lvm lvs exited with %d: %.200s", r,
			      output ? output : "");
	for (char *line = r == 0 ? strtok_r(output, "\n", &rest) : NULL;
	     line && r == 0; line = strtok_r(NULL, "\n", &rest)) {
		char *values;
		char *path;

		if (split_line(line, &path, &values) &&
		    strncmp(path, place, sizeof(place) - 1) == 0 &&
		    is_name(path + sizeof(place) - 1) && is_plain(values))
			r = add(&paths, path, err);
	}
	free(output);
	if (r < 0) {
		lvm_free_list(paths);
		return r;
	}
	*ret_paths = paths;
	return 0;
}

int lvm_command(char *const *devices, const char *const *words,
		struct error **err)
{
	char *output = NULL;
	int r = run(devices, "", words, &output, err);

	if (output)
		parse_make_printable(output);
	if (r > 0)
		r = error_set(err, ERROR_TARGET, 0,
			      "lvm %s exited with %d: %.300s", words[0], r,
			      output ? output : "");
	free(output);
	return r;
}
