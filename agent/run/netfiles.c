/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lander network, which runs before the network and before lander itself.  What
 * is wrong is told later, by who has the consoles.
 */
#include "run/netfiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "network/network.h"

int netfiles_run(void)
{
	static const char told[] = "/run/lander/network.error";
	struct error *error = NULL;
	char *cmdline = NULL;
	int r;

	r = io_read_file("/proc/cmdline", 1 << 16, &cmdline, NULL, &error);
	if (r == 0)
		r = network_generate(cmdline, "/run/systemd/network", &error);
	free(cmdline);
	if (r == 0)
		return 0;
	(void)fprintf(stderr, "lander: %s\n", error->msg);
	if (io_make_parents(told, NULL) == 0)
		(void)io_replace_file(told, error->msg, strlen(error->msg),
				      NULL);
	r = (int)error->kind;
	error_free(error);
	return r;
}
