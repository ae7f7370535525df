/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packed data of a source: opening it, and whether to ask for it at all.  What
 * is faster is measured on the way, because it depends on the link, on both
 * machines and on the data; nothing is guessed from the link's name.
 */
#include "source/packing.h"

#include <string.h>
#include <zstd.h>

#include "base/error.h"
#include "base/log.h"

#define WINDOW_S     1.5	/* a measurement lasts so long at least … */
#define WINDOW_BYTES (4U << 20) /* … and sees so much */
/* Above 2.5 Gbit/s no packing keeps up (measured with zstd -1). */
#define FAST	      3.0e8
#define GAIN	      1.1 /* packing costs the source: it must bring more */
#define PAUSE_FIRST_S 20.0
#define PAUSE_MAX_S   300.0

void packing_begin(struct packing *packing, enum packing_wish wish)
{
	*packing = (struct packing){.wish = wish,
				    .on = wish == PACKING_ALWAYS,
				    .pause = PAUSE_FIRST_S};
}

void packing_done(struct packing *packing)
{
	(void)ZSTD_freeDCtx(packing->context);
	packing->context = NULL;
}

/* What is under way was asked for the other way, and counts for nothing. */
static void turn(struct packing *packing, bool on, uint64_t waiting)
{
	packing->stale = packing->on == on ? 0 : waiting;
	packing->on = on;
	packing->since = 0;
	packing->bytes = 0;
}

static void settle(struct packing *packing, double now, uint64_t waiting)
{
	turn(packing, packing->rate[1] > packing->rate[0] * GAIN, waiting);
	packing->step = PACKING_SETTLED;
	packing->look_again = now + packing->pause;
	packing->pause *= 2;
	if (packing->pause > PAUSE_MAX_S)
		packing->pause = PAUSE_MAX_S;
}

/* One measurement is over. */
static void judge(struct packing *packing, double now, uint64_t waiting)
{
	bool on = packing->on;

	packing->rate[on] = (double)packing->bytes / (now - packing->since);
	if (packing->step == PACKING_OTHER) {
		settle(packing, now, waiting);
	} else if (!on && packing->rate[0] > FAST) {
		packing->rate[1] = 0;
		settle(packing, now, waiting);
	} else {
		packing->step = PACKING_OTHER;
		turn(packing, !on, waiting);
	}
}

void packing_note(struct packing *packing, uint64_t bytes, double now,
		  uint64_t waiting)
{
	if (packing->wish != PACKING_AUTO)
		return;
	if (packing->stale) {
		packing->stale--;
		return;
	}
	if (packing->step == PACKING_SETTLED) {
		if (now < packing->look_again)
			return;
		packing->step = PACKING_PRESENT;
	}
	if (packing->since <= 0) {
		packing->since = now;
		return;
	}
	packing->bytes += bytes;
	if (now - packing->since >= WINDOW_S && packing->bytes >= WINDOW_BYTES)
		judge(packing, now, waiting);
}

int packing_open(struct packing *packing, const struct packing_frame *frame,
		 struct error **err)
{
	size_t got;

	if (!packing->context)
		packing->context = ZSTD_createDCtx();
	if (!packing->context)
		return error_memory(err);
	got = ZSTD_decompressDCtx(packing->context, frame->to, frame->want,
				  frame->data, frame->length);
	if (ZSTD_isError(got))
		return error_set(err, ERROR_SOURCE, 0,
				 "packed data that can't be unpacked: %s",
				 ZSTD_getErrorName(got));
	if (got != frame->want)
		return error_set(err, ERROR_SOURCE, 0,
				 "packed data of %zu bytes, not %zu", got,
				 frame->want);
	packing->unpacked += got;
	packing->came += frame->length;
	return 0;
}

void packing_log(const struct packing *packing, const char *name)
{
	if (packing->unpacked)
		log_info("ssh", "%s: %llu bytes came packed as %llu", name,
			 (unsigned long long)packing->unpacked,
			 (unsigned long long)packing->came);
}
