/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_HELPER_H
#define LANDER_SOURCE_HELPER_H

#include <stddef.h>

/** helper_program: lander-source, the program for the source machine, as the
 *  bytes of its file. */
extern const unsigned char helper_program[];
extern const unsigned char helper_program_end[];

/**
 * helper_script(name, size): the command that puts size bytes of stdin into a
 * new directory called name on the source, in the first place that can be
 * written to and that programs really run from, and runs them.  It says
 * "NAME go" when it wants the bytes.  free() it; NULL: no memory.
 */
char *helper_script(const char *name, size_t size);

#endif
