/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /etc/resolv.conf of the live system.  It writes that file and no other.
 */
#include "network/network_resolv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "network/netif.h"
#include "network/network_status.h"

int network_resolv_write(const char *root, const struct network_status *status,
			 struct error **err)
{
	char path[256];
	char wanted[1024];
	char *now = NULL;
	bool same = false;

	netif_resolv(status->dns, status->domains, wanted, sizeof(wanted));
	if (!*wanted)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/etc/resolv.conf", root);
	if (io_read_file(path, 1 << 16, &now, NULL, NULL) == 0)
		same = !strcmp(now, wanted);
	free(now);
	if (same)
		return 0;
	return io_replace_file(path, wanted, strlen(wanted), err);
}
