/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mdadm.conf for a new layout: arrays that stay keep their UUID and name, so
 * only lines of those that are none any more change.  A line that can't be tied
 * to an array stays.
 */
#include "guest/newlayout_mdadm.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "disk/design.h"
#include "guest/names_mdadm.h"
#include "guest/newlayout.h"
#include "guest/steps.h"
#include "guest/text.h"

#define STEP "mdadm"

/* "8:8:8:8", in any case and with whatever between the digits. */
static bool is_uuid(const char *word, size_t length, const char *uuid)
{
	size_t digits = 0;
	size_t i = 0;

	for (; i < length && *uuid; i++) {
		if (strchr(":-", word[i]))
			continue;
		uuid += strspn(uuid, ":-");
		if (tolower((unsigned char)word[i]) !=
		    tolower((unsigned char)*uuid))
			return false;
		uuid++;
		digits++;
	}
	return i == length && !*uuid && digits == 32;
}

static bool is_name(const char *word, size_t length,
		    const struct newlayout_old *old)
{
	for (size_t i = 0; old->name[i]; i++)
		if (strlen(old->name[i]) == length &&
		    !strncmp(old->name[i], word, length))
			return true;
	return false;
}

/* The array that an ARRAY line is about: by its UUID where it has one, else by
 * the device that it names. */
static const struct newlayout_old *find(const struct newlayout *layout,
					const char *line, size_t length)
{
	bool uuid = names_mdadm_has(line, length, "uuid=");

	for (size_t k = 0; k < layout->count; k++) {
		const struct newlayout_old *old = &layout->old[k];

		for (size_t i = 0; *old->array && i < length;) {
			size_t word = strcspn(line + i, " \t\r\n");

			if (uuid ? !strncasecmp(line + i, "uuid=", 5) &&
					    is_uuid(line + i + 5, word - 5,
						    old->array)
				 : is_name(line + i, word, old))
				return old;
			i += word;
			i += strspn(line + i, " \t\r\n");
		}
	}
	return NULL;
}

static bool is_array(const struct newlayout *layout,
		     const struct newlayout_old *old)
{
	return old->node != NEWLAYOUT_GONE &&
	       layout->design->node[old->node].kind == DESIGN_ARRAY;
}

static void comment_out(struct text_edit *edit, size_t at, size_t length,
			const struct newlayout_old *old)
{
	char text[300];

	(void)snprintf(text, sizeof(text), "# lander: %.80s: %.160s\n# ",
		       old->device,
		       old->why ? old->why : "no array any more, one disk");
	text_replace(edit, at, 0, text);
	for (size_t i = strcspn(edit->old + at, "\n") + 1; i < length;
	     i += strcspn(edit->old + at + i, "\n") + 1)
		text_replace(edit, at + i, 0, "# ");
}

int newlayout_mdadm(struct newlayout_text *work, const char *path,
		    struct error **err)
{
	struct text_edit edit = {.old = work->text};

	for (size_t at = 0; work->text[at];) {
		size_t length = names_mdadm_length(work->text + at);
		const struct newlayout_old *old =
			names_mdadm_is(work->text + at, "ARRAY")
				? find(work->layout, work->text + at, length)
				: NULL;

		if (old && !is_array(work->layout, old)) {
			comment_out(&edit, at, length, old);
			steps_add(work->steps, STEP_DONE, STEP,
				  "%s: %s is no array any more: a comment now",
				  path, old->device);
		}
		at += length;
		at += work->text[at] == '\n';
	}
	work->fresh = text_finish(&edit);
	if (!work->fresh)
		return error_memory(err);
	return edit.changes > 0;
}
