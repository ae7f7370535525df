/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sources as the rows of a spreadsheet, whose first row names the columns.
 * Columns that mean nothing here are left alone and named.
 */
#include "run/assess_columns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/parse.h"
#include "run/assess_csv.h"
#include "run/assess_list.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

enum column {
	HOST,
	USER,
	PORT,
	SOURCE,
	/* The columns whose values are kept as they are. */
	HOSTKEY,
	IDENTITY,
	DISKS,
	JUMP,
	JUMP_HOSTKEY,
	JUMP_IDENTITY,
	COLUMNS
};

static const struct {
	const char *name;
	enum column column;
} names[] = {
	{"host", HOST},
	{"hostname", HOST},
	{"address", HOST},
	{"ip", HOST},
	{"user", USER},
	{"login", USER},
	{"port", PORT},
	{"hostkey", HOSTKEY},
	{"fingerprint", HOSTKEY},
	{"key", IDENTITY},
	{"identity", IDENTITY},
	{"disk", DISKS},
	{"disks", DISKS},
	{"source", SOURCE},
	{"uri", SOURCE},
	{"jump", JUMP},
	{"jump.hostkey", JUMP_HOSTKEY},
	{"jump.identity", JUMP_IDENTITY},
};

struct table {
	struct assess_list *list;
	const char *name; /* of the file */
	char separator;
	enum column column[ASSESS_CSV_FIELDS]; /* COLUMNS: none */
	size_t line;
};

static enum column column_of(const char *name)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (!strcasecmp(name, names[i].name))
			return names[i].column;
	return COLUMNS;
}

/* A header names where the machines are, and is no machine itself. */
bool assess_columns_named(const char *text)
{
	char *copy = strdup(text);
	struct assess_csv_row row = {0};
	bool found = false;

	if (copy) {
		(void)assess_csv_cut(copy, assess_csv_separator(copy), &row);
		for (size_t i = 0; i < row.count; i++)
			found = found || column_of(row.field[i]) == HOST ||
				column_of(row.field[i]) == SOURCE;
	}
	free(copy);
	return found;
}

static int ignore(struct assess_list *list, const char *name,
		  struct error **err)
{
	char *text = NULL;

	if (!*name)
		return 0;
	if (asprintf(&text, "%s%s%s", list->ignored ? list->ignored : "",
		     list->ignored ? ", " : "", name) < 0)
		return error_memory(err);
	parse_make_printable(text);
	free(list->ignored);
	list->ignored = text;
	return 0;
}

/* Of two columns for one thing the first counts: "host" before "hostname" in
 * what lander itself wrote. */
static int take_header(struct table *table, const struct assess_csv_row *row,
		       struct error **err)
{
	bool seen[COLUMNS + 1] = {false};
	int r = 0;

	for (size_t i = 0; i < ASSESS_CSV_FIELDS; i++)
		table->column[i] = COLUMNS;
	for (size_t i = 0; r == 0 && i < row->count; i++) {
		enum column column = column_of(row->field[i]);

		if (column == COLUMNS || seen[column]) {
			r = ignore(table->list, row->field[i], err);
			continue;
		}
		seen[column] = true;
		table->column[i] = column;
	}
	return r;
}

static int make_uri(struct assess_source *source,
		    const char *const field[COLUMNS], struct error **err)
{
	const char *host = field[HOST];
	bool bare = host && strchr(host, ':') && *host != '[';
	const char *user = field[USER];

	if (field[SOURCE])
		return assess_list_set(source, "source", field[SOURCE], err);
	if (!host)
		return assess_list_complain(source, "no host", "", err);
	if (strpbrk(host, "/@ \t\n"))
		return assess_list_complain(source, "no host is called ", host,
					    err);
	if (asprintf(&source->uri, "ssh://%s%s%s%s%s%s%s/", user ? user : "",
		     user ? "@" : "", bare ? "[" : "", host, bare ? "]" : "",
		     field[PORT] ? ":" : "",
		     field[PORT] ? field[PORT] : "") < 0) {
		source->uri = NULL;
		return error_memory(err);
	}
	return 0;
}

/* As a line of a list calls it. */
static const char *name_of(enum column column)
{
	static const char *const keys[COLUMNS] = {
		[HOSTKEY] = "hostkey",
		[IDENTITY] = "identity",
		[DISKS] = "disks",
		[JUMP] = "jump",
		[JUMP_HOSTKEY] = "jump.hostkey",
		[JUMP_IDENTITY] = "jump.identity",
	};

	return keys[column];
}

static int take_row(const struct table *table, const struct assess_csv_row *row,
		    struct error **err)
{
	const char *field[COLUMNS + 1] = {NULL};
	struct assess_source *source = NULL;
	char origin[64];
	bool empty = true;
	int r;

	for (size_t i = 0; i < row->count; i++) {
		if (!*row->field[i])
			continue;
		empty = false;
		field[table->column[i]] = row->field[i];
	}
	if (empty)
		return 0;
	(void)snprintf(origin, sizeof(origin), "%.48s:%zu", table->name,
		       table->line);
	r = assess_list_begin(table->list, origin,
			      field[HOST]     ? field[HOST]
			      : field[SOURCE] ? field[SOURCE]
					      : "",
			      &source, err);
	if (r == 0)
		r = make_uri(source, field, err);
	for (enum column i = HOSTKEY; r == 0 && i < COLUMNS; i++)
		if (field[i])
			r = assess_list_set(source, name_of(i), field[i], err);
	return r;
}

static int read_table(struct table *table, char *at, struct error **err)
{
	struct assess_csv_row row;
	bool header = true;
	int r = 0;

	table->separator = assess_csv_separator(at);
	while (r == 0 && *at) {
		size_t line = table->line;

		at = assess_csv_cut(at, table->separator, &row);
		if (!at)
			return error_set(err, ERROR_CONFIG, 0,
					 "%s:%zu: a quote without its end, "
					 "something behind one, or too many "
					 "columns",
					 table->name, line);
		r = header ? take_header(table, &row, err)
			   : take_row(table, &row, err);
		header = false;
		table->line = line + row.lines;
	}
	return r;
}

int assess_columns_read(struct assess_list *list, const char *name, char *text,
			struct error **err)
{
	struct table table = {.list = list, .name = name, .line = 1};

	return read_table(&table, text, err);
}
