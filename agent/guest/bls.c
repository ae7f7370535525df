/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Boot entries as files.  It reads them as they are and chooses one; it
 * expands nothing and opens none of the files that they name.
 */
#include "guest/bls.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/tree.h"

#define ENTRY_LIMIT ((size_t)64 << 10)
#define ENTRIES_MAX 1024
#define STARS_MAX   3
#define WISH_MAX    255

/* What the choice hangs on. */
struct candidate {
	struct bls_entry entry;
	char *version; /* the line, else the name */
	bool wished;
	bool tried; /* and never came up */
};

static void done(struct candidate *candidate)
{
	bls_done(&candidate->entry);
	free(candidate->version);
	*candidate = (struct candidate){0};
}

/* Appends a value to what earlier lines gave. */
static int join(char **whole, const char *value)
{
	char *longer = NULL;

	if (asprintf(&longer, "%s%s%s", *whole ? *whole : "", *whole ? " " : "",
		     value) < 0)
		return -ENOMEM;
	free(*whole);
	*whole = longer;
	return 0;
}

static int take_line(char *line, struct candidate *candidate)
{
	struct bls_entry *entry = &candidate->entry;
	char *key = line + strspn(line, " \t");
	char *value = key + strcspn(key, " \t");
	size_t length;

	if (!*value || *key == '#')
		return 0;
	*value++ = '\0';
	value += strspn(value, " \t");
	length = strlen(value);
	while (length && strchr(" \t\r", value[length - 1]))
		value[--length] = '\0';
	if (!strcmp(key, "linux"))
		return entry->kernel ? 0 : join(&entry->kernel, value);
	if (!strcmp(key, "efi") || !strcmp(key, "uki"))
		return entry->efi ? 0 : join(&entry->efi, value);
	if (!strcmp(key, "initrd"))
		return join(&entry->initrd, value);
	if (!strcmp(key, "options"))
		return join(&entry->options, value);
	if (!strcmp(key, "version"))
		return candidate->version ? 0
					  : join(&candidate->version, value);
	return 0;
}

/* Returns 1 for an entry that could be started. */
static int read_one(const char *root, const char *directory, const char *name,
		    struct candidate *candidate)
{
	char *text = NULL;
	char *save = NULL;
	int r;

	if (asprintf(&candidate->entry.path, "%s/%s", directory, name) < 0) {
		candidate->entry.path = NULL;
		return -ENOMEM;
	}
	r = tree_read(root, candidate->entry.path, ENTRY_LIMIT, &text);
	if (r < 0)
		return r == -ENOMEM || r == -EIO ? r : 0;
	for (char *line = strtok_r(text, "\n", &save); r == 0 && line;
	     line = strtok_r(NULL, "\n", &save))
		r = take_line(line, candidate);
	free(text);
	if (r == 0 && !candidate->version)
		r = join(&candidate->version, name);
	if (r < 0)
		return r;
	return candidate->entry.kernel || candidate->entry.efi;
}

/* "id+0-3": no tries are left. */
static bool was_tried(const char *id)
{
	const char *plus = strrchr(id, '+');

	return plus && plus[1] == '0' && (!plus[2] || plus[2] == '-');
}

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	int order;

	if (!b->entry.path)
		return true;
	if (a->wished != b->wished)
		return a->wished;
	if (a->tried != b->tried)
		return b->tried;
	order = strverscmp(a->version, b->version);
	if (order == 0)
		order = strverscmp(a->entry.path, b->entry.path);
	return order > 0;
}

static int look_at(const char *root, const char *directory, const char *name,
		   const char *wish, struct candidate *best)
{
	struct candidate candidate = {0};
	size_t length = strlen(name);
	char *id;
	int r;

	if (length < 6 || strcmp(name + length - 5, ".conf") != 0)
		return 0;
	id = strndup(name, length - 5);
	if (!id)
		return -ENOMEM;
	candidate.wished = wish && (!fnmatch(wish, id, FNM_CASEFOLD) ||
				    !fnmatch(wish, name, FNM_CASEFOLD));
	candidate.tried = was_tried(id);
	free(id);
	r = read_one(root, directory, name, &candidate);
	if (r == 1 && is_better(&candidate, best)) {
		struct candidate worse = *best;

		*best = candidate;
		candidate = worse;
	}
	done(&candidate);
	return r < 0 ? r : 0;
}

/* A pattern is the guest's; many stars in one take fnmatch(3) for ever. */
static bool is_sane(const char *wish)
{
	size_t stars = 0;

	for (const char *at = wish; *at; at++)
		stars += *at == '*' || *at == '(';
	return stars <= STARS_MAX && strlen(wish) <= WISH_MAX;
}

int bls_read(const char *root, const char *directory, const char *wish,
	     struct bls_entry *ret_entry)
{
	struct candidate best = {0};
	char **names = NULL;
	int r = tree_list(root, directory, &names);

	if (wish && !is_sane(wish))
		wish = NULL;

	for (size_t i = 0; r == 0 && names[i] && i < ENTRIES_MAX; i++)
		r = look_at(root, directory, names[i], wish, &best);
	tree_free_list(names);
	if (r == 0 && !best.entry.path)
		r = -ENOENT;
	if (r == 0) {
		*ret_entry = best.entry;
		best.entry = (struct bls_entry){0};
	}
	done(&best);
	return r;
}

void bls_done(struct bls_entry *entry)
{
	free(entry->path);
	free(entry->kernel);
	free(entry->efi);
	free(entry->initrd);
	free(entry->options);
	*entry = (struct bls_entry){0};
}
