/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The objects of a check as a table, one line a source, and in detail.  It
 * adds nothing to them.
 */
#include "run/assess_table.h"

#include <string.h>

#include "base/parse.h"

#define NAME_MAX_COLUMNS 40

static const json_t *at(const json_t *json, const char *key)
{
	return json_object_get(json, key);
}

static const char *text(const json_t *json, const char *key, const char *none)
{
	const char *value = json_string_value(at(json, key));

	return value && *value ? value : none;
}

static double value_of(const json_t *json, const char *key)
{
	return json_number_value(at(json, key));
}

static bool has(const json_t *json, const char *key)
{
	return json_is_number(at(json, key));
}

static const char *size(const json_t *json, const char *key, char *buf,
			size_t room)
{
	if (!has(json, key))
		(void)snprintf(buf, room, "?");
	else
		(void)parse_format_size((uint64_t)value_of(json, key), buf,
					room);
	return buf;
}

/* "850 ms", "42 s", "12 min", "3.5 h", "2.1 days" */
static const char *duration(double seconds, char *buf, size_t room)
{
	if (seconds < 1)
		(void)snprintf(buf, room, "%.0f ms", seconds * 1e3);
	else if (seconds < 120)
		(void)snprintf(buf, room, "%.0f s", seconds);
	else if (seconds < 120 * 60)
		(void)snprintf(buf, room, "%.0f min", seconds / 60);
	else if (seconds < 48 * 3600)
		(void)snprintf(buf, room, "%.1f h", seconds / 3600);
	else
		(void)snprintf(buf, room, "%.1f days", seconds / 86400);
	return buf;
}

static const char *time_of(const json_t *json, const char *key, char *buf,
			   size_t room)
{
	if (!has(json, key))
		return "?";
	return duration(value_of(json, key), buf, room);
}

static const char *rate(const json_t *json, const char *key, char *buf,
			size_t room)
{
	double bits = value_of(json, key) * 8;

	if (!has(json, key))
		return "?";
	if (bits >= 1e9)
		(void)snprintf(buf, room, "%.1f Gbit/s", bits / 1e9);
	else
		(void)snprintf(buf, room, "%.1f Mbit/s", bits / 1e6);
	return buf;
}

/* --- one line each ----------------------------------------------------- */

static void print_head(int width, FILE *out)
{
	(void)fprintf(out, "%-7s %-*s %10s %10s %9s %12s %9s %9s  %s\n",
		      "VERDICT", width, "SOURCE", "SIZE", "USED", "LATENCY",
		      "LINE", "FULL", "DOWNTIME", "REASONS");
}

static void print_line(const json_t *source, int width, FILE *out)
{
	const json_t *totals = at(source, "totals");
	const json_t *line = at(source, "line");
	const json_t *forecast = at(source, "forecast");
	char a[32];
	char b[32];
	char c[32];
	char d[32];
	char e[32];
	char trip[32] = "?";

	if (has(line, "round_trip_ms"))
		(void)snprintf(trip, sizeof(trip), "%.1f ms",
			       value_of(line, "round_trip_ms"));
	(void)fprintf(out, "%-7s %-*s %10s %10s %9s %12s %9s %9s  %s\n",
		      text(source, "verdict", "?"), width,
		      text(source, "source", "?"),
		      size(totals, "size", a, sizeof(a)),
		      size(totals, "used", b, sizeof(b)), trip,
		      rate(line, "bytes_per_s", c, sizeof(c)),
		      time_of(forecast, "full_s", d, sizeof(d)),
		      time_of(forecast, "downtime_s", e, sizeof(e)),
		      text(source, "codes", ""));
}

static int width_of(const json_t *sources)
{
	size_t width = strlen("SOURCE");

	for (size_t i = 0; i < json_array_size(sources); i++) {
		size_t length =
			strlen(text(json_array_get(sources, i), "source", "?"));

		width = length > width ? length : width;
	}
	return width > NAME_MAX_COLUMNS ? NAME_MAX_COLUMNS : (int)width;
}

static void print_sum(const json_t *sources, FILE *out)
{
	unsigned int count[3] = {0};
	static const char *const words[3] = {"pass", "warn", "refuse"};

	for (size_t i = 0; i < json_array_size(sources); i++)
		for (size_t n = 0; n < 3; n++)
			count[n] += !strcmp(
				text(json_array_get(sources, i), "verdict", ""),
				words[n]);
	(void)fprintf(out,
		      "%zu sources: %u pass, %u warn, %u refused.  What a "
		      "reason means: --details, or lander check --reasons\n",
		      json_array_size(sources), count[0], count[1], count[2]);
}

/* --- in detail --------------------------------------------------------- */

static void begin(FILE *out, const char *name)
{
	(void)fprintf(out, "%-12s ", name);
}

static void print_reasons(const json_t *source, FILE *out)
{
	const json_t *list = at(source, "reasons");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		begin(out, i ? "" : "reasons");
		(void)fprintf(
			out, "%s %s%s%s: %s%s%s%s\n", text(one, "weight", "?"),
			text(one, "code", "?"), at(one, "disk") ? " " : "",
			text(one, "disk", ""), text(one, "meaning", ""),
			at(one, "seen") ? " (" : "", text(one, "seen", ""),
			at(one, "seen") ? ")" : "");
		begin(out, "");
		(void)fprintf(out, "  to do: %s\n", text(one, "advice", ""));
	}
}

