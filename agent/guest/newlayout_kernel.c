/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words of kernel command lines for a new layout.  A word that waits for a
 * container or an array that is none any more would keep the system from
 * starting; it is taken away.  What the layout does not know it leaves.
 */
#include "guest/newlayout_kernel.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "disk/design.h"
#include "guest/newlayout.h"
#include "guest/newlayout_find.h"
#include "guest/newlayout_kind.h"

static bool is_swap(const struct newlayout_word *word)
{
	return !strcasecmp(word->key, "resume=");
}

static bool ends_with(const char *text, const char *end)
{
	size_t m = strlen(text);
	size_t n = strlen(end);

	return m >= n && !strcmp(text + m - n, end);
}

/* "luks-UUID", "UUID=name", and also the first digits only. */
static bool names_luks(const char *value, const struct newlayout_old *old)
{
	size_t length;

	if (!strncmp(value, "luks-", 5))
		value += 5;
	length = strcspn(value, "=");
	return length >= 8 && length <= strlen(old->uuid) &&
	       !strcmp(old->fs, "crypto_LUKS") &&
	       !strncasecmp(value, old->uuid, length);
}

/* Any way of parting the digits. */
static bool names_array(const char *value, const struct newlayout_old *old)
{
	const char *uuid = old->array;

	if (!*uuid)
		return false;
	for (;;) {
		value += strspn(value, ":-");
		uuid += strspn(uuid, ":-");
		if (!*value || tolower((unsigned char)*value) !=
				       tolower((unsigned char)*uuid))
			return !*value && !*uuid;
		value++;
		uuid++;
	}
}

static bool is_luks(const struct newlayout *layout,
		    const struct newlayout_old *old)
{
	return old->node != NEWLAYOUT_GONE &&
	       newlayout_find_container(layout, old->node) != NEWLAYOUT_GONE;
}

static bool is_array(const struct newlayout *layout,
		     const struct newlayout_old *old)
{
	return old->node != NEWLAYOUT_GONE &&
	       layout->design->node[old->node].kind == DESIGN_ARRAY;
}

/* rd.luks.uuid=, rd.luks.name=, rd.luks.options=, rd.luks.key=, rd.md.uuid= */
static enum newlayout_word_fate judge_opening(const struct newlayout *layout,
					      const struct newlayout_word *word,
					      const char **ret_why)
{
	bool array = ends_with(word->key, "md.uuid=");

	for (size_t i = 0; i < layout->count; i++) {
		const struct newlayout_old *old = &layout->old[i];

		if (array ? !names_array(word->value, old)
			  : !names_luks(word->value, old))
			continue;
		if (array ? is_array(layout, old) : is_luks(layout, old))
			return NEWLAYOUT_WORD_KEEP;
		*ret_why = array ? "it is no array any more"
				 : "it is not encrypted any more";
		return NEWLAYOUT_WORD_REMOVE;
	}
	return NEWLAYOUT_WORD_FOREIGN;
}

static enum newlayout_word_fate judge_kind(const struct newlayout *layout,
					   const struct newlayout_word *word,
					   char **ret_value)
{
	size_t mount = newlayout_find_place(layout, "/");
	const char *fs;

	if (mount == NEWLAYOUT_GONE)
		return NEWLAYOUT_WORD_FOREIGN;
	fs = layout->design->node[layout->design->mount[mount].node].fs.fs;
	if (newlayout_kind_mounts(word->value, fs))
		return NEWLAYOUT_WORD_KEEP;
	*ret_value = strdup(fs);
	return NEWLAYOUT_WORD_CHANGE;
}

/* A name by controller or hardware that was not told of: a root= in this
 * system's menus is this system's. */
static struct newlayout_found look(const struct newlayout *layout,
				   const struct newlayout_word *word)
{
	struct newlayout_found found =
		newlayout_find(layout, word->value, NULL);

	if (found.fate == NEWLAYOUT_FOREIGN && word->root &&
	    !strncmp(word->value, "/dev/", 5))
		found = newlayout_find(layout, word->value, "/");
	return found;
}

enum newlayout_word_fate newlayout_kernel(const struct newlayout *layout,
					  const struct newlayout_word *word,
					  char **ret_value,
					  const char **ret_why)
{
	struct newlayout_found found;

	if (!strcmp(word->key, "rootfstype="))
		return judge_kind(layout, word, ret_value);
	if (strstr(word->key, "luks.") || strstr(word->key, "md.uuid"))
		return judge_opening(layout, word, ret_why);
	found = look(layout, word);
	if (found.fate == NEWLAYOUT_LOST) {
		*ret_why = found.why;
		if (strcmp(word->key, "RESUME=") != 0)
			return is_swap(word) ? NEWLAYOUT_WORD_REMOVE
					     : NEWLAYOUT_WORD_LOST;
		*ret_value = strdup("none");
		return NEWLAYOUT_WORD_CHANGE;
	}
	if (!strcmp(word->key, "cryptdevice=") &&
	    found.fate != NEWLAYOUT_FOREIGN && found.old &&
	    !is_luks(layout, found.old)) {
		*ret_why = "it is not encrypted any more";
		return NEWLAYOUT_WORD_REMOVE;
	}
	if (found.fate == NEWLAYOUT_SAME)
		return NEWLAYOUT_WORD_KEEP;
	if (found.fate == NEWLAYOUT_FOREIGN)
		return NEWLAYOUT_WORD_FOREIGN;
	*ret_value = newlayout_find_name(layout, found.node, word->form);
	return NEWLAYOUT_WORD_CHANGE;
}
