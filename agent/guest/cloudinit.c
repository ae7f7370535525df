/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps cloud-init's hands off the network of a copied system.  The rest of it
 * is not touched.
 */
#include "guest/cloudinit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/tree.h"
#include "guest/yamlmap.h"

#define STEP	  "nics"
#define DIRECTORY "/etc/cloud/cloud.cfg.d"
#define OURS	  DIRECTORY "/99-lander-network.cfg"
#define BYTES_MAX ((size_t)256 << 10)

/* network: {config: disabled}, in one line or in two. */
static bool disables(const char *root, const char *path)
{
	char *text = NULL;
	struct yamlmap map = {0};
	bool disabled = false;

	if (tree_read(root, path, BYTES_MAX, &text) < 0)
		return false;
	map.at = text;
	while (!disabled && yamlmap_next(&map)) {
		const char *at = map.value.text;
		struct line key;
		struct line value;

		if (!map.has_key || !line_is(&map.key[0], "network"))
			continue;
		if (map.depth == 2 && line_is(&map.key[1], "config"))
			disabled = line_is(&map.value, "disabled");
		while (map.depth == 1 &&
		       yamlmap_flow(&at, map.value.text + map.value.length,
				    &key, &value))
			disabled |= line_is(&key, "config") &&
				    line_is(&value, "disabled");
	}
	free(text);
	return disabled;
}

/* Returns true with the file that does it. */
static bool is_disabled(const char *root, char path[PATH_MAX])
{
	char **names = NULL;
	bool disabled;

	(void)snprintf(path, PATH_MAX, "/etc/cloud/cloud.cfg");
	disabled = disables(root, path);
	if (disabled || tree_list(root, DIRECTORY, &names) < 0)
		return disabled;
	for (size_t i = 0; !disabled && names[i]; i++) {
		const char *dot = strrchr(names[i], '.');

		if (!dot || strcmp(dot, ".cfg") != 0)
			continue;
		(void)snprintf(path, PATH_MAX, DIRECTORY "/%s", names[i]);
		disabled = disables(root, path);
	}
	tree_free_list(names);
	return disabled;
}

int cloudinit_hold(struct convert *convert, struct error **err)
{
	char path[PATH_MAX];
	int r;

	if (!tree_has(convert->root, "/etc/cloud/cloud.cfg") ||
	    tree_has(convert->root, "/etc/cloud/cloud-init.disabled"))
		return 0;
	if (is_disabled(convert->root, path)) {
		steps_add(&convert->steps, STEP_SKIPPED, STEP,
			  "cloud-init leaves the network alone: %s", path);
		return 0;
	}
	r = edit_text(convert->root, OURS,
		      "# Made by lander: the network stays as it was copied.\n"
		      "network: {config: disabled}\n",
		      err);
	if (r > 0)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "cloud-init would set up the network of a new "
			  "instance: only that is switched off, in " OURS);
	return r < 0 ? r : 0;
}
