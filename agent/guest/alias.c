/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that a system gives to its own volumes: where this machine sees
 * /dev/md127, the copy's files say /dev/md0.  It only reads, and adds a name
 * only where superblock, mdadm.conf or crypttab ties it to a volume.
 */
#include "guest/alias.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "disk/volume.h"
#include "guest/devicename.h"
#include "guest/fstab.h"
#include "guest/tree.h"

#define TEXT_LIMIT ((size_t)1 << 20)
#define NAME_LIMIT 255
#define ALIAS_MAX  64
#define MAPPER	   "/dev/mapper/"

static bool has_alias(const struct volume *volume, const char *name)
{
	for (size_t i = 0; volume->alias && volume->alias[i]; i++)
		if (!strcmp(volume->alias[i], name))
			return true;
	return false;
}

/* What may be printed, and stand in a path: no blank, no control character. */
static bool is_name(const char *name)
{
	for (const char *at = name; *at; at++)
		if (*at <= ' ' || *at > '~')
			return false;
	return *name && strlen(name) <= NAME_LIMIT;
}

/* One more name; a name that is no name is left out. */
static int add(struct volume *volume, const char *before, const char *name,
	       struct error **err)
{
	size_t count = 0;
	char **grown;
	char *text = NULL;

	while (volume->alias && volume->alias[count])
		count++;
	if (!is_name(name) || count == ALIAS_MAX)
		return 0;
	if (asprintf(&text, "%s%s", before, name) < 0)
		return error_memory(err);
	if (has_alias(volume, text)) {
		free(text);
		return 0;
	}
	grown = reallocarray(volume->alias, count + 2, sizeof(*grown));
	if (!grown) {
		free(text);
		return error_memory(err);
	}
	grown[count] = text;
	grown[count + 1] = NULL;
	volume->alias = grown;
	return 0;
}

static bool is_number(const char *text)
{
	return *text && strlen(text) < 5 &&
	       strspn(text, "0123456789") == strlen(text);
}

/* "0" or "root", as mdadm knows it: /dev/md/root, and for a number /dev/md0. */
static int add_array(struct volume *volume, const char *name,
		     struct error **err)
{
	int r = add(volume, "/dev/md/", name, err);

	if (r == 0 && is_number(name))
		r = add(volume, "/dev/md", name, err);
	return r;
}

