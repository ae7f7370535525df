/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FILE_H
#define LANDER_SOURCE_FILE_H

#include <stddef.h>
#include <stdint.h>

struct text;

/** file_read(path, buf, room): a small file, as far as it fits, with a zero
 *  byte after it.  Its length or a negative errno (buf is then ""). */
long file_read(const char *path, char *buf, size_t room);

/** file_read_line(buf, room, part, …, NULL): the first line of the file whose
 *  path is these parts in a row, without blanks at its end; "" when there is
 *  none.  Returns buf. */
const char *file_read_line(char *buf, size_t room, ...)
	__attribute__((sentinel));

/** file_read_number(part, …, NULL): the number in such a file, or 0. */
uint64_t file_read_number(const char *part, ...) __attribute__((sentinel));

/** file_list(path, each, owner): call each(owner, name) for every entry but
 *  those that begin with a dot, until it returns other than 0; that, or a
 *  negative errno. */
long file_list(const char *path, int (*each)(void *owner, const char *name),
	       void *owner);

#endif
