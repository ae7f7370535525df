/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SPACE_H
#define LANDER_SOURCE_SPACE_H

struct text;

/** space_tell(to, process, place, number): fields size and used, bytes, and
 *  files, of the
 *  file system that is mounted at place in that process's mount namespace
 *  (NULL: ours); nothing when another one than number ("8:1") is seen there. */
void space_tell(struct text *to, const char *process, const char *place,
		const char *number);

/** space_tell_place(to, place): an object of a directory: its path, free bytes,
 *  and whether programs are not run from it; nothing when it is not there. */
void space_tell_place(struct text *to, const char *place);

#endif
