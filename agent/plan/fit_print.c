/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A layout for people: what was, what will be, what is different, and the lines
 * that would say the same in a job, to be changed and given back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "plan/fit.h"
#include "source/storage.h"

#define COLUMNS 6
#define CELL	256
#define PLACES	(CELL - DESIGN_WORD) /* beside the kind */
#define PLACE	62U /* a blank, what is shown of one, the zero byte */
#define MORE	32U /* of those that have no room */

struct line {
	char cell[COLUMNS][CELL];
};

static const char *size_text(uint64_t size, char *buf, size_t room)
{
	if (!size)
		return "";
	return parse_format_size(size, buf, room);
}

/* "1", or what is called so. */
static void name_after(const struct design *design, size_t which, char *buf,
		       size_t room)
{
	const struct design_node *node = &design->node[which];

	switch (node->kind) {
	case DESIGN_PART:
		(void)snprintf(buf, room, "  %u", node->number);
		break;
	case DESIGN_VOLUME:
		(void)snprintf(buf, room, "  %.60s/%.60s",
			       design->node[node->on[0]].name, node->name);
		break;
	case DESIGN_DISK:
	case DESIGN_ARRAY:
	case DESIGN_CONTAINER:
	case DESIGN_GROUP:
		(void)snprintf(buf, room, "%s",
			       *node->name ? node->name : node->origin);
		break;
	}
}

static const char *places_of(const struct design *design, size_t which,
			     char buf[PLACES])
{
	size_t used = 0;
	size_t more = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < design->mounts; i++) {
		const struct design_mount *mount = &design->mount[i];

		if (mount->node != which)
			continue;
		if (more || used + PLACE + MORE > PLACES)
			more++;
		else
			used += (size_t)snprintf(buf + used, PLACES - used,
						 "%s%.60s", used ? " " : "",
						 mount->place);
	}
	if (more)
		(void)snprintf(buf + used, PLACES - used, ", %zu more", more);
	return buf;
}

/* What is in a partition that something else stands on. */
static const char *carries(const struct design *design, size_t which)
{
	const struct design_node *node = &design->node[which];

	for (size_t i = which + 1; i < design->count; i++)
		for (size_t k = 0; k < design->node[i].ons; k++)
			if (design->node[i].on[k] == which)
				return design->node[i].kind == DESIGN_ARRAY
					       ? "MD"
					       : "LUKS";
	return !strcasecmp(node->type, "21686148-6449-6e6f-744e-656564454649")
		       ? "bios_grub"
		       : "";
}

static void what_after(const struct design *design, size_t which, char *buf,
		       size_t room)
{
	const struct design_node *node = &design->node[which];
	char places[PLACES];
	const char *kind = node->fs.fs;

	if (node->kind == DESIGN_DISK)
		kind = !strcmp(node->table, "gpt")   ? "GPT"
		       : !strcmp(node->table, "dos") ? "MBR"
						     : "";
	else if (node->kind == DESIGN_ARRAY && !*kind)
		kind = node->level;
	else if (node->kind == DESIGN_GROUP)
		kind = "volume group";
	else if (node->kind == DESIGN_CONTAINER && !*kind)
		kind = "opened LUKS";
	else if (node->extended)
		kind = "extended";
	else if (node->physical)
		kind = "LVM";
	else if (!*kind && node->kind == DESIGN_PART)
		kind = carries(design, which);
	(void)snprintf(buf, room, "%s%s%s", kind,
		       *places_of(design, which, places) ? " " : "", places);
}

static void fill(const struct fit *fit, size_t which, struct line *line)
{
	const struct design_node *node = &fit->design.node[which];
	const struct fit_row *row = &fit->row[which];
	char size[32];

	*line = (struct line){0};
	(void)snprintf(line->cell[0], CELL, "%s",
		       row->before ? node->origin : "");
	(void)snprintf(line->cell[1], CELL, "%s",
		       size_text(row->before, size, sizeof(size)));
	(void)snprintf(line->cell[2], CELL, "%s",
		       size_text(row->used, size, sizeof(size)));
	name_after(&fit->design, which, line->cell[3], CELL);
	(void)snprintf(line->cell[4], CELL, "%s",
		       size_text(node->size, size, sizeof(size)));
	what_after(&fit->design, which, line->cell[5], CELL);
	for (size_t i = 0; i < COLUMNS; i++)
		parse_make_printable(line->cell[i]);
}

