/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_INSTANCE_H
#define LANDER_SOURCE_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lander-source/ring.h"
#include "lander-source/tracefs.h"

struct text;

#define INSTANCE_CPUS  1024U
#define INSTANCE_DISKS 16U /* of those a filter names */

/** Kinds of events, places in instance.format. */
enum instance_event {
	INSTANCE_COMPLETE, /* a request is done */
	INSTANCE_QUEUE,	   /* a bio is asked for; discards only */
	INSTANCE_EVENTS,
};

/** What is wanted of an instance. */
struct instance_wish {
	unsigned int number;	      /* of this process's instances */
	uint32_t kilobytes;	      /* of a CPU's buffer */
	uint32_t dev[INSTANCE_DISKS]; /* whose events are wanted */
	unsigned int disks;	      /* more than INSTANCE_DISKS: all */
	bool discards;		      /* INSTANCE_QUEUE is wanted, too */
};

/** A trace instance of our own, switched on. */
struct instance {
	bool open;
	char path[TRACEFS_PATH];
	char filter[INSTANCE_EVENTS][1024]; /* as the kernel shows it */
	struct instance_wish wish;
	struct ring_format format[INSTANCE_EVENTS];
	unsigned int cpus;
	struct {
		int fd;
		char number[12];
		uint64_t taken; /* events */
	} cpu[INSTANCE_CPUS];
};

/** instance_begin(instance, tracefs, wish, why): all that is done from now on
 *  is noted.  0, or a positive errno with its reason in why. */
int instance_begin(struct instance *instance, const struct tracefs *tracefs,
		   const struct instance_wish *wish, struct text *why);

/** instance_drain(instance, reader, ret_fill): tell reader->each of all that
 *  was noted before, but for the kinds' formats, which are set here; how full
 *  the fullest buffer was, in 1/256.  */
enum ring_result instance_drain(struct instance *instance,
				struct ring_reader *reader,
				unsigned int *ret_fill);

/** instance_check(instance, why): after a drain, that nothing was lost and
 *  nobody switched anything off; false with the reason. */
bool instance_check(const struct instance *instance, struct text *why);

/** instance_end(instance): remove it; one that is not open is left alone. */
void instance_end(struct instance *instance);

/** instance_memory(instance): kilobytes of all its buffers. */
uint64_t instance_memory(const struct instance *instance);

#endif
