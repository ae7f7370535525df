/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /etc/fstab and /etc/crypttab.  Only the field that has to change does:
 * comments, blanks and order are the owner's.  It removes no line, and it
 * gives no nofail to what the system can't run without.
 */
#include "guest/names_fstab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/fstab.h"
#include "guest/names_known.h"
#include "guest/text.h"

#define FSTAB	 "/etc/fstab"
#define CRYPTTAB "/etc/crypttab"
#define WAIT	 "x-systemd.device-timeout=10s"

static bool is_one_of(const char *word, const char *const *list)
{
	for (size_t i = 0; list[i]; i++)
		if (!strcmp(word, list[i]))
			return true;
	return false;
}

/* What only the old hypervisor can give. */
static bool is_share(const struct fstab_entry *entry)
{
	static const char *const shares[] = {
		"vmhgfs",	"fuse.vmhgfs-fuse", "vboxsf", "prl_fs",
		"fuse.prl_fsd", "virtiofs",	    NULL};

	return is_one_of(entry->type, shares) ||
	       !strncmp(entry->spec, "vmhgfs-fuse", 11) ||
	       !strncmp(entry->spec, ".host:/", 7) ||
	       (!strcmp(entry->type, "9p") &&
		strstr(entry->options, "trans=virtio"));
}

/* A disk over the network has a name like any other, and is none of the job's.
 */
static bool is_network(const struct fstab_entry *entry)
{
	return fstab_has(entry->options, "_netdev");
}

/* Whatever stick or camera is plugged in, by the name that the first gets. */
static bool is_removable(const struct fstab_entry *entry)
{
	return fstab_has(entry->options, "noauto") &&
	       !strncmp(entry->place, "/media/", 7);
}

/* A CD drive had a name like a disk when it was on an IDE cable. */
static bool is_drive(const struct fstab_entry *entry)
{
	return strstr(entry->type, "iso9660") || strstr(entry->type, "udf");
}

struct table {
	struct names *names;
	struct text_edit edit;
};

/* A volume's new name, or why there is none. */
static char *new_name(const struct names *names, struct devicename *found)
{
	char *name = devicename_write(names->convert->volumes, found->volume,
				      DEVICENAME_TAG);

	if (!name) {
		found->verdict = DEVICENAME_UNKNOWN;
		(void)snprintf(found->why, sizeof(found->why),
			       "%s has no UUID of its own",
			       found->volume->device);
	}
	return name;
}

/* nofail at the end of this field; the field itself where there is none. */
static void add_nofail(struct table *table, const struct fstab_entry *entry,
		       enum fstab_column column, bool device)
{
	size_t last = entry->line->fields - 1;
	bool has = entry->line->fields > column;
	size_t which = has ? column : last;
	const char *wait =
		device && table->names->systemd &&
				!fstab_has(entry->options,
					   "x-systemd.device-timeout")
			? "," WAIT
			: "";
	char text[64];

	(void)snprintf(text, sizeof(text), "%snofail%s",
		       has		    ? ","
		       : column == last + 2 ? " none "
					    : " ",
		       wait);
	text_replace(&table->edit,
		     entry->line->at[which] + entry->line->length[which], 0,
		     text);
}

/* It can't be found: what becomes of the entry? */
static int lose_mount(struct table *table, const struct fstab_entry *entry,
		      const char *why, struct error **err)
{
	static const char *const vital[] = {"/", "/usr", NULL};
	static const char *const needed[] = {"/boot", "/var", "/var/lib", NULL};
	struct steps *steps = &table->names->convert->steps;

	if (!strcmp(entry->place, "/") && table->names->convert->root_volume) {
		steps_add(steps, STEP_FAILED, "fstab",
			  FSTAB ": %s on /: %s; left as it is, the kernel's "
				"root= counts",
			  entry->spec, why);
		return 0;
	}
	if (is_one_of(entry->place, vital))
		return error_set(err, ERROR_CONVERT, ENODEV,
				 "/etc/fstab mounts %s from %s, which is not "
				 "on this machine's disks (%s)",
				 entry->place, entry->spec, why);
	if (fstab_has(entry->options, "noauto"))
		return 0;
	if (fstab_has(entry->options, "nofail")) {
		steps_add(steps, STEP_SKIPPED, "fstab",
			  FSTAB ": %s on %s: %s; it has nofail already",
			  entry->spec, entry->place, why);
		return 0;
	}
	if (is_one_of(entry->place, needed)) {
		steps_add(steps, STEP_FAILED, "fstab",
			  FSTAB ": %s on %s: %s; the system will wait for it "
				"and stop in its emergency shell",
			  entry->spec, entry->place, why);
		return 0;
	}
	add_nofail(table, entry, FSTAB_OPTIONS, !is_share(entry));
	steps_add(steps, STEP_DONE, "fstab",
		  FSTAB ": warning: %s on %s: %s; nofail, so that the system "
			"starts without it",
		  entry->spec, entry->place, why);
	return 0;
}

/* The root is where the system was found, whatever its name was. */
static void take_root(const struct names *names,
		      const struct fstab_entry *entry, struct devicename *found)
{
	const struct volume *root = names->convert->root_volume;

	if (found->verdict != DEVICENAME_UNKNOWN || !root ||
	    strcmp(entry->place, "/") != 0)
		return;
	if (!devicename_fits(root, entry->type))
		return;
	found->verdict = DEVICENAME_MOVED;
	found->volume = root;
}

