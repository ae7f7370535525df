/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SERVE_SCREEN_H
#define LANDER_RUN_SERVE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "serve/clients.h"

struct config;
struct offers;
struct report;
struct serve_keys;

/** What the person at a served machine is told. */
struct serve_screen {
	const struct config *config;
	struct report *report;
	const struct offers *offers;
	const struct serve_keys *keys;
	char addresses[512]; /* as they were told, blanks between them */
	struct clients told; /* likewise */
	double began;	     /* when somebody last began to read */
	double drawn;
	unsigned long long read; /* bytes, as they were told */
	double refused;		 /* when that was told last */
	unsigned int unsaid;	 /* that were refused since */
};

/** serve_screen_begin(screen): the disks, the keys, how it ends. */
void serve_screen_begin(struct serve_screen *screen);

/** serve_screen_step(screen, program): what changed since the last call: the
 *  addresses with the words for the target, who reads, how much. */
void serve_screen_step(struct serve_screen *screen, const char *program);

/** serve_screen_heard(screen, line): a line of the server's: who was turned
 *  away is told, not faster than every few seconds. */
void serve_screen_heard(struct serve_screen *screen, const char *line);

#endif