/* "8-4-4-4-12" as libblkid writes it, "8:8:8:8" as mdadm does: the digits. */
static bool same_digits(const char *a, const char *b)
{
	size_t digits = 0;

	for (;;) {
		a += strspn(a, ":-");
		b += strspn(b, ":-");
		if (!*a || !*b)
			return !*a && !*b && digits == 32;
		if (!isxdigit((unsigned char)*a) ||
		    tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		a++;
		b++;
		digits++;
	}
}

/* The links that udev makes of the superblock. */
static int add_links(struct volume *volume, const struct volume *member,
		     struct error **err)
{
	const char *colon = member->label ? strchr(member->label, ':') : NULL;
	char uuid[40];
	size_t used = 0;
	int r = 0;

	for (const char *at = member->uuid; *at && used < 35; at++) {
		if (*at == '-')
			continue;
		if (used % 9 == 8)
			uuid[used++] = ':';
		uuid[used++] = *at;
	}
	uuid[used] = '\0';
	r = add(volume, "/dev/disk/by-id/md-uuid-", uuid, err);
	if (r == 0 && member->label)
		r = add(volume, "/dev/disk/by-id/md-name-", member->label, err);
	if (r == 0 && member->label)
		r = add_array(volume, colon ? colon + 1 : member->label, err);
	return r;
}

/* The line's "uuid=…", or else its "name=…", is the array's. */
static bool is_tied(const char *line, const struct volume *member)
{
	size_t end = strcspn(line, "\n");
	bool tied = false;

	for (size_t i = 0; i < end;) {
		size_t length = strcspn(line + i, " \t\r\n");
		bool uuid = !strncasecmp(line + i, "uuid=", 5);
		char value[NAME_LIMIT + 1];

		if ((uuid || !strncasecmp(line + i, "name=", 5)) &&
		    length - 5 < sizeof(value)) {
			memcpy(value, line + i + 5, length - 5);
			value[length - 5] = '\0';
			if (uuid)
				return same_digits(value, member->uuid);
			tied = tied ||
			       (member->label && !strcmp(value, member->label));
		}
		i += length;
		i += strspn(line + i, " \t\r");
	}
	return tied;
}

/* ARRAY /dev/md0 metadata=1.2 name=host:0 UUID=…: lines of words, as fstab's;
 * one that goes on in the next line is read as far as its first. */
static int read_conf(const char *root, const char *path, struct volume *volume,
		     const struct volume *member, struct error **err)
{
	struct fstab_line line;
	char *text = NULL;
	size_t at = 0;
	int r = 0;

	if (tree_read(root, path, TEXT_LIMIT, &text) < 0)
		return 0;
	while (r == 0 && fstab_next(text, &at, &line)) {
		char *word = fstab_field(text, &line, FSTAB_SPEC);
		char *name = fstab_field(text, &line, FSTAB_PLACE);

		if (word && name && line.fields > FSTAB_PLACE &&
		    !strcasecmp(word, "ARRAY") &&
		    is_tied(text + line.at[FSTAB_PLACE], member)) {
			if (!strncmp(name, "/dev/md/", 8))
				r = add_array(volume, name + 8, err);
			else if (*name == '/')
				r = add(volume, "", name, err);
			else
				r = add_array(volume, name, err);
		}
		free(word);
		free(name);
	}
	free(text);
	return r;
}

/* /dev/md0 and 1: /dev/md0p1; /dev/md/root and 1: /dev/md/root1. */
static int add_slices(struct volumes *volumes, size_t array, struct error **err)
{
	const struct volume *volume = &volumes->volume[array];
	int r = 0;

	for (size_t i = 0; r == 0 && i < volumes->count; i++) {
		struct volume *slice = &volumes->volume[i];

		if (slice->kind != VOLUME_SLICE || slice->holder != array)
			continue;
		for (size_t a = 0; r == 0 && volume->alias && volume->alias[a];
		     a++) {
			const char *name = volume->alias[a];
			char part[24];
			bool link = !strncmp(name, "/dev/disk/", 10);
			bool digit =
				isdigit((unsigned char)name[strlen(name) - 1]);

			(void)snprintf(part, sizeof(part), "%s%u",
				       link    ? "-part"
				       : digit ? "p"
					       : "",
				       slice->number);
			r = add(slice, name, part, err);
		}
	}
	return r;
}

static int read_array(const char *root, struct volumes *volumes, size_t which,
		      struct error **err)
{
	static const char *const conf[] = {"/etc/mdadm/mdadm.conf",
					   "/etc/mdadm.conf"};
	struct volume *volume = &volumes->volume[which];
	const struct volume *member = &volumes->volume[volume->holder];
	int r;

	if (!member->uuid)
		return 0;
	r = add_links(volume, member, err);
	for (size_t i = 0; r == 0 && i < sizeof(conf) / sizeof(*conf); i++)
		r = read_conf(root, conf[i], volume, member, err);
	return r < 0 ? r : add_slices(volumes, which, err);
}

/* What was opened of this container; NULL when it is closed. */
static struct volume *inside(struct volumes *volumes,
			     const struct volume *container)
{
	for (size_t i = 0; i < volumes->count; i++)
		if (volumes->volume[i].kind == VOLUME_LUKS &&
		    &volumes->volume[volumes->volume[i].holder] == container)
			return &volumes->volume[i];
	return NULL;
}

static int read_crypttab(const char *root, struct volumes *volumes,
			 struct error **err)
{
	struct devicename_order order = devicename_order_make(volumes, 0);
	struct fstab_line line;
	char *text = NULL;
	size_t at = 0;
	int r = 0;

	if (tree_read(root, "/etc/crypttab", TEXT_LIMIT, &text) < 0)
		return 0;
	while (r == 0 && fstab_next(text, &at, &line)) {
		char *name = fstab_field(text, &line, FSTAB_SPEC);
		char *device = fstab_field(text, &line, FSTAB_PLACE);
		struct devicename found = {0};
		struct volume *volume = NULL;

		if (name && device && *device)
			found = devicename_resolve(&order, device,
						   "crypto_LUKS", NULL);
		if (found.volume)
			volume = inside(volumes, found.volume);
		if (volume && !strchr(name, '/'))
			r = add(volume, "/dev/mapper/", name, err);
		if (r == 0 && volume && !strchr(name, '/'))
			r = add(volume, "/dev/disk/by-id/dm-name-", name, err);
		free(name);
		free(device);
	}
	free(text);
	return r;
}

int alias_read(const char *root, struct volumes *volumes, struct error **err)
{
	int r = 0;

	/* Arrays first: a container may lie on one. */
	for (size_t i = 0; r == 0 && i < volumes->count; i++)
		if (volumes->volume[i].kind == VOLUME_ARRAY)
			r = read_array(root, volumes, i, err);
	for (size_t i = 0; r == 0 && i < volumes->count; i++) {
		struct volume *volume = &volumes->volume[i];

		if (volume->kind == VOLUME_LUKS &&
		    volumes->volume[volume->holder].uuid)
			r = add(volume, "/dev/mapper/luks-",
				volumes->volume[volume->holder].uuid, err);
	}
	return r < 0 ? r : read_crypttab(root, volumes, err);
}

/* A name for dmsetup(8) that nobody has here. */
static bool is_free_name(const char *path)
{
	const char *name = path + strlen(MAPPER);
	size_t length = strlen(name);

	return !strncmp(path, MAPPER, strlen(MAPPER)) && length &&
	       length < 100 && *name != '.' &&
	       strspn(name,
		      "abcdefghijklmnopqrstuvwxyz"
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-") == length &&
	       access(path, F_OK) < 0;
}

int alias_apply(struct volumes *volumes, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r != -ENOMEM && i < volumes->count; i++) {
		struct volume *volume = &volumes->volume[i];
		struct error *why = NULL;
		const char *path = NULL;

		if (volume->kind != VOLUME_LUKS)
			continue;
		/* The last one: that of crypttab, where there is one. */
		for (size_t a = 0; volume->alias && volume->alias[a]; a++)
			if (is_free_name(volume->alias[a]))
				path = volume->alias[a];
		r = path ? volume_rename(volumes, i, path, &why) : 0;
		if (r < 0)
			log_warn("guest", "%s: %s", path,
				 why ? why->msg : "no memory");
		error_free(why);
	}
	return r == -ENOMEM ? error_memory(err) : 0;
}
