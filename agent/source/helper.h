/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_HELPER_H
#define LANDER_SOURCE_HELPER_H

#include <stddef.h>

/** lander-source, the program for source machines, of one kind of them: the
 *  bytes of its file. */
struct helper {
	const char *machine; /* "x86_64", as uname -m says it */
	const unsigned char *program;
	const unsigned char *end;
};

#define HELPERS 2
extern const struct helper helper_each[HELPERS];

/** helper_size(helper): of its file, bytes. */
size_t helper_size(const struct helper *helper);

/**
 * helper_script(name): the command that puts the program for the source's kind
 * of machine, from its stdin, into a new directory called name there, in the
 * first place that can be written to and that programs really run from, and
 * runs it.  It says "NAME go MACHINE" when it wants those bytes.  free() it;
 * NULL: no memory.
 */
char *helper_script(const char *name);

#endif
