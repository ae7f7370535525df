/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A trace instance of our own: its buffers, its two events, and the proof that
 * none of them was lost.  Buffers are never resized while they are in use,
 * because newer kernels stop noting meanwhile: who wants larger ones begins
 * another instance before this one is switched off.
 * Sources: Documentation/trace/ftrace and events of the kernel;
 * kernel/trace/trace.c and trace_events_filter.c of several versions.
 */
#include "lander-source/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lander-source/file.h"
#include "lander-source/system_trace.h"
#include "lander-source/text.h"

#define PAGE_BYTES 4096U
#define PAGE_MAX   65536U /* bytes; where somebody made them larger */

static const char *const event_path[INSTANCE_EVENTS] = {
	[INSTANCE_COMPLETE] = "/events/block/block_rq_complete",
	[INSTANCE_QUEUE] = "/events/block/block_bio_queue",
};

static int refuse(struct text *why, long code, const char *words)
{
	text_add(why, words);
	return code < 0 ? (int)-code : (int)code;
}

/* --- what the kernel is like ------------------------------------------- */

static bool read_format(const char *root, const char *event,
			struct ring_format *ret)
{
	static char text[16384];
	char path[TRACEFS_PATH];

	return file_read(tracefs_path(path, root, event, "/format", NULL), text,
			 sizeof(text)) > 0 &&
	       ring_format(text, ret);
}

static int look_at_kernel(struct instance *instance,
			  const struct tracefs *tracefs, struct text *why)
{
	static char page[4096];
	static char event[4096];
	char path[TRACEFS_PATH];

	(void)file_read(
		tracefs_path(path, tracefs->root, "/events/header_page", NULL),
		page, sizeof(page));
	(void)file_read(
		tracefs_path(path, tracefs->root, "/events/header_event", NULL),
		event, sizeof(event));
	if (!ring_is_known(page, event))
		return refuse(why, EPROTO,
			      "this kernel's trace buffers are laid out in a "
			      "way that is not known");
	for (unsigned int i = 0; i < INSTANCE_EVENTS; i++)
		if (!read_format(tracefs->root, event_path[i],
				 &instance->format[i]))
			return refuse(why, EPROTO,
				      "this kernel has no events of block "
				      "devices, or not those that are known "
				      "(CONFIG_BLK_DEV_IO_TRACE, "
				      "CONFIG_EVENT_TRACING)");
	return 0;
}

/* Before 3.14 an event had one filter for all instances: not ours to set. */
static bool has_own_filters(void)
{
	struct utsname name = {0};
	uint64_t major = 0;
	uint64_t minor = 0;
	const char *at;

	if (system_uname(&name) < 0)
		return false;
	at = text_number(name.release, &major);
	if (at && *at == '.')
		(void)text_number(at + 1, &minor);
	return major > 3 || (major == 3 && minor >= 14);
}

/* --- its settings ------------------------------------------------------ */

static void add_disks(struct text *filter, const struct instance_wish *wish)
{
	for (unsigned int i = 0; i < wish->disks; i++) {
		text_add(filter, i ? " || dev == " : " && (dev == ");
		text_add_number(filter, wish->dev[i]);
	}
	text_add(filter, ")");
}

/* From the strictest filter to none: whatever is let through is looked at
 * again.  Only what is known to change nothing may be kept away. */
static void set_filter(struct instance *instance, enum instance_event event)
{
	static const char *const rule[INSTANCE_EVENTS][2] = {
		{"nr_sector > 0 && !(rwbs ~ \"R*\")", "nr_sector > 0"},
		{"nr_sector > 0 && rwbs ~ \"*D*\"", "nr_sector > 0"},
	};
	char file[TRACEFS_PATH];
	char words[1024];
	struct text text;
	bool own = has_own_filters();

	(void)tracefs_path(file, instance->path, event_path[event], "/filter",
			   NULL);
	for (unsigned int i = 0; own && i < 2; i++) {
		text_begin(&text, words, sizeof(words));
		text_add(&text, rule[event][i]);
		/* A bio has the number of its partition. */
		if (event == INSTANCE_COMPLETE &&
		    instance->wish.disks <= INSTANCE_DISKS)
			add_disks(&text, &instance->wish);
		if (tracefs_write(file, words) == 0)
			break;
		(void)tracefs_write(file, "0");
	}
	(void)file_read(file, instance->filter[event],
			sizeof(instance->filter[event]));
}

