/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fstab for a new layout.  Comments, blanks, order and all lines that are about
 * nothing of the layout stay byte for byte; a line that is right already does,
 * too.  It takes no line away, and adds none for a place that has one.
 */
#include "guest/newlayout_fstab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disk/design.h"
#include "guest/fstab.h"
#include "guest/newlayout.h"
#include "guest/newlayout_find.h"
#include "guest/newlayout_kind.h"
#include "guest/newlayout_line.h"
#include "guest/steps.h"
#include "guest/text.h"

#define STEP "fstab"
#define PATH "/etc/fstab"

struct table {
	struct newlayout_text *work;
	struct newlayout_lines lines;
	struct text_edit edit;
	bool *placed; /* each mount of the design: it has a line */
	bool *swap;   /* each node: a line has it for swap */
	bool ended;   /* the text's last line has its newline now */
};

static size_t line_start(const char *text, size_t at)
{
	while (at && text[at - 1] != '\n')
		at--;
	return at;
}

/* --- lines that are there ------------------------------------------------ */

static void comment_out(struct table *table, const struct fstab_entry *entry,
			const struct newlayout_found *found)
{
	char text[300];

	(void)snprintf(text, sizeof(text), "# lander: %.80s: %.160s\n# ",
		       found->old ? found->old->device : entry->spec,
		       found->why);
	text_replace(&table->edit,
		     line_start(table->edit.old, entry->line->at[FSTAB_SPEC]),
		     0, text);
	steps_add(table->work->steps, STEP_DONE, STEP,
		  PATH ": %s on %s is a comment now: %s", entry->spec,
		  entry->place, found->why);
}

static int replace(struct table *table, const struct fstab_entry *entry,
		   enum fstab_column column, const char *value,
		   struct error **err)
{
	char *text = newlayout_kind_escape(value);

	if (!text)
		return error_memory(err);
	text_replace(&table->edit, entry->line->at[column],
		     entry->line->length[column], text);
	free(text);
	return 0;
}

static int rename_spec(struct table *table, const struct fstab_entry *entry,
		       size_t node, struct error **err)
{
	char *name =
		newlayout_find_name(table->work->layout, node, DEVICENAME_TAG);
	int r;

	if (!name) {
		steps_add(table->work->steps, STEP_FAILED, STEP,
			  PATH ": %s on %s: what it is now has no name of its "
			       "own",
			  entry->spec, entry->place);
		return 0;
	}
	r = replace(table, entry, FSTAB_SPEC, name, err);
	steps_add(table->work->steps, STEP_DONE, STEP, PATH ": %s on %s is %s",
		  entry->spec, entry->place, name);
	free(name);
	return r;
}

/* Another kind of file system by wish: type, and options of the old kind. */
static int change_kind(struct table *table, const struct fstab_entry *entry,
		       const char *fs, struct error **err)
{
	char *options = NULL;
	int r;

	if (newlayout_kind_mounts(entry->type, fs))
		return 0;
	r = replace(table, entry, FSTAB_TYPE, fs, err);
	steps_add(table->work->steps, STEP_DONE, STEP,
		  PATH ": %s is %s, not %s", entry->place, fs, entry->type);
	if (r < 0 || newlayout_kind_shares(entry->type, fs) ||
	    entry->line->fields <= FSTAB_OPTIONS)
		return r;
	options = newlayout_kind_options(entry->options);
	if (!options)
		return error_memory(err);
	if (strcmp(options, entry->options) != 0) {
		r = replace(table, entry, FSTAB_OPTIONS, options, err);
		steps_add(table->work->steps, STEP_DONE, STEP,
			  PATH ": %s: of its options (%s) those that %s knows "
			       "are left",
			  entry->place, entry->options, fs);
	}
	free(options);
	return r;
}

/* Numbers of btrfs subvolumes are others in a new file system. */
static int change_subvolume(struct table *table,
			    const struct fstab_entry *entry, struct error **err)
{
	const struct newlayout *layout = table->work->layout;
	size_t mount = newlayout_find_place(layout, entry->place);
	const char *name = mount == NEWLAYOUT_GONE
				   ? ""
				   : layout->design->mount[mount].subvolume;
	char *options = newlayout_kind_subvolume(entry->options, name);
	int r = 0;

	if (!options)
		return error_memory(err);
	if (strcmp(options, entry->options) != 0) {
		r = replace(table, entry, FSTAB_OPTIONS, options, err);
		steps_add(table->work->steps, STEP_DONE, STEP,
			  PATH ": %s: %s, by its name", entry->place, options);
	}
	free(options);
	return r;
}

static int edit_entry(struct table *table, const struct fstab_entry *entry,
		      struct error **err)
{
	const struct newlayout_found found =
		newlayout_line_look(&table->lines, entry);
	const struct design *design = table->work->layout->design;
	const char *fs;
	int r = 0;

