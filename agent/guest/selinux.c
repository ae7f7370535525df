/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the first boot must label all files anew, which takes minutes and a
 * second boot: only when labels were really lost.
 */
#include "guest/selinux.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/label.h"
#include "guest/tree.h"

#define STEP	   "SELinux"
#define CONFIG	   "/etc/selinux/config"
#define CONFIG_MAX ((size_t)64 << 10)

/* The last line with that key counts. */
static bool is_enabled(const char *root)
{
	static const char key[] = "SELINUX=";
	char *text = NULL;
	bool on = false;

	if (tree_read(root, CONFIG, CONFIG_MAX, &text) < 0)
		return false;
	for (const char *line = text; *line;) {
		const char *value = line + strspn(line, " \t");

		if (!strncmp(value, key, strlen(key))) {
			value += strlen(key);
			value += strspn(value, " \t");
			on = !strncasecmp(value, "enforcing", 9) ||
			     !strncasecmp(value, "permissive", 10);
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	free(text);
	return on;
}

static int relabel(const struct convert *convert, struct error **err)
{
	const struct edit_content content = {"", 0, 0644, false};

	return edit_file(convert->root, "/.autorelabel", &content, err);
}

int selinux_ran(struct convert *convert, struct error **err)
{
	int r = 0;

	if (!convert->ran && is_enabled(convert->root))
		r = relabel(convert, err);
	convert->ran = true;
	return r < 0 ? r : 0;
}

int selinux_convert(struct convert *convert, struct error **err)
{
	size_t lost = label_lost();
	int r;

	if (!is_enabled(convert->root))
		return 0;
	if (!convert->ran && !lost) {
		steps_add(&convert->steps, STEP_SKIPPED, STEP,
			  "all that was changed kept its label");
		return 0;
	}
	r = relabel(convert, err);
	if (r < 0)
		return r;
	if (convert->ran)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "/.autorelabel: the first boot labels all files anew "
			  "and starts again, because programs of the system "
			  "ran here, without SELinux");
	else
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "/.autorelabel: the first boot labels all files anew "
			  "and starts again, because %zu could not be labelled",
			  lost);
	return 0;
}
