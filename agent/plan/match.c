/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which source disk goes to which target.  It decides by itself only when
 * there is one possible answer; in doubt it refuses and shows the line that
 * would decide.
 */
#include "plan/match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "disk/blockdev.h"
#include "disk/missing.h"

/* All of them say which source disk they want, each another, or none does:
 * the order of what a server offers means nothing beside a name. */
static int check_sources(const struct match_wishes *wishes, struct error **err)
{
	for (size_t i = 1; i < wishes->count; i++)
		if (!wishes->wish[i].source != !wishes->wish[0].source)
			return error_set(err, ERROR_CONFIG, 0,
					 "disks: '%s' and '%s': give each its "
					 "source disk, SRC:DST, or none",
					 wishes->wish[0].target,
					 wishes->wish[i].target);
	for (size_t i = 1; i < wishes->count; i++)
		for (size_t k = 0; wishes->wish[i].source && k < i; k++)
			if (!strcmp(wishes->wish[i].source,
				    wishes->wish[k].source))
				return error_set(err, ERROR_CONFIG, 0,
						 "disks: source disk '%s' is "
						 "named twice",
						 wishes->wish[i].source);
	return 0;
}

int match_parse(const char *text, struct match_wishes *ret_wishes,
		struct error **err)
{
	struct match_wishes wishes = {0};
	char **word = NULL;
	size_t count = 0;
	int r;

	*ret_wishes = wishes;
	if (!text)
		return 0;
	r = parse_split(text, ',', &word, err);
	if (r < 0)
		return r;
	while (word[count])
		count++;
	wishes.wish = calloc(count + 1, sizeof(*wishes.wish));
	if (!wishes.wish)
		r = error_memory(err);
	for (size_t i = 0; r == 0 && i < count; i++) {
		char *colon = strchr(word[i], ':');
		/* A path with colons in it is a target, not SRC:DST. */
		bool pair = colon && word[i][0] != '/';
		struct match_wish *wish = &wishes.wish[wishes.count++];

		if (pair && colon != word[i])
			wish->source =
				strndup(word[i], (size_t)(colon - word[i]));
		wish->target = strdup(pair ? colon + 1 : word[i]);
		if (!wish->target ||
		    (pair && colon != word[i] && !wish->source))
			r = error_memory(err);
		else if (!*wish->target)
			r = error_set(err, ERROR_CONFIG, 0,
				      "disks: '%s' names no target", word[i]);
	}
	if (r == 0)
		r = check_sources(&wishes, err);
	parse_free_list(word);
	if (r < 0)
		match_done(&wishes);
	else
		*ret_wishes = wishes;
	return r;
}

void match_done(struct match_wishes *wishes)
{
	for (size_t i = 0; i < wishes->count; i++) {
		free(wishes->wish[i].source);
		free(wishes->wish[i].target);
	}
	free(wishes->wish);
	*wishes = (struct match_wishes){0};
}

#define NOWHERE SIZE_MAX

static bool taken(const struct match *m, size_t target)
{
	for (size_t i = 0; i < m->sources; i++)
		if (m->source[i].target == target)
			return true;
	return false;
}

static void describe(FILE *out, const struct blockdev *disk,
		     const struct match_target *target)
{
	char size[32];

	(void)fprintf(out, "%s (%s", disk->path,
		      parse_format_size(disk->size, size, sizeof(size)));
	if (disk->serial)
		(void)fprintf(out, ", serial %s", disk->serial);
	if (disk->busy)
		(void)fprintf(out, ", %s", disk->busy);
	else if (!target->free)
		(void)fprintf(out, ", read-only");
	else if (!target->usable)
		(void)fprintf(out, ", not empty");
	(void)fputc(')', out);
}

/* What the operator would have to write, and from what to choose. */
static int refuse(const struct match *m, const char *why, struct error **err)
{
	const char *source = m->sources > 1 ? m->source[0].name : "";
	char *list = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&list, &length);

	if (!out)
		return error_memory(err);
	for (size_t i = 0; i < m->targets; i++) {
		if (i)
			(void)fputs(", ", out);
		describe(out, &m->disks->disk[i], &m->target[i]);
	}
	if (fclose(out) != 0)
		return error_memory(err);
	(void)error_set(err, ERROR_REFUSED, 0,
			"%s; name it with lander.disks=%s%sDISK; this machine "
			"has: %s",
			why, source, *source ? ":" : "",
			m->targets ? list : "no disk");
	free(list);
	return -EIO;
}