static int edit_entry(void *owner, const struct fstab_entry *entry,
		      struct error **err)
{
	struct table *table = owner;
	struct names *names = table->names;
	bool top = !strcmp(entry->place, "/");
	struct devicename found;
	char *name = NULL;
	int r = 0;

	if (is_share(entry))
		return lose_mount(table, entry, "a share of the old hypervisor",
				  err);
	if (is_network(entry) || is_removable(entry) ||
	    entry->line->fields <= FSTAB_TYPE)
		return 0;
	found = devicename_resolve(&names->order, entry->spec, entry->type,
				   top ? names->convert->root_volume : NULL);
	take_root(names, entry, &found);
	if (found.verdict == DEVICENAME_MOVED)
		name = new_name(names, &found);
	if (found.verdict == DEVICENAME_UNKNOWN)
		r = lose_mount(table, entry, found.why, err);
	if (name) {
		text_replace(&table->edit, entry->line->at[FSTAB_SPEC],
			     entry->line->length[FSTAB_SPEC], name);
		steps_add(&names->convert->steps, STEP_DONE, "fstab",
			  FSTAB ": %s on %s is %s", entry->spec, entry->place,
			  name);
	}
	free(name);
	return r;
}

/* crypttab: name, device, key, options.  Only LUKS has a name of its own. */
static int edit_crypt(void *owner, const struct fstab_entry *entry,
		      struct error **err)
{
	static const char *const other[] = {"plain",  "swap",  "tmp",
					    "tcrypt", "bitlk", NULL};
	struct table *table = owner;
	struct names *names = table->names;
	const char *device = entry->place;
	struct devicename found = {0};
	struct steps *steps = &names->convert->steps;
	char *name = NULL;
	bool luks = true;

	(void)err;
	for (size_t i = 0; other[i]; i++)
		luks = luks && !fstab_has(entry->options, other[i]);
	found = devicename_resolve(&names->order, device,
				   luks ? "crypto_LUKS" : "plain", NULL);
	if (found.verdict == DEVICENAME_MOVED)
		name = new_name(names, &found);
	if (name) {
		text_replace(&table->edit, entry->line->at[FSTAB_PLACE],
			     entry->line->length[FSTAB_PLACE], name);
		steps_add(steps, STEP_DONE, "crypttab",
			  CRYPTTAB ": %s: %s is %s", entry->spec, device, name);
	} else if (found.verdict == DEVICENAME_UNKNOWN) {
		bool add = !fstab_has(entry->options, "nofail") &&
			   !fstab_has(entry->options, "noauto");

		if (add)
			add_nofail(table, entry, FSTAB_OPTIONS, false);
		steps_add(steps, add ? STEP_FAILED : STEP_SKIPPED, "crypttab",
			  CRYPTTAB ": %s: %s: %s; nofail, so that the system "
				   "starts without it",
			  entry->spec, device,
			  luks ? found.why
			       : "a plain mapping, which nothing tells from "
				 "another");
	}
	free(name);
	return 0;
}

static int edit_table(struct names *names, const char *step, const char *path,
		      fstab_act *change, struct error **err)
{
	struct table table = {.names = names};
	char *text = NULL;
	char *fresh = NULL;
	size_t before = names->convert->steps.count;
	int r = text_read(names->convert, step, path, &text, err);

	if (r <= 0)
		return r;
	table.edit.old = text;
	r = fstab_each(text, change, &table, err);
	fresh = text_finish(&table.edit);
	if (r == 0 && !fresh)
		r = error_memory(err);
	if (r == 0 && table.edit.changes)
		r = text_write(names->convert, step, path, fresh, err);
	else if (r == 0 && names->convert->steps.count == before)
		steps_add(&names->convert->steps, STEP_SKIPPED, step,
			  "%s: every name in it means the same here", path);
	free(text);
	free(fresh);
	return r < 0 ? r : 0;
}

int names_fstab(struct names *names, struct error **err)
{
	return edit_table(names, "fstab", FSTAB, edit_entry, err);
}

int names_fstab_crypt(struct names *names, struct error **err)
{
	return edit_table(names, "crypttab", CRYPTTAB, edit_crypt, err);
}

static int note_mount(void *owner, const struct fstab_entry *entry,
		      struct error **err)
{
	struct names *names = owner;
	const struct volume *root = names->convert->root_volume;

	(void)err;
	if (!strcmp(entry->place, "/") && root)
		devicename_anchor(&names->order, entry->spec, root);
	else if (fstab_has(entry->options, "noauto") || is_network(entry) ||
		 is_drive(entry))
		return 0;
	devicename_note(&names->order, entry->spec);
	return 0;
}

static int note_crypt(void *owner, const struct fstab_entry *entry,
		      struct error **err)
{
	struct names *names = owner;

	(void)err;
	if (!fstab_has(entry->options, "noauto") && !is_network(entry) &&
	    !is_drive(entry))
		devicename_note(&names->order, entry->place);
	return 0;
}

static int note_table(struct names *names, const char *path, fstab_act *note,
		      struct error **err)
{
	char *text = NULL;
	int r = text_read(names->convert, NULL, path, &text, err);

	if (r > 0)
		r = fstab_each(text, note, names, err);
	free(text);
	return r < 0 ? r : 0;
}

int names_fstab_note(struct names *names, struct error **err)
{
	int r = note_table(names, FSTAB, note_mount, err);

	return r < 0 ? r : note_table(names, CRYPTTAB, note_crypt, err);
}
