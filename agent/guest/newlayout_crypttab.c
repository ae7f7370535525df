/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crypttab for a new layout: name, device, key, options.  It changes the name
 * of a device, or puts a whole line aside; keys and options are the owner's.
 */
#include "guest/newlayout_crypttab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disk/design.h"
#include "guest/fstab.h"
#include "guest/newlayout.h"
#include "guest/newlayout_find.h"
#include "guest/steps.h"
#include "guest/text.h"

#define STEP "crypttab"
#define PATH "/etc/crypttab"

/* The columns are those of another table: name, device, key, options. */
#define NAME   spec
#define DEVICE place
#define KEY    type

static const char plain_now[] = "it is not encrypted any more, as the job said";

static bool is_luks(const struct fstab_entry *entry)
{
	static const char *const other[] = {"plain",  "swap",  "tmp",
					    "tcrypt", "bitlk", NULL};

	for (size_t i = 0; other[i]; i++)
		if (fstab_has(entry->options, other[i]))
			return false;
	return true;
}

/* By its device, else by what it opened on the old machine. */
static struct newlayout_found look(const struct newlayout *layout,
				   const struct fstab_entry *entry)
{
	struct newlayout_found found =
		newlayout_find(layout, entry->DEVICE, NULL);
	char *mapping = NULL;

	if (found.fate != NEWLAYOUT_FOREIGN || !is_luks(entry) ||
	    asprintf(&mapping, "/dev/mapper/%s", entry->NAME) < 0)
		return found;
	found = newlayout_find(layout, mapping, NULL);
	free(mapping);
	/* That is what it opened; the device's own name meant nothing. */
	if (found.fate == NEWLAYOUT_SAME)
		found.fate = NEWLAYOUT_MOVED;
	return found;
}

struct table {
	struct newlayout_text *work;
	struct text_edit edit;
};

static void comment_out(struct table *table, const struct fstab_entry *entry,
			const char *why)
{
	size_t at = entry->line->at[FSTAB_SPEC];
	char text[300];

	while (at && table->edit.old[at - 1] != '\n')
		at--;
	(void)snprintf(text, sizeof(text), "# lander: %.200s\n# ", why);
	text_replace(&table->edit, at, 0, text);
	steps_add(table->work->steps, STEP_DONE, STEP,
		  PATH ": %s on %s is a comment now: %s", entry->NAME,
		  entry->DEVICE, why);
}

static void set_device(struct table *table, const struct fstab_entry *entry,
		       const char *name)
{
	if (!strcmp(name, entry->DEVICE))
		return;
	text_replace(&table->edit, entry->line->at[FSTAB_PLACE],
		     entry->line->length[FSTAB_PLACE], name);
	steps_add(table->work->steps, STEP_DONE, STEP, PATH ": %s: %s is %s",
		  entry->NAME, entry->DEVICE, name);
}

/* What opened the old container opens no new one. */
static void tell_key(struct newlayout_text *work,
		     const struct fstab_entry *entry)
{
	static const char *const tokens[] = {"tpm2-device", "fido2-device",
					     "pkcs11-uri", NULL};
	const char *key = entry->KEY;

	for (size_t i = 0; tokens[i]; i++)
		if (fstab_has(entry->options, tokens[i]))
			key = tokens[i];
	if (*key && strcmp(key, "none") != 0 && strcmp(key, "-") != 0)
		steps_add(work->steps, STEP_FAILED, STEP,
			  PATH ": %s: the new container opens with the job's "
			       "key; %s does not open it until it is added "
			       "(cryptsetup luksAddKey, systemd-cryptenroll)",
			  entry->NAME, key);
}

/* It was a container: by what was in the device, or by what it opened. */
static bool was_luks(const struct newlayout_found *found,
		     const struct fstab_entry *entry)
{
	static const char mapper[] = "/dev/mapper/";

	if (!found->old)
		return false;
	if (!strcmp(found->old->fs, "crypto_LUKS"))
		return true;
	for (size_t i = 0; found->old->name[i]; i++)
		if (!strncmp(found->old->name[i], mapper, strlen(mapper)) &&
		    !strcmp(found->old->name[i] + strlen(mapper), entry->NAME))
			return true;
	return false;
}

static void edit_luks(struct table *table, const struct fstab_entry *entry,
		      const struct newlayout_found *found)
{
	const struct newlayout *layout = table->work->layout;
	size_t container = newlayout_find_container(layout, found->node);
	char name[DESIGN_WORD + 8];

	if (container == NEWLAYOUT_GONE) {
		if (was_luks(found, entry))
			comment_out(table, entry, plain_now);
		return;
	}
	if (found->fate == NEWLAYOUT_MOVED) {
		(void)snprintf(name, sizeof(name), "UUID=%s",
			       layout->design->node[container].uuid);
		set_device(table, entry, name);
	}
	tell_key(table->work, entry);
}

/* Swap with a key that is thrown away: nothing is written in its partition. */
static void edit_plain(struct table *table, const struct fstab_entry *entry,
		       const struct newlayout_found *found)
{
	char *name = newlayout_find_name(table->work->layout, found->node,
					 DEVICENAME_TAG);

	if (found->fate == NEWLAYOUT_MOVED && name)
		set_device(table, entry, name);
	else if (found->fate == NEWLAYOUT_MOVED)
		steps_add(table->work->steps, STEP_FAILED, STEP,
			  PATH ": %s: %s has no name of its own here",
			  entry->NAME, entry->DEVICE);
	free(name);
}

static int edit_entry(void *owner, const struct fstab_entry *entry,
		      struct error **err)
{
	struct table *table = owner;
	const struct newlayout_found found = look(table->work->layout, entry);

	(void)err;
	if (found.fate == NEWLAYOUT_LOST)
		comment_out(table, entry, found.why);
	else if (found.fate != NEWLAYOUT_FOREIGN && is_luks(entry))
		edit_luks(table, entry, &found);
	else if (found.fate != NEWLAYOUT_FOREIGN)
		edit_plain(table, entry, &found);
	return 0;
}

int newlayout_crypttab(struct newlayout_text *work, struct error **err)
{
	struct table table = {.work = work, .edit = {.old = work->text}};
	int r = fstab_each(work->text, edit_entry, &table, err);

	work->fresh = text_finish(&table.edit);
	if (r == 0 && !work->fresh)
		r = error_memory(err);
	return r < 0 ? r : table.edit.changes > 0;
}
