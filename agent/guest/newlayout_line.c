/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one line of fstab is about, and whether that is still there.  It decides
 * nothing of what becomes of the line.
 */
#include "guest/newlayout_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disk/design.h"
#include "guest/fstab.h"
#include "guest/newlayout.h"
#include "guest/tree.h"

bool newlayout_line_is_mapping(const struct newlayout_lines *lines,
			       const char *spec)
{
	static const char mapper[] = "/dev/mapper/";
	struct fstab_line line;
	size_t at = 0;
	bool found = false;

	if (!lines->crypttab || strncmp(spec, mapper, strlen(mapper)) != 0)
		return false;
	while (!found && fstab_next(lines->crypttab, &at, &line)) {
		char *name = fstab_field(lines->crypttab, &line, FSTAB_SPEC);

		found = name && !strcmp(name, spec + strlen(mapper));
		free(name);
	}
	return found;
}

/* A subvolume that was left out: the file system is there, its place is not. */
static bool lacks_subvolume(const struct newlayout_lines *lines,
			    const struct fstab_entry *entry, size_t node)
{
	const struct design *design = lines->layout->design;
	char *name = fstab_value(entry->options, "subvol");
	const char *bare = name ? name + strspn(name, "/") : "";
	bool lacks =
		*bare && newlayout_find_place(lines->layout, entry->place) ==
				 NEWLAYOUT_GONE;

	for (size_t i = 0; lacks && i < design->mounts; i++)
		lacks = design->mount[i].node != node ||
			strcmp(design->mount[i].subvolume, bare) != 0;
	free(name);
	return lacks && !strcmp(design->node[node].fs.fs, "btrfs");
}

bool newlayout_line_is_below(const char *place, const char *above)
{
	size_t length = strlen(above);

	while (length && above[length - 1] == '/')
		length--;
	return !strncmp(place, above, length) &&
	       (!place[length] || place[length] == '/');
}

/* A directory or a swap file of what is lost. */
static bool is_in_lost(const struct newlayout_lines *lines,
		       const struct fstab_entry *entry)
{
	if (*entry->spec != '/' || !strncmp(entry->spec, "/dev/", 5))
		return false;
	for (size_t i = 0; i < lines->count; i++)
		if (newlayout_line_is_below(entry->spec, lines->lost[i]))
			return true;
	return false;
}

/* What copies the files makes those of swap again; what is not there was left
 * out of the copy. */
static bool lacks_file(const struct newlayout_lines *lines,
		       const struct fstab_entry *entry)
{
	return lines->root && !strcmp(entry->type, "swap") &&
	       *entry->spec == '/' && strncmp(entry->spec, "/dev/", 5) != 0 &&
	       !tree_has(lines->root, entry->spec);
}

struct newlayout_found newlayout_line_look(const struct newlayout_lines *lines,
					   const struct fstab_entry *entry)
{
	struct newlayout_found found = {.fate = NEWLAYOUT_FOREIGN};
	bool noauto = fstab_has(entry->options, "noauto");

	if (entry->line->fields <= FSTAB_TYPE ||
	    (noauto && !strncmp(entry->place, "/media/", 7)))
		return found;
	if (is_in_lost(lines, entry)) {
		found.fate = NEWLAYOUT_LOST;
		found.why = "what it lies in is not mounted any more";
		return found;
	}
	if (lacks_file(lines, entry)) {
		found.fate = NEWLAYOUT_LOST;
		found.why = "the swap file was not copied";
		return found;
	}
	if (fstab_has(entry->options, "bind") ||
	    fstab_has(entry->options, "rbind"))
		return found;
	found = newlayout_find(lines->layout, entry->spec,
			       noauto ? NULL : entry->place);
	if (found.fate == NEWLAYOUT_LOST &&
	    (fstab_has(entry->options, "_netdev") ||
	     newlayout_line_is_mapping(lines, entry->spec)))
		found.fate = NEWLAYOUT_FOREIGN;
	if ((found.fate == NEWLAYOUT_SAME || found.fate == NEWLAYOUT_MOVED) &&
	    lacks_subvolume(lines, entry, found.node)) {
		found.fate = NEWLAYOUT_LOST;
		found.why = "its subvolume was not copied";
	}
	return found;
}

int newlayout_line_lose(struct newlayout_lines *lines, const char *place)
{
	char **grown =
		reallocarray(lines->lost, lines->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	lines->lost = grown;
	grown[lines->count] = strdup(place);
	if (!grown[lines->count])
		return -ENOMEM;
	lines->count++;
	return 0;
}

void newlayout_line_done(struct newlayout_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->lost[i]);
	free(lines->lost);
	lines->lost = NULL;
	lines->count = 0;
}
