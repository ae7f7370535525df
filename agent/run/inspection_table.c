/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The object of an inspection as a table.  It adds nothing to it.
 */
#include "run/inspection_table.h"

#include <stdbool.h>
#include <string.h>

static const json_t *at(const json_t *json, const char *key)
{
	return json_object_get(json, key);
}

/* A text, or what stands for none. */
static const char *text(const json_t *json, const char *key, const char *none)
{
	const char *value = json_string_value(at(json, key));

	return value && *value ? value : none;
}

static void begin(FILE *out, const char *name)
{
	(void)fprintf(out, "%-12s ", name);
}

/* The texts of a list, commas between. */
static void print_list(FILE *out, const json_t *list, const char *none)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		(void)fprintf(out, "%s%s", i ? ", " : "",
			      json_string_value(json_array_get(list, i)));
	(void)fputs(json_array_size(list) ? "\n" : none, out);
}

static void print_disks(const json_t *json, FILE *out)
{
	const json_t *disks = at(json, "disks");

	for (size_t i = 0; i < json_array_size(disks); i++) {
		const json_t *disk = json_array_get(disks, i);

		begin(out, i ? "" : "disks");
		(void)fprintf(out, "%s  %s  %s\n", text(disk, "path", "?"),
			      text(disk, "size", "?"), text(disk, "holds", ""));
	}
}

static void print_system(const json_t *json, FILE *out)
{
	const json_t *machine = at(json, "machine");
	const json_t *root = at(json, "root");
	const json_t *entry = at(json, "entry");

	begin(out, "system");
	(void)fprintf(out, "%s\n", text(json, "name", "Linux"));
	if (json_array_size(at(json, "systems")) > 1) {
		begin(out, "");
		(void)fprintf(out,
			      "the first of %zu; lander.root= would choose\n",
			      json_array_size(at(json, "systems")));
	}
	begin(out, "root");
	(void)fprintf(out, "%s  %s  %s\n", text(root, "device", "not known"),
		      text(root, "fs", ""), text(root, "uuid", ""));
	begin(out, "firmware");
	(void)fprintf(out, "made for: %s; this machine starts by: %s\n",
		      text(json, "firmware", "not known"),
		      text(machine, "firmware", "?"));
	begin(out, "machine");
	(void)fprintf(out, "%s; disk drivers: ",
		      text(machine, "hypervisor", "unknown hypervisor"));
	print_list(out, at(machine, "disk_drivers"), "none known\n");
	begin(out, "initramfs");
	(void)fprintf(out, "%s\n",
		      text(at(json, "initramfs"), "tool", "no tool makes one"));
	begin(out, "SELinux");
	(void)fprintf(out, "%s\n", text(json, "selinux", "?"));
	begin(out, "boots");
	(void)fprintf(out, "%s\n",
		      text(entry, "kernel", text(entry, "problem", "?")));
}

static void print_volumes(const json_t *json, FILE *out)
{
	const json_t *list = at(json, "volumes");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *volume = json_array_get(list, i);

		begin(out, i ? "" : "volumes");
		(void)fprintf(out, "%-24s %-12s %s%s%s\n",
			      text(volume, "device", "?"),
			      text(volume, "fs", "?"), text(volume, "uuid", ""),
			      json_is_string(at(volume, "label")) ? "  " : "",
			      text(volume, "label", ""));
	}
}

static void print_mounts(const json_t *json, FILE *out)
{
	const json_t *list = at(json, "mounts");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *mount = json_array_get(list, i);
		const json_t *resolves = at(mount, "resolves");
		const char *word = json_is_true(resolves)    ? "found"
				   : json_is_false(resolves) ? "NOT FOUND"
							     : "";

		begin(out, i ? "" : "fstab");
		(void)fprintf(out, "%-12s %s  %s%s%s\n",
			      text(mount, "place", "?"),
			      text(mount, "spec", "?"), word,
			      json_is_true(at(mount, "renamed"))
				      ? ", under another name: "
				      : " ",
			      text(mount, "device", text(mount, "why", "")));
	}
}

static void print_kernels(const json_t *json, FILE *out)
{
	const json_t *list = at(json, "kernels");

	if (!json_array_size(list))
		(void)fprintf(out, "%-12s none\n", "kernels");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *kernel = json_array_get(list, i);
		const json_t *ready = at(kernel, "ready");

		begin(out, i ? "" : "kernels");
		(void)fprintf(
			out, "%s  %s  %s  %s\n", text(kernel, "version", "?"),
			text(kernel, "initramfs", text(kernel, "image", "?")),
			text(kernel, "codec", ""),
			json_is_true(ready)
				? "has the drivers"
				: text(kernel, "problem",
				       json_is_false(ready) ? "lacks:"
							    : "not "
							      "judged"));
		if (json_array_size(at(kernel, "missing"))) {
			begin(out, "");
			(void)fputs("  to be added: ", out);
			print_list(out, at(kernel, "missing"), "\n");
		}
	}
}

static void print_loaders(const json_t *json, FILE *out)
{
	const json_t *list = at(json, "loaders");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *loader = json_array_get(list, i);

		begin(out, i ? "" : "loaders");
		(void)fprintf(out, "%-5s %-14s %s  %s\n",
			      text(loader, "firmware", "?"),
			      text(loader, "kind", "?"),
			      text(loader, "path", "?"),
			      text(loader, "version", ""));
	}
}

static void print_network(const json_t *json, FILE *out)
{
	const json_t *network = at(json, "network");
	const json_t *list = at(network, "interfaces");

	begin(out, "network");
	(void)fprintf(out, "%s\n", text(network, "stack", "none"));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		begin(out, "");
		(void)fprintf(out, "%-12s %-18s %s\n",
			      text(item, "name", "(no name)"),
			      text(item, "mac", ""), text(item, "file", ""));
	}
}

static void print_leftovers(const json_t *json, FILE *out)
{
	const json_t *list = at(json, "leftovers");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *tool = json_array_get(list, i);

		begin(out, i ? "" : "leftovers");
		(void)fprintf(out, "%s (%s)\n", text(tool, "name", "?"),
			      text(tool, "of", "?"));
	}
}

static void print_check(const json_t *json, FILE *out)
{
	const json_t *check = at(json, "boot_check");
	const json_t *list = at(check, "stations");

	if (!json_is_object(check))
		return;
	begin(out, "boot check");
	(void)fprintf(out, "without conversion it %s\n",
		      text(check, "verdict", "?"));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *station = json_array_get(list, i);

		begin(out, "");
		(void)fprintf(out, "%-6s %s\n", text(station, "is", "?"),
			      text(station, "text", ""));
	}
}

void inspection_table(const json_t *json, FILE *out)
{
	print_disks(json, out);
	if (!at(json, "name"))
		return;
	print_system(json, out);
	print_volumes(json, out);
	print_mounts(json, out);
	print_kernels(json, out);
	print_loaders(json, out);
	print_network(json, out);
	print_leftovers(json, out);
	print_check(json, out);
}
