/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of file systems, held against what is on the copied disks.  A name
 * that says what is written on a disk is there or it is not; any other is the
 * kernel's or a daemon's to give, and nothing is claimed about it.
 */
#include "guest/bootcheck_names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/fstab.h"

#define SHOWN 100 /* of a name that is too long */

/* Names that are written on disks. */
static const char *const written[] = {
	"UUID=",
	"LABEL=",
	"PARTUUID=",
	"/dev/disk/by-uuid/",
	"/dev/disk/by-label/",
	"/dev/disk/by-partuuid/",
};

static const struct volume *find_volume(const struct convert *convert,
					const char *spec)
{
	const struct volumes *volumes = convert->volumes;

	for (size_t i = 0; volumes && i < volumes->count; i++)
		if (fstab_names(spec, &volumes->volume[i]))
			return &volumes->volume[i];
	return NULL;
}

static bool is_written(const char *spec)
{
	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++)
		if (!strncmp(spec, written[i], strlen(written[i])))
			return true;
	return false;
}

/* The value of the last root= of a command line; to free(). */
static int find_root(const char *cmdline, char **ret_spec)
{
	const char *found = NULL;
	bool quoted = false;
	bool begins = true;

	for (const char *at = cmdline; at && *at; at++) {
		if (begins && !quoted && !strncmp(at, "root=", 5))
			found = at + 5;
		if (*at == '"')
			quoted = !quoted;
		begins = strchr(" \t\n\"", *at) != NULL;
	}
	*ret_spec = NULL;
	if (!found)
		return 0;
	found += *found == '"';
	*ret_spec = strndup(found, strcspn(found, " \t\r\n\""));
	return *ret_spec ? 1 : -ENOMEM;
}

/* dracut's block:UUID=… is UUID=… */
static const char *without_kind(const char *spec)
{
	return strncmp(spec, "block:", 6) ? spec : spec + 6;
}

int bootcheck_names_root(const struct convert *convert, const char *cmdline,
			 enum bootcheck_verdict *ret_verdict, char **ret_text)
{
	const struct volume *volume = NULL;
	const char *spec;
	char *value = NULL;
	int r = find_root(cmdline, &value);

	if (r < 0)
		return r;
	spec = value ? without_kind(value) : "";
	if (value)
		volume = find_volume(convert, spec);
	*ret_verdict = BOOTCHECK_UNSURE;
	if (!value) {
		r = asprintf(ret_text, "root=: the kernel is given none");
	} else if (volume && convert->root_volume &&
		   volume != convert->root_volume) {
		r = asprintf(ret_text,
			     "root=%.*s is %s, not the root that was looked "
			     "at, %s",
			     SHOWN, spec, volume->device,
			     convert->root_volume->device);
	} else if (volume) {
		*ret_verdict = BOOTCHECK_BOOTS;
		r = asprintf(ret_text, "root=%.*s is there", SHOWN, spec);
	} else if (is_written(spec)) {
		*ret_verdict = BOOTCHECK_FAILS;
		r = asprintf(ret_text,
			     "root=%.*s is on none of the copied disks", SHOWN,
			     spec);
	} else {
		r = asprintf(ret_text,
			     "root=%.*s: what has this name, the machine "
			     "itself decides",
			     SHOWN, spec);
	}
	free(value);
	if (r < 0)
		*ret_text = NULL;
	return r < 0 ? -ENOMEM : 0;
}

/* One line; 1 when there is a word to say about it. */
static int judge(const struct convert *convert, char *const *field,
		 enum bootcheck_verdict *ret_verdict, char **ret_text)
{
	const char *spec = field[FSTAB_SPEC];
	const char *place = field[FSTAB_PLACE];
	const char *options = field[FSTAB_OPTIONS];
	bool top = !strcmp(place, "/");
	int r;

	if (!top &&
	    (*place != '/' || fstab_has(options, "noauto") ||
	     fstab_has(options, "nofail") || fstab_has(options, "_netdev") ||
	     fstab_has(options, "x-systemd.automount")))
		return 0;
	if (find_volume(convert, spec)) {
		if (!top)
			return 0;
		*ret_verdict = BOOTCHECK_BOOTS;
		r = asprintf(ret_text, "/etc/fstab: / is %.*s, and it is there",
			     SHOWN, spec);
	} else if (is_written(spec)) {
		*ret_verdict = top ? BOOTCHECK_FAILS : BOOTCHECK_UNSURE;
		r = asprintf(ret_text,
			     "/etc/fstab: %.*s, %.*s, is on none of the copied "
			     "disks%s",
			     SHOWN, place, SHOWN, spec,
			     top ? "" : ", and without nofail");
	} else if (!strncmp(spec, "/dev/", 5)) {
		*ret_verdict = BOOTCHECK_UNSURE;
		r = asprintf(ret_text,
			     "/etc/fstab: %.*s, %.*s: what has this name, the "
			     "machine itself decides",
			     SHOWN, place, SHOWN, spec);
	} else {
		return 0;
	}
	if (r < 0)
		*ret_text = NULL;
	return r < 0 ? -ENOMEM : 1;
}

int bootcheck_names_fstab(const struct convert *convert, const char *fstab,
			  size_t *at, enum bootcheck_verdict *ret_verdict,
			  char **ret_text)
{
	struct fstab_line line;
	int r = 0;

	while (r == 0 && fstab_next(fstab, at, &line)) {
		char *field[FSTAB_FIELDS] = {NULL};

		for (int i = 0; r == 0 && i < FSTAB_FIELDS; i++) {
			field[i] =
				fstab_field(fstab, &line, (enum fstab_column)i);
			r = field[i] ? 0 : -ENOMEM;
		}
		if (r == 0)
			r = judge(convert, field, ret_verdict, ret_text);
		for (int i = 0; i < FSTAB_FIELDS; i++)
			free(field[i]);
	}
	return r;
}