static int switch_on(struct instance *instance, struct text *why)
{
	char path[TRACEFS_PATH];
	int r;

	for (unsigned int i = 0; i < INSTANCE_EVENTS; i++) {
		if (i == INSTANCE_QUEUE && !instance->wish.discards)
			continue;
		set_filter(instance, i);
		r = tracefs_write(tracefs_path(path, instance->path,
					       event_path[i], "/enable", NULL),
				  "1");
		if (r < 0)
			return refuse(why, r, "an event can't be switched on");
	}
	return 0;
}

static int add_cpu(void *owner, const char *name)
{
	struct instance *instance = owner;
	char path[TRACEFS_PATH];
	struct text number;
	long fd;

	if (!text_begins(name, "cpu"))
		return 0;
	if (instance->cpus == INSTANCE_CPUS)
		return -E2BIG;
	fd = system_open(tracefs_path(path, instance->path, "/per_cpu/", name,
				      "/trace_pipe_raw", NULL),
			 O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return (int)fd;
	text_begin(&number, instance->cpu[instance->cpus].number,
		   sizeof(instance->cpu[0].number));
	text_add(&number, name + 3);
	instance->cpu[instance->cpus].fd = (int)fd;
	instance->cpu[instance->cpus].taken = 0;
	instance->cpus++;
	return 0;
}

static int set_up(struct instance *instance, struct text *why)
{
	char path[TRACEFS_PATH];
	char words[32];
	struct text text;
	long r;

	text_begin(&text, words, sizeof(words));
	text_add_number(&text, instance->wish.kilobytes);
	r = tracefs_write(
		tracefs_path(path, instance->path, "/buffer_size_kb", NULL),
		words);
	if (r < 0)
		return refuse(why, r,
			      "there is no memory for the trace buffers");
	r = file_list(tracefs_path(path, instance->path, "/per_cpu", NULL),
		      add_cpu, instance);
	if (r < 0 || !instance->cpus)
		return refuse(why, r ? r : ENOENT,
			      "a CPU's trace buffer can't be opened");
	r = tracefs_write(
		tracefs_path(path, instance->path, "/tracing_on", NULL), "1");
	if (r < 0)
		return refuse(why, r, "tracing can't be switched on");
	return switch_on(instance, why);
}

int instance_begin(struct instance *instance, const struct tracefs *tracefs,
		   const struct instance_wish *wish, struct text *why)
{
	struct text path;
	long r;

	instance->cpus = 0;
	instance->wish = *wish;
	r = look_at_kernel(instance, tracefs, why);
	if (r)
		return (int)r;
	text_begin(&path, instance->path, sizeof(instance->path));
	text_add(&path, tracefs->root);
	text_add(&path, "/instances/");
	tracefs_name(&path, wish->number);
	r = system_mkdir(instance->path, 0700);
	if (r < 0)
		return refuse(why, r,
			      r == -ENOENT
				      ? "this kernel has no trace instances "
					"(they came with Linux 3.10)"
				      : "no trace instance can be made");
	instance->open = true;
	r = set_up(instance, why);
	if (r)
		instance_end(instance);
	return (int)r;
}

void instance_end(struct instance *instance)
{
	if (!instance->open)
		return;
	for (unsigned int i = 0; i < instance->cpus; i++)
		(void)system_close(instance->cpu[i].fd);
	(void)system_rmdir(instance->path);
	instance->cpus = 0;
	instance->open = false;
}

uint64_t instance_memory(const struct instance *instance)
{
	return file_read_number(instance->path, "/buffer_total_size_kb", NULL);
}

/* --- what was noted ---------------------------------------------------- */

enum ring_result instance_drain(struct instance *instance,
				struct ring_reader *reader,
				unsigned int *ret_fill)
{
	static uint8_t page[PAGE_MAX] __attribute__((aligned(8)));
	enum ring_result worst = RING_GOOD;
	unsigned int pages = instance->wish.kilobytes * 1024 / PAGE_BYTES;

	*ret_fill = 0;
	reader->format = instance->format;
	reader->formats = INSTANCE_EVENTS;
	for (unsigned int i = 0; i < instance->cpus; i++) {
		uint64_t before = reader->events;
		unsigned int count = 0;
		long n = 0;

		/* What is noted after the beginning may stay: no CPU can keep
		 * us here for ever. */
		while (worst != RING_STRANGE && count < pages + 16) {
			enum ring_result one;

			n = system_read(instance->cpu[i].fd, page,
					sizeof(page));
			if (n <= 0)
				break;
			one = ring_page(reader, page, (size_t)n);
			worst = one > worst ? one : worst;
			count++;
		}
		if (n < 0 && n != -EAGAIN && n != -EINTR)
			worst = RING_STRANGE;
		instance->cpu[i].taken += reader->events - before;
		if (count * 256 / pages > *ret_fill)
			*ret_fill = count * 256 / pages;
	}
	return worst;
}

/* --- whether all of it was --------------------------------------------- */

static uint64_t counted(const char *stats, const char *name)
{
	const char *at = text_find(stats, name);
	uint64_t value = 0;

	/* One that is not there has counted nothing. */
	if (at)
		(void)text_number(at + strlen(name), &value);
	return value;
}

static bool check_cpu(const struct instance *instance, unsigned int i,
		      struct text *why)
{
	char path[TRACEFS_PATH];
	char stats[1024];
	uint64_t lost;

	if (file_read(tracefs_path(path, instance->path, "/per_cpu/cpu",
				   instance->cpu[i].number, "/stats", NULL),
		      stats, sizeof(stats)) <= 0) {
		text_add(why, "the trace instance is gone");
		return false;
	}
	lost = counted(stats, "\noverrun: ") +
	       counted(stats, "\ncommit overrun: ") +
	       counted(stats, "\ndropped events: ");
	if (lost) {
		text_add(why, "the kernel's trace buffer was full: ");
		text_add_number(why, lost);
		text_add(why, " events are missing");
		return false;
	}
	/* Exactly as many as we took; else somebody else took or threw away
	 * what was ours. */
	if (text_find(stats, "\nread events: ") &&
	    counted(stats, "\nread events: ") != instance->cpu[i].taken) {
		text_add(why, "somebody else read or emptied our trace buffer");
		return false;
	}
	return true;
}

/* Whether a switch is still on: "1", or "1*" with something soft on it. */
static bool is_on(const struct instance *instance, const char *event,
		  const char *file)
{
	char line[64];

	return file_read_line(line, sizeof(line), instance->path, event, file,
			      NULL)[0] == '1';
}

static bool check_settings(const struct instance *instance, struct text *why)
{
	static char filter[sizeof(instance->filter[0])];
	char path[TRACEFS_PATH];
	bool on = is_on(instance, "", "/tracing_on");

	for (unsigned int i = 0; on && i < INSTANCE_EVENTS; i++) {
		if (i == INSTANCE_QUEUE && !instance->wish.discards)
			continue;
		on = is_on(instance, event_path[i], "/enable");
		(void)file_read(tracefs_path(path, instance->path,
					     event_path[i], "/filter", NULL),
				filter, sizeof(filter));
		if (on && !text_equal(filter, instance->filter[i])) {
			text_add(why, "somebody changed our trace's filter");
			return false;
		}
	}
	if (!on)
		text_add(why, "somebody switched our trace off");
	return on;
}

bool instance_check(const struct instance *instance, struct text *why)
{
	for (unsigned int i = 0; i < instance->cpus; i++)
		if (!check_cpu(instance, i, why))
			return false;
	return check_settings(instance, why);
}
