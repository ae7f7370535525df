/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_UNIT_FILE_H
#define LANDER_NETWORK_UNIT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/* Interfaces have at most three files, and two belong to none. */
#define UNIT_FILE_MOST 200

/** One file for udevd or networkd. */
struct unit_file {
	char name[64]; /* "30-lander-eth0.network" */
	char *text;
};

/** All files of a run; zero-filled is none. */
struct unit_files {
	struct unit_file file[UNIT_FILE_MOST];
	size_t count;
};

/** unit_file_add(files, stem, kind, text, err): stem and kind make the name;
 * text is taken over, also on failure.  Errors: ENOMEM (also when text is
 * NULL), E2BIG. */
int unit_file_add(struct unit_files *files, const char *stem, const char *kind,
		  char *text, struct error **err);

/** unit_file_is_ours(name): a name that unit_file_write() makes. */
bool unit_file_is_ours(const char *name);

/** unit_file_write(files, directory, err): the directory then holds exactly
 *  these of our files; none when it fails.  Errors: ERROR_TARGET. */
int unit_file_write(const struct unit_files *files, const char *directory,
		    struct error **err);

void unit_file_done(struct unit_files *files);

#endif