static int choose_named(struct match *m, const struct match_wishes *wishes,
			struct error **err)
{
	for (size_t i = 0; i < wishes->count; i++) {
		const char *text = wishes->wish[i].target;
		const struct blockdev *disk = blockdev_find(m->disks, text);
		size_t target;

		if (!disk)
			return missing_disk(m->disks, "disks", text, err);
		target = (size_t)(disk - m->disks->disk);
		if (taken(m, target))
			return error_set(err, ERROR_CONFIG, 0,
					 "disks: '%s' is named twice", text);
		if (i >= m->sources)
			return error_set(err, ERROR_CONFIG, 0,
					 "disks: '%s' has no source disk; the "
					 "source offers %zu",
					 text, m->sources);
		m->source[i].target = target;
	}
	return 0;
}

static void choose_claimed(struct match *m)
{
	for (size_t t = 0; t < m->targets; t++)
		if (m->target[t].claimed && m->target[t].claim < m->sources &&
		    m->source[m->target[t].claim].target == NOWHERE)
			m->source[m->target[t].claim].target = t;
}

/* Candidates for one source: its equals in size, or all that hold it. */
static size_t candidates(const struct match *m, uint64_t size, bool equal,
			 bool usable, size_t *ret_target)
{
	size_t found = 0;

	for (size_t t = 0; t < m->targets; t++) {
		const struct match_target *target = &m->target[t];

		if (!target->free || taken(m, t) || (usable && !target->usable))
			continue;
		if (equal ? target->size == size : target->size >= size) {
			*ret_target = t;
			found++;
		}
	}
	return found;
}

static size_t same_size(const struct match *m, uint64_t size)
{
	size_t found = 0;

	for (size_t i = 0; i < m->sources; i++)
		found += m->source[i].size == size &&
			 m->source[i].target == NOWHERE;
	return found;
}

static size_t left_over(const struct match *m)
{
	size_t left = 0;

	for (size_t i = 0; i < m->sources; i++)
		left += m->source[i].target == NOWHERE;
	return left;
}

/* Largest first, so that a big disk is never taken by a small source. */
static size_t largest_left(const struct match *m)
{
	size_t best = NOWHERE;

	for (size_t i = 0; i < m->sources; i++)
		if (m->source[i].target == NOWHERE &&
		    (best == NOWHERE ||
		     m->source[i].size > m->source[best].size))
			best = i;
	return best;
}

static bool choose_only(struct match *m, bool usable)
{
	size_t target = 0;

	for (size_t i = 0; i < m->sources; i++)
		if (m->source[i].target == NOWHERE &&
		    same_size(m, m->source[i].size) == 1 &&
		    candidates(m, m->source[i].size, true, usable, &target) ==
			    1)
			m->source[i].target = target;
	while (left_over(m)) {
		size_t i = largest_left(m);

		if (same_size(m, m->source[i].size) != 1 ||
		    candidates(m, m->source[i].size, false, usable, &target) !=
			    1)
			return false;
		m->source[i].target = target;
	}
	return true;
}

int match_choose(struct match *match, const struct match_wishes *wishes,
		 struct error **err)
{
	struct match *m = match;
	size_t any = 0;
	int r;

	for (size_t i = 0; i < m->sources; i++)
		m->source[i].target = NOWHERE;
	r = choose_named(m, wishes, err);
	if (r < 0)
		return r;
	choose_claimed(m);
	if (choose_only(m, true))
		return 0;
	/* Nothing blank fits: take the one disk there is, and let the checks
	 * say what is on it. */
	if (left_over(m) == 1 && m->targets == 1 && m->sources == 1 &&
	    !taken(m, 0)) {
		m->source[0].target = 0;
		return 0;
	}
	for (size_t t = 0; t < m->targets; t++)
		any += m->target[t].free && m->target[t].usable && !taken(m, t);
	if (!any)
		return refuse(m, "no empty disk is left for the source", err);
	return refuse(m, "it is not clear which disk is meant", err);
}