static bool comes_before(const struct design *design, size_t a, size_t b)
{
	return design->node[a].start < design->node[b].start;
}

/* Disks, each with its partitions by their places, then what stands on them. */
static size_t sort(const struct design *design, size_t *order)
{
	size_t count = 0;

	for (size_t disk = 0; disk < design->count; disk++) {
		size_t first = count + 1;

		if (design->node[disk].kind != DESIGN_DISK)
			continue;
		order[count++] = disk;
		for (size_t i = 0; i < design->count; i++) {
			size_t at = count;

			if (design->node[i].kind != DESIGN_PART ||
			    design->node[i].on[0] != disk)
				continue;
			while (at > first &&
			       comes_before(design, i, order[at - 1])) {
				order[at] = order[at - 1];
				at--;
			}
			order[at] = i;
			count++;
		}
	}
	for (size_t i = 0; i < design->count; i++)
		if (design->node[i].kind > DESIGN_PART)
			order[count++] = i;
	return count;
}

static void print_table(FILE *out, const struct line *lines, size_t count)
{
	int width[COLUMNS] = {0};

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < COLUMNS; k++)
			if ((int)strlen(lines[i].cell[k]) > width[k])
				width[k] = (int)strlen(lines[i].cell[k]);
	for (size_t i = 0; i < count; i++)
		(void)fprintf(out, "  %-*s %*s %*s  %s %-*s %*s%s%s\n",
			      width[0], lines[i].cell[0], width[1],
			      lines[i].cell[1], width[2], lines[i].cell[2],
			      i ? "->" : "  ", width[3], lines[i].cell[3],
			      width[4], lines[i].cell[4],
			      *lines[i].cell[5] ? "  " : "", lines[i].cell[5]);
}

static void print_wish(FILE *out, const struct fit *fit, size_t which,
		       const char *place)
{
	const struct design_node *node = &fit->design.node[which];

	(void)fprintf(out, "  part %s size=%lluM%s", place,
		      (unsigned long long)(node->size / DESIGN_MIB),
		      fit->row[which].grown ? " grow" : "");
	if (strcmp(place, "swap") != 0)
		(void)fprintf(out, " fstype=%s", node->fs.fs);
	(void)fputc('\n', out);
}

static bool is_first_of(const struct design *design, size_t mount)
{
	for (size_t i = 0; i < mount; i++)
		if (design->mount[i].node == design->mount[mount].node)
			return false;
	return true;
}

static void print_wishes(FILE *out, const struct fit *fit)
{
	const struct design *design = &fit->design;

	(void)fprintf(out, "  the same as lines of a job, to be changed:\n");
	for (size_t i = 0; i < design->mounts; i++)
		if (is_first_of(design, i) &&
		    !strpbrk(design->mount[i].place, " \t\"#"))
			print_wish(out, fit, design->mount[i].node,
				   design->mount[i].place);
	if (fit->no_swap)
		(void)fprintf(out, "  part swap size=0\n");
	for (size_t i = 0; i < design->count; i++)
		if (!strcmp(design->node[i].fs.fs, "swap")) {
			print_wish(out, fit, i, "swap");
			break;
		}
}

static void print_all(FILE *out, const struct fit *fit, struct line *lines,
		      size_t *order)
{
	size_t count = sort(&fit->design, order);

	lines[0] =
		(struct line){{"before", "size", "used", "after", "size", ""}};
	for (size_t i = 0; i < count; i++)
		fill(fit, order[i], &lines[i + 1]);
	print_table(out, lines, count + 1);
	for (size_t i = 0; i < fit->notes; i++) {
		parse_make_printable(fit->note[i]);
		(void)fprintf(out, "  note: %s\n", fit->note[i]);
	}
	print_wishes(out, fit);
}

int fit_print(const struct fit *fit, char **ret_text, struct error **err)
{
	struct line *lines = calloc(fit->design.count + 1, sizeof(*lines));
	size_t *places = calloc(fit->design.count + 1, sizeof(*places));
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (lines && places && out)
		print_all(out, fit, lines, places);
	free(places);
	if (out && fclose(out) != 0) {
		free(text);
		text = NULL;
	}
	if (!lines || !text) {
		free(lines);
		free(text);
		return error_memory(err);
	}
	free(lines);
	*ret_text = text;
	return 0;
}
