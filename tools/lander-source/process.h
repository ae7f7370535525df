/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_PROCESS_H
#define LANDER_SOURCE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct text;

/** process_run(argv, seconds, said): a program by its path, waited for; its
 *  exit status, or a negative errno: it can't be run, a signal ended it
 * (EINTR), or it took too long (ETIMEDOUT).  said: the beginning of what it
 * said. */
int process_run(const char *const *argv, unsigned int seconds,
		struct text *said);

/** process_finish(argv, said): likewise, for a program that must not be cut
 *  off: however long it takes, and also when this process ends before it. */
int process_finish(const char *const *argv, struct text *said);

/** process_say(path, words): into a file of proc or sysfs. */
bool process_say(const char *path, const char *words);

/** process_began(pid): when it did, in ticks since the machine's start; 0 when
 *  it is no more, or waits for nothing but being counted. */
uint64_t process_began(uint64_t pid);

/** process_vanish(path): the agent puts this program into a directory of its
 *  own; both go at once, the running program needs neither. */
void process_vanish(char *path);

#endif
