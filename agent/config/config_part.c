/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How large a file system of the new machine is to be, in the words of
 * kickstart files.  Whether there is room is not known here.
 */
#include "config/config_part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define MIB	  ((uint64_t)1 << 20)
#define PLACE_MAX 256U

/* "800M", "10G", "1.5T" in powers of 1024, as partitions are; no letter: MiB,
 * as in kickstart files. */
static bool read_size(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	uint64_t whole = 0;
	uint64_t tenths = 0;
	uint64_t unit = MIB;
	const char *letter;
	bool digit = false;

	for (; *text >= '0' && *text <= '9'; text++, digit = true)
		if (whole > UINT32_MAX)
			return false;
		else
			whole = whole * 10 + (uint64_t)(*text - '0');
	if (*text == '.' && text[1] >= '0' && text[1] <= '9') {
		tenths = (uint64_t)(text[1] - '0');
		text += 2;
	}
	if (*text) {
		letter = strchr(units, *text);
		if (!letter)
			return false;
		unit = (uint64_t)1024 << 10 * (letter - units);
		text++;
		if (!strcmp(text, "iB") || !strcmp(text, "B"))
			text = "";
	}
	if (*text || !digit ||
	    __builtin_mul_overflow(whole * 10 + tenths, unit, ret))
		return false;
	*ret = (*ret / 10 + MIB - 1) / MIB * MIB;
	return *ret < (uint64_t)1 << 60;
}

static bool is_place(const char *text)
{
	if (!strcmp(text, "swap"))
		return true;
	if (*text != '/' || strlen(text) >= PLACE_MAX || strstr(text, "//") ||
	    (text[1] && text[strlen(text) - 1] == '/'))
		return false;
	/* "." and ".." as a component */
	for (const char *at = text; at; at = strchr(at + 1, '/')) {
		size_t length = strcspn(at + 1, "/");

		if ((length == 1 && at[1] == '.') ||
		    (length == 2 && !strncmp(at + 1, "..", 2)))
			return false;
	}
	return true;
}

static bool is_fs(const char *text)
{
	static const char *const known[] = {"ext2",  "ext3", "ext4", "xfs",
					    "btrfs", "vfat", "swap"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(text, known[i]))
			return true;
	return false;
}

static int take_word(struct config_part *part, const char *word,
		     const char *origin, struct error **err)
{
	/* Also in the form of other kickstarts: --size=, --grow, --fstype= */
	if (!strncmp(word, "--", 2))
		word += 2;
	if (!strcmp(word, "grow")) {
		part->grow = true;
		return 0;
	}
	if (!strncmp(word, "size=", 5)) {
		part->has_size = read_size(word + 5, &part->size);
		if (part->has_size)
			return 0;
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: part %s: size '%.40s' is none: 800M, "
				 "10G, 1.5T",
				 origin, part->place, word + 5);
	}
	if (!strncmp(word, "fstype=", 7) && is_fs(word + 7)) {
		free(part->fs);
		part->fs = strdup(word + 7);
		return part->fs ? 0 : error_memory(err);
	}
	if (!strncmp(word, "fstype=", 7))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: part %s: '%.40s' is not made: ext2, "
				 "ext3, ext4, xfs, btrfs, vfat or swap",
				 origin, part->place, word + 7);
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: part %s takes size=, grow and fstype=, not "
			 "'%.40s'",
			 origin, part->place, word);
}

static int read_words(struct config_part *part, char *text, const char *origin,
		      struct error **err)
{
	char *rest = NULL;
	const char *word = strtok_r(text, " \t", &rest);
	int r = 0;

	if (!word || !is_place(word))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: part takes a place like /var, or swap, "
				 "first; not '%.60s'",
				 origin, word ? word : "");
	part->place = strdup(word);
	part->origin = strdup(origin);
	if (!part->place || !part->origin)
		return error_memory(err);
	while (r == 0 && (word = strtok_r(NULL, " \t", &rest)))
		r = take_word(part, word, origin, err);
	if (r == 0 && !part->has_size && !part->grow && !part->fs)
		r = error_set(err, ERROR_CONFIG, 0,
			      "%s: part %s says nothing: size=, grow or "
			      "fstype=",
			      origin, part->place);
	if (r == 0 && part->has_size && !part->size &&
	    strcmp(part->place, "swap") != 0)
		r = error_set(err, ERROR_CONFIG, 0,
			      "%s: part %s: only swap can be left out by "
			      "size=0",
			      origin, part->place);
	return r;
}

static void free_part(struct config_part *part)
{
	free(part->place);
	free(part->fs);
	free(part->origin);
}

int config_part_add(struct config_parts *parts, const char *text,
		    const char *origin, int rank, struct error **err)
{
	struct config_part part = {.rank = rank};
	struct config_part *grown;
	char *copy = strdup(text);
	int r = copy ? read_words(&part, copy, origin, err) : error_memory(err);

	free(copy);
	for (size_t i = 0; r == 0 && i < parts->count; i++) {
		struct config_part *old = &parts->part[i];

		if (strcmp(old->place, part.place) != 0)
			continue;
		if (old->rank == rank)
			r = error_set(err, ERROR_CONFIG, 0,
				      "%s: part %s was given already, at %s",
				      origin, part.place, old->origin);
		else if (old->rank < rank) {
			free_part(old);
			*old = part;
			return 0;
		} else {
			free_part(&part);
			return 0;
		}
	}
	if (r == 0 && parts->count == CONFIG_PARTS_MAX)
		r = error_set(err, ERROR_CONFIG, 0,
			      "%s: part: too many of them", origin);
	grown = r == 0 ? reallocarray(parts->part, parts->count + 1,
				      sizeof(*grown))
		       : NULL;
	if (r == 0 && !grown)
		r = error_memory(err);
	if (!grown) {
		free_part(&part);
		return r;
	}
	parts->part = grown;
	grown[parts->count++] = part;
	return 0;
}

void config_part_done(struct config_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		free_part(&parts->part[i]);
	free(parts->part);
	*parts = (struct config_parts){0};
}

void config_part_explain(const struct config_parts *parts, FILE *out)
{
	for (size_t i = 0; i < parts->count; i++) {
		const struct config_part *part = &parts->part[i];
		char text[400];
		size_t used;

		used = (size_t)snprintf(text, sizeof(text), "%s", part->place);
		if (part->has_size)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, " size=%lluM",
				(unsigned long long)(part->size / MIB));
		(void)snprintf(text + used, sizeof(text) - used, "%s%s%s",
			       part->grow ? " grow" : "",
			       part->fs ? " fstype=" : "",
			       part->fs ? part->fs : "");
		(void)fprintf(out, "lander.%-10s %-32s %s\n", "part", text,
			      part->origin);
	}
}
