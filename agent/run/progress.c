/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words for a pass that runs, and for one that has ended.  They tell what
 * is done (written, verified), never what was asked for.
 */
#include "run/progress.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "copy/pass.h"
#include "run/status.h"

#define MB 1000000.0

/* A longer time than that is a line that stands still. */
#define LEFT_MAX_S (100 * 3600.0)

static void format_left(double seconds, char *buf, size_t room)
{
	uint64_t s = (uint64_t)(seconds + 0.5);

	if (seconds > LEFT_MAX_S) {
		(void)snprintf(buf, room, "?");
		return;
	}
	if (s >= 3600)
		(void)snprintf(buf, room, "%" PRIu64 ":%02u:%02u", s / 3600,
			       (unsigned int)(s / 60 % 60),
			       (unsigned int)(s % 60));
	else
		(void)snprintf(buf, room, "%u:%02u",
			       (unsigned int)(s / 60 % 60),
			       (unsigned int)(s % 60));
}

/* What came over the wire, when this pass takes from the source at all. */
static void format_received(const struct pass_progress *p, char *buf,
			    size_t room)
{
	*buf = '\0';
	if (atomic_load(&p->received) || atomic_load(&p->written))
		(void)snprintf(buf, room, ", %.0f MB received",
			       (double)atomic_load(&p->received) / MB);
}

/* A moving average: quick to start, slow to jump. */
void progress_measure(struct progress_pace *pace, uint64_t done, double now)
{
	double span = now - pace->at;
	double rate;

	if (span < 0.5 || done < pace->done)
		return;
	rate = (double)(done - pace->done) / span;
	pace->rate = pace->rate > 0 ? pace->rate * 0.7 + rate * 0.3 : rate;
	pace->at = now;
	pace->done = done;
}

void progress_now(const struct progress_view *view, char *buf, size_t room)
{
	const struct pass_progress *p = view->progress;
	uint64_t total = atomic_load(&p->total);
	uint64_t done = atomic_load(&p->done);
	uint64_t to_do = total > done ? total - done : 0;
	char received[48];
	char left[24] = "?";

	if (view->rate > 1)
		format_left((double)to_do / view->rate, left, sizeof(left));
	format_received(p, received, sizeof(received));
	if (view->paused) {
		(void)snprintf(buf, room,
			       "%s: %3d %%, %.0f of %.0f MB%s, paused by order",
			       view->label, status_percent(done, total),
			       (double)done / MB, (double)total / MB, received);
		return;
	}
	(void)snprintf(
		buf, room, "%s: %3d %%, %.0f of %.0f MB%s, %.1f MB/s, %s left",
		view->label, status_percent(done, total), (double)done / MB,
		(double)total / MB, received, view->rate / MB, left);
}

void progress_end(const struct progress_view *view, char *buf, size_t room)
{
	const struct pass_progress *p = view->progress;
	uint64_t done = atomic_load(&p->done);
	char received[48];

	format_received(p, received, sizeof(received));
	if (atomic_load(&p->compared)) {
		(void)snprintf(buf, room, "%s: %.0f MB compared in %.1f s%s",
			       view->label,
			       (double)atomic_load(&p->compared) / MB,
			       view->age, received);
		return;
	}
	if (!*received)
		(void)snprintf(buf, room, "%s: %.0f MB read in %.1f s",
			       view->label, (double)done / MB, view->age);
	else
		(void)snprintf(buf, room,
			       "%s: %.0f MB done in %.1f s%s, %.0f MB "
			       "written%s",
			       view->label, (double)done / MB, view->age,
			       received, (double)atomic_load(&p->written) / MB,
			       atomic_load(&p->zeroed) ? ", the rest zero"
						       : "");
}

double progress_pause(double age)
{
	return age < 60 ? 5 : age < 600 ? 15 : 60;
}

void progress_describe(const struct status *status,
		       const struct progress_view *view, char *buf, size_t room)
{
	int used = snprintf(
		buf, room, "%s, stage %s%s", status->state,
		*status->stage ? status->stage : "none yet",
		status->paused && !status->progress ? ", paused by order" : "");

	if (used <= 0 || (size_t)used + 2 >= room)
		return;
	if (status->progress) {
		memcpy(buf + used, ": ", 3);
		progress_now(view, buf + used + 2, room - (size_t)used - 2);
	} else if (status->failure) {
		(void)snprintf(buf + used, room - (size_t)used, ": %s",
			       status->failure);
	}
}
