/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bounded list of files that somebody should know of.  Their names are the
 * source's: made printable before anything is told.
 */
#include "files/files_notes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/parse.h"
#include "files/files_meta.h"

static const char *const head[FILES_NOTES] = {
	[FILES_NOTE_UNREADABLE] = "the source could not read",
	[FILES_NOTE_CHANGED] =
		"changed while they were read; the next pass takes them again",
	[FILES_NOTE_LOST] = "can't be kept whole here",
	[FILES_NOTE_PLAIN] = "are left out, since FAT has none of their kind",
	[FILES_NOTE_DIFFERENT] = "differ from the source",
	[FILES_NOTE_LEFT_OUT] = "were left out",
};

void files_notes_begin(struct files_notes *notes)
{
	memset(notes, 0, sizeof(*notes));
	(void)pthread_mutex_init(&notes->lock, NULL);
}

void files_notes_done(struct files_notes *notes)
{
	for (unsigned int kind = 0; kind < FILES_NOTES; kind++)
		for (unsigned int i = 0; i < FILES_NOTES_KEPT; i++) {
			free(notes->kept[kind][i].path);
			free(notes->kept[kind][i].words);
		}
	(void)pthread_mutex_destroy(&notes->lock);
}

void files_notes_add(struct files_notes *notes, enum files_note kind,
		     const char *path, const char *words, ...)
{
	struct files_noted one = {0};
	uint64_t number;
	va_list more;

	(void)pthread_mutex_lock(&notes->lock);
	number = notes->count[kind]++;
	(void)pthread_mutex_unlock(&notes->lock);
	if (number >= FILES_NOTES_KEPT)
		return;
	va_start(more, words);
	if (vasprintf(&one.words, words, more) < 0)
		one.words = NULL;
	va_end(more);
	one.path = one.words ? strdup(*path ? path : "/") : NULL;
	if (!one.path) {
		free(one.words);
		return;
	}
	parse_make_printable(one.path);
	parse_make_printable(one.words);
	(void)pthread_mutex_lock(&notes->lock);
	notes->kept[kind][number] = one;
	(void)pthread_mutex_unlock(&notes->lock);
}

void files_notes_differ(struct files_notes *notes, const char *path,
			unsigned int found)
{
	static const char *const word[] = {
		"type",
		"size",
		"time",
		"mode",
		"owner",
		"attributes",
		"flags",
		"content",
		"links",
		"missing",
		"not on the source",
	};
	char text[128] = "";
	size_t length = 0;

	for (unsigned int i = 0; i < sizeof(word) / sizeof(*word); i++)
		if (found & 1U << i)
			length += (size_t)snprintf(
				text + length, sizeof(text) - length, "%s%s",
				length ? ", " : "", word[i]);
	files_notes_add(notes, FILES_NOTE_DIFFERENT, path, "%s", text);
}

static void tell_one(const struct files_noted *one, enum log_level level)
{
	if (one->path)
		log_message(level, "files", "  %s%s%s", one->path,
			    *one->words ? ": " : "", one->words);
}

void files_notes_tell(const struct files_notes *notes, const char *name)
{
	for (unsigned int kind = 0; kind < FILES_NOTES; kind++) {
		enum log_level level =
			kind == FILES_NOTE_CHANGED ||
					kind == FILES_NOTE_LEFT_OUT
				? LOG_LEVEL_INFO
				: LOG_LEVEL_WARN;

		if (!notes->count[kind])
			continue;
		log_message(level, "files", "%s: %" PRIu64 " files %s:", name,
			    notes->count[kind], head[kind]);
		for (unsigned int i = 0; i < FILES_NOTES_KEPT; i++)
			tell_one(&notes->kept[kind][i], level);
		if (notes->count[kind] > FILES_NOTES_KEPT)
			log_message(level, "files", "  … and %" PRIu64 " more",
				    notes->count[kind] - FILES_NOTES_KEPT);
	}
}
