/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CUTOVER_H
#define LANDER_CONFIG_CUTOVER_H

#include <stdint.h>

struct error;

enum cutover_when { CUTOVER_AUTO, CUTOVER_MANUAL, CUTOVER_AT };

/** When a running source is stopped for the last round. */
struct cutover {
	enum cutover_when when;
	int64_t at; /* CUTOVER_AT: seconds since 1970, UTC */
};

/** cutover_parse(text, ret, err): "auto", "manual" or
 *  "at:2026-11-28T02:00Z"; seconds may follow the minutes.  The Z has to be
 *  there, because a live system knows no time zone. */
int cutover_parse(const char *text, struct cutover *ret, struct error **err);

enum quiesce_way {
	QUIESCE_AUTO,
	QUIESCE_FREEZE,
	QUIESCE_READONLY,
	QUIESCE_STOP, /* units first, then as QUIESCE_AUTO */
	QUIESCE_NONE,
	QUIESCE_SNAPSHOT, /* it goes on: a copy of how it was, to try */
};

/** How it is stopped. */
struct quiesce {
	enum quiesce_way way;
	char **units; /* QUIESCE_STOP: NULL-terminated, else NULL */
};

/** Bytes of all names of units together, each with its zero byte. */
#define QUIESCE_UNITS_MAX 4096

/** cutover_quiesce_parse(text, ret, err): "auto", "freeze", "readonly",
 * "snapshot", "none" or "stop:UNIT,…".  Source of what a unit may be called:
 * systemd.unit(5). */
int cutover_quiesce_parse(const char *text, struct quiesce *ret,
			  struct error **err);
void cutover_quiesce_done(struct quiesce *quiesce);

#endif
