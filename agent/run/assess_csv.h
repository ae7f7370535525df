/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ASSESS_CSV_H
#define LANDER_RUN_ASSESS_CSV_H

#include <jansson.h>
#include <stdio.h>

#define ASSESS_CSV_FIELDS 64U

/** One row of a CSV text, its fields cut out in place. */
struct assess_csv_row {
	char *field[ASSESS_CSV_FIELDS];
	size_t count;
	size_t lines; /* that it takes: a quoted field may hold line ends */
};

/**
 * assess_csv_cut(text, separator, ret): the first row of text, by RFC 4180;
 * fields lose their quotes and blanks around them.  Returns what follows the
 * row, or NULL: a quote without its end, or more than 64 fields.
 */
char *assess_csv_cut(char *text, char separator, struct assess_csv_row *ret);

/** assess_csv_separator(text): of ',' ';' and tab, the one that the first line
 *  of text has most of. */
char assess_csv_separator(const char *text);

/** assess_csv_print(sources, out): objects of assess_json as CSV with a header,
 *  one row each, by RFC 4180.  A field that a spreadsheet would take for a
 *  formula gets a quotation mark before it. */
void assess_csv_print(const json_t *sources, FILE *out);

#endif