static void print_machine(const json_t *source, FILE *out)
{
	const json_t *machine = at(source, "machine");
	char buf[32];

	if (!machine)
		return;
	begin(out, "machine");
	(void)fprintf(out, "%s: %s, Linux %s %s, %s%s\n",
		      text(machine, "hostname", "?"),
		      text(machine, "os", "unknown system"),
		      text(machine, "kernel", "?"), text(machine, "arch", ""),
		      !strcmp(text(machine, "firmware", ""), "uefi") ? "UEFI"
								     : "BIOS",
		      json_is_true(at(machine, "secure_boot")) ? ", Secure Boot"
							       : "");
	begin(out, "");
	(void)fprintf(out, "%s %s, %.0f CPUs, load %.2f, memory %s",
		      text(machine, "vendor", "unknown hardware"),
		      text(machine, "product", ""), value_of(machine, "cpus"),
		      value_of(machine, "load"),
		      size(machine, "memory", buf, sizeof(buf)));
	(void)fprintf(out, ", %s of it free\n",
		      size(machine, "memory_free", buf, sizeof(buf)));
}

static void print_key(const json_t *source, FILE *out)
{
	const json_t *key = at(source, "hostkey");

	begin(out, "host key");
	(void)fprintf(out, "%s%s\n",
		      json_is_true(at(key, "fits")) ? "the pinned one: "
		      : at(key, "pinned")	    ? "not the pinned one: "
						    : "none pinned; shown: ",
		      text(key, "shown", "none seen"));
	if (at(source, "jump")) {
		begin(out, "through");
		(void)fprintf(out, "%s\n", text(source, "jump", ""));
	}
	if (!at(source, "server"))
		return;
	begin(out, "server");
	(void)fprintf(out, "%s\n", text(source, "server", ""));
}

static void print_users(const json_t *disk, FILE *out)
{
	const json_t *list = at(disk, "users");
	char a[32];
	char b[32];

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *use = json_array_get(list, i);

		begin(out, "");
		(void)fprintf(out, "  %-16s %s %s %s", text(use, "device", "?"),
			      text(use, "what", "?"), text(use, "place", ""),
			      text(use, "type", ""));
		if (has(use, "size"))
			(void)fprintf(out, ", %s of %s used",
				      size(use, "used", a, sizeof(a)),
				      size(use, "size", b, sizeof(b)));
		(void)fputs(json_is_true(at(use, "write")) ? "\n"
							   : ", read-only\n",
			    out);
	}
}

static void print_disks(const json_t *source, FILE *out)
{
	const json_t *list = at(source, "disks");
	char buf[32];

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *disk = json_array_get(list, i);

		begin(out, i ? "" : "disks");
		(void)fprintf(out, "%s  %s", text(disk, "name", "?"),
			      size(disk, "size", buf, sizeof(buf)));
		if (has(disk, "used"))
			(void)fprintf(out, ", %s in file systems",
				      size(disk, "used", buf, sizeof(buf)));
		if (has(disk, "written_per_s"))
			(void)fprintf(out,
				      ", %.3f MB/s written now, %.3f since "
				      "its start",
				      value_of(disk, "written_per_s") / 1e6,
				      value_of(disk, "written_per_s_usual") /
					      1e6);
		(void)fprintf(out, "  %s %s\n", text(disk, "vendor", ""),
			      text(disk, "model", ""));
		print_users(disk, out);
	}
}

static void print_quiesce(const json_t *source, FILE *out)
{
	const json_t *list = at(source, "quiesce");

	for (size_t i = 0; i < json_array_size(list); i++) {
		begin(out, i ? "" : "at cutover");
		(void)fprintf(out, "%s\n",
			      json_string_value(json_array_get(list, i)));
	}
}

static void print_times(const json_t *source, FILE *out)
{
	const json_t *line = at(source, "line");
	const json_t *forecast = at(source, "forecast");
	char a[32];
	char b[32];

	if (has(line, "round_trip_ms")) {
		begin(out, "line");
		(void)fprintf(out,
			      "%.2f ms round trip, %s of data, %s read there\n",
			      value_of(line, "round_trip_ms"),
			      rate(line, "bytes_per_s", a, sizeof(a)),
			      rate(line, "reading_bytes_per_s", b, sizeof(b)));
	}
	if (!has(forecast, "full_s"))
		return;
	begin(out, "forecast");
	(void)fprintf(out, "full %s (%s when every block is full), ",
		      time_of(forecast, "full_s", a, sizeof(a)),
		      time_of(forecast, "full_most_s", b, sizeof(b)));
	(void)fprintf(out, "last round %s, downtime %s and the target's own\n",
		      time_of(forecast, "round_s", a, sizeof(a)),
		      time_of(forecast, "downtime_s", b, sizeof(b)));
	begin(out, "method");
	(void)fprintf(out, "%s\n", text(line, "method", ""));
	begin(out, "");
	(void)fprintf(out, "%s\n", text(forecast, "method", ""));
}

static void print_details(const json_t *source, FILE *out)
{
	(void)fputc('\n', out);
	begin(out, "source");
	(void)fprintf(out, "%s (%s): %s\n", text(source, "source", "?"),
		      text(source, "origin", "?"),
		      text(source, "verdict", "?"));
	print_key(source, out);
	print_machine(source, out);
	print_disks(source, out);
	print_quiesce(source, out);
	print_times(source, out);
	print_reasons(source, out);
}

void assess_table_print(const json_t *sources, bool details, FILE *out)
{
	int width = width_of(sources);

	print_head(width, out);
	for (size_t i = 0; i < json_array_size(sources); i++)
		print_line(json_array_get(sources, i), width, out);
	for (size_t i = 0; details && i < json_array_size(sources); i++)
		print_details(json_array_get(sources, i), out);
	if (json_array_size(sources) > 1)
		print_sum(sources, out);
}
