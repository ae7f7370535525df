/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The source machine is switched off, or taken off its networks, for good.  No
 * order to stop is taken while it may happen: who stops then would have a
 * source that is off and a copy that does not start.
 */
#include "run/fence.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "run/control.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/machine.h"

/* It stands still, now. */
static int hold(struct migrate *m, struct error **err)
{
	int r = 0;

	if (!m->live.held) {
		r = live_connect(m, err);
		if (r == 0)
			r = live_hold(m, err);
	}
	return r < 0 ? r : live_held(m, err);
}

/* The last look at an order to stop; a later one is told that it is late. */
static int give_order(struct migrate *m, bool nic, struct error **err)
{
	int r;

	control_phase(m->orders, CONTROL_COMMIT);
	if (atomic_load(m->stop))
		return error_set(err, ERROR_ABORTED, 0, "stopped by order");
	r = machine_fence(m->live.machine,
			  nic ? WIRE_FENCE_NIC : WIRE_FENCE_POWEROFF, err);
	if (r < 0 && err)
		m->live.doubtful = (*err)->kind == ERROR_NETWORK;
	return r;
}

int fence_source(struct migrate *m, struct error **err)
{
	const char *how = config_text(m->config, CONFIG_FENCE);
	struct live *live = &m->live;
	bool nic = !strcmp(how, "nic");
	int r;

	if (!strcmp(how, "none"))
		return 0;
	r = hold(m, err);
	if (r == 0)
		r = give_order(m, nic, err);
	if (r < 0)
		return error_wrap(err, "lander.fence=%s", how);
	live->fenced = true;
	(void)snprintf(live->words, sizeof(live->words),
		       nic ? "the source was taken off its networks, as "
			     "lander.fence=nic asks; it gets them back "
			     "when it is started again"
			   : "the source was switched off, as "
			     "lander.fence=poweroff asks; its disks are "
			     "unchanged, and it can be started again");
	report_say(m->report, "%s", live->words);
	return 0;
}
