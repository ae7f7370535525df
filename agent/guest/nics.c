/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network of a copied system on NICs that it has never seen: reads all of
 * its stacks, decides which NIC is which interface, and keeps the names.  What
 * is not certain is left as it was, and said.
 */
#include "guest/nics.h"

#include <stdlib.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/ifupdown.h"
#include "guest/interface.h"
#include "guest/netfile.h"
#include "guest/nics_map.h"
#include "guest/nics_name.h"

#define STEP "nics"

static void read_all(const struct netfiles *files, struct interfaces *list)
{
	for (size_t i = 0; i < files->count; i++)
		switch (files->file[i].kind) {
		case NETFILE_IFUPDOWN:
			ifupdown_read(&files->file[i], list);
			break;
		default:
			break;
		}
}

int nics_convert(struct convert *convert, struct error **err)
{
	struct interfaces *list = calloc(1, sizeof(*list));
	struct nics_map *map = calloc(1, sizeof(*map));
	struct netfiles files = {0};
	int r = 0;

	if (!list || !map ||
	    netfile_collect(convert->root, &convert->steps, &files) < 0) {
		r = error_memory(err);
		goto out;
	}
	read_all(&files, list);
	nics_map_make(convert, list, map);
	r = nics_name_keep(convert, map, err);
out:
	netfile_free(&files);
	free(map);
	free(list);
	return r;
}
