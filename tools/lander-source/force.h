/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FORCE_H
#define LANDER_SOURCE_FORCE_H

struct hold;
struct text;

/** force_open(hold, why): what forces them; a descriptor, or a negative errno
 *  with words added to why. */
long force_open(const struct hold *hold, struct text *why);

/** force_systems(hold, fd, why): all file systems of the machine read-only, by
 *  sysrq-u, and fd closed.  0, or a positive errno with words added to why. */
int force_systems(struct hold *hold, int fd, struct text *why);

/** force_wait(hold): until the kernel has done all of it, at most 2 minutes;
 *  what is made writable before that becomes read-only again for ever. */
void force_wait(const struct hold *hold);

/** force_look(hold, to): whether what was made writable again stays so, and
 *  once more where it does not; "not …" for what can't be helped. */
void force_look(const struct hold *hold, struct text *to);

#endif
