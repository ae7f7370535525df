/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Types and options of fstab for a file system that is of another kind now, or
 * whose subvolumes have other numbers.  It knows words only, no device.
 */
#include "guest/newlayout_kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/fstab.h"

static bool is_ext(const char *fs)
{
	return !strcmp(fs, "ext2") || !strcmp(fs, "ext3") ||
	       !strcmp(fs, "ext4");
}

bool newlayout_kind_mounts(const char *type, const char *fs)
{
	if (!is_ext(fs) && strcmp(fs, "xfs") != 0)
		return true;
	return fstab_has(type, "auto") || fstab_has(type, fs) ||
	       (is_ext(fs) && fstab_has(type, "ext4") &&
		strcmp(fs, "ext4") != 0);
}

bool newlayout_kind_shares(const char *type, const char *fs)
{
	return is_ext(type) && is_ext(fs);
}

static bool is_for_all(const char *word, size_t length)
{
	static const char *const words[] = {
		"defaults",   "ro",	     "rw",
		"auto",	      "noauto",	     "user",
		"nouser",     "users",	     "owner",
		"group",      "exec",	     "noexec",
		"suid",	      "nosuid",	     "dev",
		"nodev",      "sync",	     "async",
		"dirsync",    "atime",	     "noatime",
		"diratime",   "nodiratime",  "relatime",
		"norelatime", "strictatime", "nostrictatime",
		"lazytime",   "nolazytime",  "nofail",
		"_netdev",    "discard",     "nodiscard",
		"usrquota",   "grpquota",    "prjquota",
		"iversion",   "noiversion",  "mand",
		"nomand",     "silent",	     "loud",
		NULL};

	if (!strncmp(word, "x-", 2) || !strncmp(word, "X-", 2) ||
	    !strncmp(word, "comment=", 8))
		return true;
	/* SELinux: context=, fscontext=, defcontext=, rootcontext= */
	if (memmem(word, length, "context=", 8))
		return true;
	for (size_t i = 0; words[i]; i++)
		if (length == strlen(words[i]) &&
		    !strncmp(word, words[i], length))
			return true;
	return false;
}

/* A new list, word by word; room for the old one and a name. */
struct list {
	char *text;
	size_t length;
};

static bool begin(struct list *list, const char *options, const char *more)
{
	*list = (struct list){.text = malloc(strlen(options) + strlen(more) +
					     sizeof("defaults,subvol="))};
	if (list->text)
		list->text[0] = '\0';
	return list->text;
}

static void put(struct list *list, const char *before, const char *word,
		size_t length)
{
	list->length += (size_t)sprintf(list->text + list->length, "%s%s%.*s",
					list->length ? "," : "", before,
					(int)length, word);
}

char *newlayout_kind_options(const char *options)
{
	struct list list;
	bool quoted = false; /* a comma within quotes parts no words */

	if (!begin(&list, options, ""))
		return NULL;
	for (const char *at = options; *at;) {
		size_t length = 0;

		while (at[length] && (quoted || at[length] != ',')) {
			quoted ^= at[length] == '"';
			length++;
		}
		if (is_for_all(at, length))
			put(&list, "", at, length);
		at += length;
		at += *at == ',';
	}
	if (!list.length)
		put(&list, "", "defaults", strlen("defaults"));
	return list.text;
}

static bool is_number(const char *word, size_t length)
{
	if (length < 9 || strncmp(word, "subvolid=", 9) != 0)
		return false;
	/* The top of every btrfs. */
	return !(length == 10 && (word[9] == '5' || word[9] == '0'));
}

char *newlayout_kind_subvolume(const char *options, const char *name)
{
	bool named = fstab_has(options, "subvol");
	struct list list;

	if (!begin(&list, options, name))
		return NULL;
	for (const char *at = options; *at;) {
		size_t length = strcspn(at, ",");
		bool number = is_number(at, length);

		if (number && !named && *name)
			put(&list, "subvol=", name, strlen(name));
		else if (!number || !named)
			put(&list, "", at, length);
		at += length;
		at += *at == ',';
	}
	return list.text;
}

const char *newlayout_kind_tail(const char *place, const char *fs)
{
	if (!strcmp(fs, "swap"))
		return "sw 0 0";
	/* What Debian's and Red Hat's installers write for an ESP. */
	if (!strcmp(fs, "vfat"))
		return "umask=0077 0 1";
	if (!is_ext(fs))
		return "defaults 0 0";
	return !strcmp(place, "/") ? "defaults 0 1" : "defaults 0 2";
}

char *newlayout_kind_escape(const char *value)
{
	char *text = malloc(4 * strlen(value) + 1);
	size_t n = 0;

	for (const char *at = value; text && *at; at++) {
		if (strchr(" \t\n\\", *at))
			n += (size_t)sprintf(text + n, "\\%03o",
					     (unsigned int)(unsigned char)*at);
		else
			text[n++] = *at;
	}
	if (text)
		text[n] = '\0';
	return text;
}
