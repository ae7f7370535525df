/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Waits for udev.  It never fails: who needs a device looks for it, and tells
 * what is missing.
 */
#include "disk/settle.h"

#include <unistd.h>

#include "base/process.h"

void settle(void)
{
	static const char *const argv[] = {"udevadm", "settle", "--timeout=30",
					   NULL};
	const struct process process = {.argv = argv, .timeout_s = 40};

	if (access("/run/udev/control", F_OK) == 0)
		(void)process_run(&process, NULL, NULL);
}
