/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The devices that mdadm.conf lets mdadm look at.  Arrays are found by what is
 * written in their members; it takes no line away, and changes no ARRAY line.
 */
#include "guest/names_mdadm.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/names_known.h"
#include "guest/text.h"

#define STEP "mdadm"

bool names_mdadm_is(const char *line, const char *word)
{
	size_t length = strcspn(line, " \t\r\n");

	return length >= 3 && length <= strlen(word) &&
	       !strncasecmp(line, word, length);
}

/* A word for a disk by the name that a machine gave it, or a pattern of such;
 * not what is the same on all, as /dev/md0 or /dev/mapper/x. */
static bool is_machine_name(const char *word)
{
	static const char *const same[] = {"/dev/md", "/dev/mapper/",
					   "/dev/disk/by-uuid/",
					   "/dev/disk/by-partuuid/"};

	if (strncmp(word, "/dev/", 5) != 0)
		return false;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		if (!strncmp(word, same[i], strlen(same[i])))
			return false;
	return true;
}

static bool names_machine(const char *line, size_t length)
{
	for (size_t i = 0; i < length;) {
		i += strspn(line + i, " \t\r\n");
		if (i < length && is_machine_name(line + i))
			return true;
		i += strcspn(line + i, " \t\r\n");
	}
	return false;
}

size_t names_mdadm_length(const char *text)
{
	size_t length = strcspn(text, "\n");

	while (text[length] &&
	       (text[length + 1] == ' ' || text[length + 1] == '\t'))
		length += 1 + strcspn(text + length + 1, "\n");
	return length;
}

bool names_mdadm_has(const char *line, size_t length, const char *word)
{
	for (size_t i = 0; i + strlen(word) <= length; i++)
		if (!strncasecmp(line + i, word, strlen(word)) &&
		    (!i || strchr(" \t\n", line[i - 1])))
			return true;
	return false;
}

static void edit_lines(struct names *names, const char *path,
		       struct text_edit *edit)
{
	const char *text = edit->old;

	for (size_t at = 0; text[at];) {
		size_t length = names_mdadm_length(text + at);
		bool device = names_mdadm_is(text + at, "DEVICE");

		for (size_t i = 0;
		     device && names_machine(text + at, length) && i < length;
		     i += strcspn(text + at + i, "\n") + 1)
			text_replace(edit, at + i, 0, "# ");
		if (names_mdadm_is(text + at, "ARRAY") &&
		    names_mdadm_has(text + at, length, "devices=") &&
		    !names_mdadm_has(text + at, length, "uuid=") &&
		    !names_mdadm_has(text + at, length, "name="))
			steps_add(&names->convert->steps, STEP_FAILED, STEP,
				  "%s: an ARRAY line knows its members by the "
				  "old machine's names only",
				  path);
		at += length;
		at += text[at] == '\n';
	}
}

static int edit_conf(struct names *names, const char *path, struct error **err)
{
	char *text = NULL;
	int r = text_read(names->convert, STEP, path, &text, err);
	struct text_edit edit = {.old = text};

	if (r > 0)
		edit_lines(names, path, &edit);
	if (edit.changes)
		r = text_finish(&edit) ? text_write(names->convert, STEP, path,
						    edit.fresh, err)
				       : error_memory(err);
	if (r > 0 && edit.changes)
		steps_add(&names->convert->steps, STEP_DONE, STEP,
			  "%s: DEVICE names the old machine's disks: a comment "
			  "now; an initramfs may hold a copy of it",
			  path);
	free(edit.fresh);
	free(text);
	return r < 0 ? r : 0;
}

int names_mdadm(struct names *names, struct error **err)
{
	int r = edit_conf(names, "/etc/mdadm/mdadm.conf", err);

	return r < 0 ? r : edit_conf(names, "/etc/mdadm.conf", err);
}
