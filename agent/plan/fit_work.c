/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the fitting share: nodes, notes, reasons.
 */
#include "plan/fit_work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/error.h"

void fit_work_set(char *to, size_t room, const char *text)
{
	size_t length = strlen(text);

	if (length >= room)
		length = room - 1;
	memcpy(to, text, length);
	to[length] = '\0';
}

size_t fit_work_add(struct fit_work *work, enum design_kind kind, size_t device)
{
	size_t count = work->design->count + 1;
	struct fit_need *need = reallocarray(work->need, count, sizeof(*need));
	struct fit_row *row;

	if (need)
		work->need = need;
	row = reallocarray(work->fit->row, count, sizeof(*row));
	if (row)
		work->fit->row = row;
	if (!need || !row || !design_add(work->design, kind))
		return FIT_NONE;
	need[count - 1] = (struct fit_need){.device = device};
	row[count - 1] = (struct fit_row){0};
	if (device != FIT_NONE)
		row[count - 1].before = work->storage->device[device].size;
	return count - 1;
}

void fit_work_leave(struct fit_work *work, const char *place)
{
	char **grown = reallocarray(work->fit->left_out,
				    work->fit->left_outs + 1, sizeof(*grown));

	if (!grown)
		return;
	work->fit->left_out = grown;
	grown[work->fit->left_outs] = strdup(place);
	if (grown[work->fit->left_outs])
		work->fit->left_outs++;
}

void fit_work_note(struct fit_work *work, const char *fmt, ...)
{
	char **grown = reallocarray(work->fit->note, work->fit->notes + 1,
				    sizeof(*grown));
	va_list args;

	if (!grown)
		return;
	work->fit->note = grown;
	va_start(args, fmt);
	if (vasprintf(&grown[work->fit->notes], fmt, args) >= 0)
		work->fit->notes++;
	va_end(args);
}

static void gather(struct error **all, enum error_kind kind, const char *fmt,
		   va_list args)
{
	struct error *one = NULL;
	char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	(void)error_set(&one, kind, 0, "%s", text ? text : "out of memory");
	free(text);
	error_gather(all, one);
}

void fit_work_refuse(struct fit_work *work, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	gather(&work->refused, ERROR_REFUSED, fmt, args);
	va_end(args);
}

void fit_work_wrong(struct fit_work *work, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	gather(&work->wrong, ERROR_CONFIG, fmt, args);
	va_end(args);
}

void fit_work_uuid(const struct fit_work *work, const char *what, char ret[37])
{
	const char *seed = work->order->seed;
	XXH128_canonical_t hash;
	const unsigned char *h = hash.digest;

	XXH128_canonicalFromHash(
		&hash, XXH3_128bits_withSeed(what, strlen(what),
					     XXH3_64bits(seed, strlen(seed))));
	/* RFC 9562 version 8: made by the application's own rule. */
	(void)snprintf(ret, 37,
		       "%02x%02x%02x%02x-%02x%02x-8%x%02x-%x%x%02x-"
		       "%02x%02x%02x%02x%02x%02x",
		       h[0], h[1], h[2], h[3], h[4], h[5], h[6] & 15, h[7],
		       8 | (h[8] >> 4 & 3), h[8] & 15, h[9], h[10], h[11],
		       h[12], h[13], h[14], h[15]);
}

bool fit_work_is_name(const char *text)
{
	size_t length = strlen(text);

	return length && length <= 127 && *text != '-' &&
	       strcmp(text, ".") != 0 && strcmp(text, "..") != 0 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789+_.-") == length;
}

size_t fit_work_target(const struct fit_work *work, size_t node)
{
	while (work->design->node[node].kind != DESIGN_DISK &&
	       work->design->node[node].ons)
		node = work->design->node[node].on[0];
	return node;
}

size_t fit_work_disk(const struct fit_work *work, size_t device)
{
	const struct storage_device *at = &work->storage->device[device];

	/* No circles: storage_parse() */
	while (at->kind != STORAGE_DISK) {
		size_t found = FIT_NONE;

		for (size_t i = 0; found == FIT_NONE && i < at->ons; i++)
			if (fit_work_disk(work, at->on[i]) != FIT_NONE)
				found = at->on[i];
		if (found == FIT_NONE)
			return FIT_NONE;
		at = &work->storage->device[found];
	}
	for (size_t i = 0; i < work->order->sources; i++)
		if (!strcmp(work->order->source[i], at->name))
			return i;
	return FIT_NONE;
}
