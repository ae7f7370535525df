/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decides when the state of the network is worth a line, and lets name
 * resolution follow it.  It never waits and never prints.
 */
#include "network/network_watch.h"

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "network/network_describe.h"
#include "network/network_resolv.h"
#include "network/network_status.h"

/* Whether a moment for telling what is missing lies in (told, now]. */
static bool is_due(double told, double now)
{
	static const double when[] = {10, 35, 95};

	for (unsigned int i = 0; i < sizeof(when) / sizeof(*when); i++)
		if (told < when[i] && now >= when[i])
			return true;
	return false;
}

const char *network_watch_step(struct network_watch *watch, const char *root)
{
	struct network_status status = {0};
	struct error *error = NULL;
	double now = io_seconds();
	const char *text = NULL;
	bool ready;

	if (watch->began == 0)
		watch->began = now;
	now -= watch->began;
	if (network_status_read(root, &status, &error) < 0 ||
	    network_resolv_write(root, &status, &error) < 0)
		log_warn("network", "%s", error ? error->msg : "");
	error_clear(&error);
	ready = network_describe_ready(&status);
	if (ready != watch->ready || (!ready && is_due(watch->told, now))) {
		network_describe(&status, (unsigned int)now, watch->text,
				 sizeof(watch->text));
		watch->ready = ready;
		watch->told = now;
		text = watch->text;
	}
	network_status_done(&status);
	return text;
}
