/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_WORKER_H
#define LANDER_COPY_WORKER_H

#include <stddef.h>

/** Bytes of buffers that one worker has. */
#define WORKER_POOL ((size_t)8 * 1048576)

/** worker_main(member): the thread that brings runs of the crew's queue over,
 *  until the queue is complete or the crew stops.  Always NULL. */
void *worker_main(void *member);

#endif
