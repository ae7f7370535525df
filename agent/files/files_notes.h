/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_NOTES_H
#define LANDER_FILES_NOTES_H

#include <pthread.h>
#include <stdint.h>

/** What is worth telling of single files: all are counted, the first of each
 *  kind are kept by name. */
enum files_note {
	FILES_NOTE_UNREADABLE, /* the source could not read it */
	FILES_NOTE_CHANGED,    /* it changed while it was read */
	FILES_NOTE_LOST,       /* this file system can't keep something of it */
	FILES_NOTE_PLAIN,      /* it is nothing that FAT has: left out there */
	FILES_NOTE_DIFFERENT,  /* it is not what the source has */
	FILES_NOTE_LEFT_OUT,   /* by exclude=, or as no part of a copy */
	FILES_NOTES,
};

#define FILES_NOTES_KEPT 50U

/** One of them; both are printable. */
struct files_noted {
	char *path;  /* from the tree's root; NULL: it was not kept */
	char *words; /* or "" */
};

struct files_notes {
	pthread_mutex_t lock;
	uint64_t count[FILES_NOTES];
	struct files_noted kept[FILES_NOTES][FILES_NOTES_KEPT];
};

void files_notes_begin(struct files_notes *notes);
void files_notes_done(struct files_notes *notes);

/** files_notes_add(notes, kind, path, words, …): any thread may. */
void files_notes_add(struct files_notes *notes, enum files_note kind,
		     const char *path, const char *words, ...)
	__attribute__((format(printf, 4, 5)));

/** files_notes_differ(notes, path, found): FILES_NOTE_DIFFERENT, with the words
 *  for these bits of enum files_difference. */
void files_notes_differ(struct files_notes *notes, const char *path,
			unsigned int found);

/** files_notes_tell(notes, name): to the log, what there is of the file system
 *  called name. */
void files_notes_tell(const struct files_notes *notes, const char *name);

#endif
