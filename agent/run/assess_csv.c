/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of spreadsheets, in and out.  What comes out can go in again: its
 * columns are called as those of a list.
 * Source: RFC 4180.
 */
#include "run/assess_csv.h"

#include <stdbool.h>
#include <string.h>

char assess_csv_separator(const char *text)
{
	static const char all[] = ",;\t";
	size_t length = strcspn(text, "\r\n");
	char best = ',';
	size_t most = 0;

	for (const char *one = all; *one; one++) {
		size_t count = 0;

		for (size_t i = 0; i < length; i++)
			count += text[i] == *one;
		if (count > most) {
			most = count;
			best = *one;
		}
	}
	return best;
}

static char *skip_blanks(char *at, char separator)
{
	while ((*at == ' ' || *at == '\t') && *at != separator)
		at++;
	return at;
}

static void trim_end(char *begin, char *end)
{
	while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
}

/* Behind the field that begins with a quote, which is cut out in place. */
static char *cut_quoted(char *at, struct assess_csv_row *row)
{
	char *to = at;

	row->field[row->count++] = at;
	for (char *from = at + 1; *from; from++) {
		if (*from == '"' && from[1] == '"') {
			from++;
		} else if (*from == '"') {
			*to = '\0';
			return from + 1;
		}
		row->lines += *from == '\n';
		*to++ = *from;
	}
	return NULL;
}

static char *cut_plain(char *at, char separator, struct assess_csv_row *row)
{
	char *end = at;

	row->field[row->count++] = at;
	while (*end && *end != separator && *end != '\r' && *end != '\n')
		end++;
	return end;
}

char *assess_csv_cut(char *text, char separator, struct assess_csv_row *ret)
{
	char *at = text;

	*ret = (struct assess_csv_row){.lines = 1};
	while (ret->count < ASSESS_CSV_FIELDS) {
		char *field = skip_blanks(at, separator);
		bool quoted = *field == '"';
		char *end;
		char was;

		end = quoted ? cut_quoted(field, ret)
			     : cut_plain(field, separator, ret);
		if (!end)
			return NULL;
		end = quoted ? skip_blanks(end, separator) : end;
		was = *end;
		if (was && was != separator && was != '\r' && was != '\n')
			return NULL;
		if (!quoted)
			trim_end(field, end);
		if (!was)
			return end;
		at = end + 1;
		if (was == '\r' && *at == '\n')
			at++;
		if (was != separator)
			return at;
	}
	return NULL;
}

/* --- out --------------------------------------------------------------- */

/* Column, and where it is in the object of a source. */
static const struct {
	const char *name;
	const char *path[3];
} columns[] = {
	{"host", {"host"}},
	{"user", {"user"}},
	{"port", {"port"}},
	{"hostkey", {"hostkey", "pinned"}},
	{"hostkeys_shown", {"hostkey", "shown"}},
	{"jump", {"jump"}},
	{"jump.hostkey", {"jump_hostkey"}},
	{"origin", {"origin"}},
	{"verdict", {"verdict"}},
	{"reasons", {"codes"}},
	{"reached", {"reached"}},
	{"system", {"machine", "os"}},
	{"hostname", {"machine", "hostname"}},
	{"kernel", {"machine", "kernel"}},
	{"arch", {"machine", "arch"}},
	{"firmware", {"machine", "firmware"}},
	{"secure_boot", {"machine", "secure_boot"}},
	{"cpus", {"machine", "cpus"}},
	{"memory_bytes", {"machine", "memory"}},
	{"load", {"machine", "load"}},
	{"disk_count", {"totals", "disks"}},
	{"size_bytes", {"totals", "size"}},
	{"used_bytes", {"totals", "used"}},
	{"written_bytes_per_s", {"totals", "written_per_s"}},
	{"round_trip_ms", {"line", "round_trip_ms"}},
	{"line_bytes_per_s", {"line", "bytes_per_s"}},
	{"reading_bytes_per_s", {"line", "reading_bytes_per_s"}},
	{"tracking", {"forecast", "tracked"}},
	{"full_s", {"forecast", "full_s"}},
	{"full_most_s", {"forecast", "full_most_s"}},
	{"round_s", {"forecast", "round_s"}},
	{"downtime_s", {"forecast", "downtime_s"}},
	{"converges", {"forecast", "converges"}},
	{"problem", {"problem"}},
};
#define COLUMNS (sizeof(columns) / sizeof(*columns))

static void print_text(const char *text, FILE *out)
{
	/* A spreadsheet runs what begins like this. */
	bool formula = *text && strchr("=+-@\t\r", *text);

	if (!formula && !strpbrk(text, "\",;\r\n\t")) {
		(void)fputs(text, out);
		return;
	}
	(void)fputs(formula ? "\"'" : "\"", out);
	for (; *text; text++) {
		if (*text == '"')
			(void)fputc('"', out);
		(void)fputc(*text, out);
	}
	(void)fputc('"', out);
}

static void print_value(const json_t *value, FILE *out)
{
	if (json_is_string(value))
		print_text(json_string_value(value), out);
	else if (json_is_integer(value))
		(void)fprintf(out, "%lld", json_integer_value(value));
	else if (json_is_real(value))
		(void)fprintf(out, "%.3f", json_real_value(value));
	else if (json_is_boolean(value))
		(void)fputs(json_is_true(value) ? "yes" : "no", out);
}

static void print_row(const json_t *source, FILE *out)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		const json_t *value = source;

		for (size_t n = 0; n < 3 && columns[i].path[n]; n++)
			value = json_object_get(value, columns[i].path[n]);
		(void)fputs(i ? "," : "", out);
		print_value(value, out);
	}
	(void)fputs("\r\n", out);
}

void assess_csv_print(const json_t *sources, FILE *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		(void)fprintf(out, "%s%s", i ? "," : "", columns[i].name);
	(void)fputs("\r\n", out);
	for (size_t i = 0; i < json_array_size(sources); i++)
		print_row(json_array_get(sources, i), out);
}
