/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network of a system, as its own files set it up.
 */
#include "guest/inspect_network.h"

#include <stdlib.h>

#include "guest/inspect.h"
#include "guest/interface.h"
#include "guest/netfile.h"
#include "guest/nics.h"
#include "guest/stack.h"
#include "guest/steps.h"

static json_t *describe(const char *root, const struct netfiles *files,
			const struct interface *item)
{
	char mac[MAC_TEXT] = "";

	if (item->tied)
		(void)mac_format(&item->mac, ':', mac);
	return json_pack("{s:o, s:o, s:s, s:o}", "name",
			 inspect_text(*item->name ? item->name : NULL), "mac",
			 inspect_text(*mac ? mac : NULL), "stack",
			 stack_name(stack_find(root, files, item)), "file",
			 inspect_text(item->file));
}

json_t *inspect_network(const char *root)
{
	struct interfaces *list = calloc(1, sizeof(*list));
	json_t *interfaces = json_array();
	struct netfiles files = {0};
	struct steps steps = {0};
	enum stack stack = STACK_NONE;

	if (list && nics_read(root, &steps, &files, list) == 0) {
		interface_sort(list);
		stack = stack_find(root, &files,
				   list->count ? &list->item[0] : NULL);
		for (size_t i = 0; i < list->count; i++)
			(void)json_array_append_new(
				interfaces,
				describe(root, &files, &list->item[i]));
	}
	netfile_free(&files);
	steps_free(&steps);
	free(list);
	return json_pack("{s:s, s:o}", "stack", stack_name(stack), "interfaces",
			 interfaces);
}
