/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_WORK_H
#define LANDER_RUN_WIZARD_WORK_H

#include <stdatomic.h>
#include <stdbool.h>

/** Something that takes a while, in a thread beside the screen. */
struct wizard_work {
	void (*run)(void *owner);
	void (*halt)(void *owner); /* somebody says stop */
	void *owner;
	_Atomic bool done; /* it has returned */
};

/** wizard_work_start(work): false: no thread could be had.
 *  wizard_work_join(work): when it is done. */
bool wizard_work_start(struct wizard_work *work);
void wizard_work_join(void);

/** wizard_work_wait(work, title, text, stop): all of it, with a screen that
 *  says so meanwhile; its one button halts it.  False: no
 *  thread. */
bool wizard_work_wait(struct wizard_work *work, const char *title,
		      const char *text);

#endif