	if (found.fate == NEWLAYOUT_FOREIGN)
		return 0;
	if (found.fate == NEWLAYOUT_LOST) {
		comment_out(table, entry, &found);
		return 0;
	}
	if (found.fate == NEWLAYOUT_MOVED &&
	    !newlayout_line_is_mapping(&table->lines, entry->spec))
		r = rename_spec(table, entry, found.node, err);
	if (r < 0)
		return r;
	fs = design->node[found.node].fs.fs;
	if (!strcmp(fs, "btrfs") && entry->line->fields > FSTAB_OPTIONS)
		return change_subvolume(table, entry, err);
	return *fs ? change_kind(table, entry, fs, err) : 0;
}

/* --- lines that are new -------------------------------------------------- */

/* One line at this place of the old text. */
static int add_line(struct table *table, size_t at, size_t node,
		    const char *place, struct error **err)
{
	const char *fs = table->work->layout->design->node[node].fs.fs;
	char *name =
		newlayout_find_name(table->work->layout, node, DEVICENAME_TAG);
	char *where = newlayout_kind_escape(place);
	char *line = NULL;
	bool ended = !at || table->ended || table->edit.old[at - 1] == '\n';
	int r = 0;

	if (name && where &&
	    asprintf(&line, "%s%s %s %s %s\n", ended ? "" : "\n", name, where,
		     fs, newlayout_kind_tail(place, fs)) < 0)
		line = NULL;
	if (line) {
		text_replace(&table->edit, at, 0, line);
		table->ended = table->ended || !ended;
		steps_add(table->work->steps, STEP_DONE, STEP,
			  PATH ": %s (%s) is new", place, name);
	} else {
		r = error_memory(err);
	}
	free(line);
	free(where);
	free(name);
	return r;
}

/* Places that the source had no file system of its own for; before this line
 * those that it is in, NULL: all. */
static int add_places(struct table *table, size_t at, const char *before,
		      struct error **err)
{
	const struct design *design = table->work->layout->design;
	int r = 0;

	for (size_t i = 0; r == 0 && i < design->mounts; i++) {
		const struct design_mount *mount = &design->mount[i];

		if (table->placed[i] || *mount->source_place ||
		    (before && !newlayout_line_is_below(before, mount->place)))
			continue;
		table->placed[i] = true;
		r = add_line(table, at, mount->node, mount->place, err);
	}
	return r;
}

static int add_swaps(struct table *table, size_t at, struct error **err)
{
	const struct newlayout *layout = table->work->layout;
	int r = 0;

	for (size_t i = 0; r == 0 && i < layout->design->count; i++) {
		bool old = table->swap[i] ||
			   strcmp(layout->design->node[i].fs.fs, "swap") != 0;

		for (size_t k = 0; !old && k < layout->count; k++)
			old = layout->old[k].node == i;
		if (!old)
			r = add_line(table, at, i, "none", err);
	}
	return r;
}

/* --- all ----------------------------------------------------------------- */

static int note(void *owner, const struct fstab_entry *entry,
		struct error **err)
{
	struct table *table = owner;
	const struct newlayout_found found =
		newlayout_line_look(&table->lines, entry);
	size_t mount = newlayout_find_place(table->work->layout, entry->place);

	if (found.fate == NEWLAYOUT_LOST)
		return newlayout_line_lose(&table->lines, entry->place) < 0
			       ? error_memory(err)
			       : 0;
	if (mount != NEWLAYOUT_GONE) {
		table->placed[mount] = true;
		if (found.fate == NEWLAYOUT_FOREIGN &&
		    !*table->work->layout->design->mount[mount].source_place)
			steps_add(table->work->steps, STEP_FAILED, STEP,
				  PATH ": %s is mounted on %s already: the new "
				       "file system for that is not mounted",
				  entry->spec, entry->place);
	}
	if (found.fate != NEWLAYOUT_FOREIGN)
		table->swap[found.node] = true;
	return 0;
}

static int edit(void *owner, const struct fstab_entry *entry,
		struct error **err)
{
	struct table *table = owner;
	size_t at = line_start(table->edit.old, entry->line->at[FSTAB_SPEC]);
	int r = add_places(table, at, entry->place, err);

	return r < 0 ? r : edit_entry(table, entry, err);
}

int newlayout_fstab(struct newlayout_text *work, const char *crypttab,
		    struct error **err)
{
	const struct design *design = work->layout->design;
	struct table table = {.work = work,
			      .lines = {.layout = work->layout,
					.crypttab = crypttab,
					.root = work->root},
			      .edit = {.old = work->text}};
	const size_t end = strlen(work->text);
	int r = 0;

	table.placed = calloc(design->mounts + 1, sizeof(*table.placed));
	table.swap = calloc(design->count + 1, sizeof(*table.swap));
	if (!table.placed || !table.swap)
		r = error_memory(err);
	if (r == 0)
		r = fstab_each(work->text, note, &table, err);
	if (r == 0)
		r = fstab_each(work->text, edit, &table, err);
	if (r == 0)
		r = add_places(&table, end, NULL, err);
	if (r == 0)
		r = add_swaps(&table, end, err);
	newlayout_line_done(&table.lines);
	free(table.placed);
	free(table.swap);
	work->fresh = text_finish(&table.edit);
	if (r == 0 && !work->fresh)
		r = error_memory(err);
	return r < 0 ? r : table.edit.changes > 0;
}
