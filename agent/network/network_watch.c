/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decides when the state of the network is worth a line, and lets name
 * resolution follow it.  It never waits and never prints.
 */
#include "network/network_watch.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "network/network_describe.h"
#include "network/network_resolv.h"
#include "network/network_status.h"

#define SETTLE_S 5

/* Whether a moment for telling what is missing lies in (told, now]. */
static bool is_due(double told, double now)
{
	static const double when[] = {10, 35, 95};

	for (size_t i = 0; i < sizeof(when) / sizeof(*when); i++)
		if (told < when[i] && now >= when[i])
			return true;
	return false;
}

static bool has_line(const char *text, const char *line, size_t length)
{
	while (*text) {
		size_t own = strcspn(text, "\n");

		if (own == length && !memcmp(text, line, length))
			return true;
		text += own + (text[own] == '\n');
	}
	return false;
}

/* Takes out of text the lines that known has too. */
static void keep_new_lines(char *text, const char *known)
{
	char *to = text;
	const char *from = text;

	while (*from) {
		size_t length = strcspn(from, "\n");
		size_t whole = length + (from[length] == '\n');

		if (!has_line(known, from, length)) {
			memmove(to, from, whole);
			to += whole;
		}
		from += whole;
	}
	*to = '\0';
}

static void look(const char *root, struct network_status *status)
{
	struct error *error = NULL;

	if (network_status_read(root, status, &error) < 0 ||
	    network_resolv_write(root, status, &error) < 0)
		log_warn("network", "%s", error ? error->msg : "");
	error_clear(&error);
}

const char *network_watch_step(struct network_watch *watch, const char *root)
{
	struct network_status status = {0};
	double now = io_seconds();
	bool all;
	bool ready;

	if (watch->began == 0)
		watch->began = now;
	now -= watch->began;
	look(root, &status);
	ready = network_describe_ready(&status) &&
		(*watch->known || now >= SETTLE_S ||
		 network_describe_settled(&status));
	all = ready != watch->ready || (!ready && is_due(watch->told, now));
	*watch->text = '\0';
	if (all || ready)
		network_describe(&status, (unsigned int)now, watch->text,
				 sizeof(watch->text));
	network_status_done(&status);
	if (all || ready) {
		char known[NETWORK_WATCH_TEXT];

		memcpy(known, watch->text, sizeof(known));
		if (!all)
			keep_new_lines(watch->text, watch->known);
		memcpy(watch->known, known, sizeof(known));
	}
	if (all)
		watch->told = now;
	watch->ready = ready;
	return *watch->text ? watch->text : NULL;
}
