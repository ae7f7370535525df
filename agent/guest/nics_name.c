/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the old name of an interface on its new NIC, by what the copied
 * system's udev understands.  It changes no file that the system came with.
 */
#include "guest/nics_name.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/nics_map.h"
#include "guest/nics_swap.h"
#include "guest/tree.h"

#define STEP	   "nics"
#define RULES	   "/etc/udev/rules.d/70-lander-net.rules"
#define TYPE_SINCE 245

static const char made[] = "# Made by lander: the name that this interface had "
			   "on the machine it was\n# copied from.\n";

static const char *const why[] = {
	[NICS_OPEN] = "",
	[NICS_ASKED] = "as the job says",
	[NICS_MAC] = "which has the same MAC",
	[NICS_ONLY] = "the only one of both",
	[NICS_ORDER] = "by order: names as they count, NICs as PCI has them",
};

/* "libsystemd-shared-252.so", "libsystemd-shared-252.22-1~deb12u1.so" and
 * "libsystemd-shared-256.7-1.fc41.so": since 231. */
static unsigned long version_in(const char *root, const char *directory)
{
	static const char start[] = "libsystemd-shared-";
	unsigned long version = 0;
	char **names = NULL;

	if (tree_list(root, directory, &names) < 0)
		return 0;
	for (size_t i = 0; names[i]; i++)
		if (!strncmp(names[i], start, strlen(start)))
			version = strtoul(names[i] + strlen(start), NULL, 10);
	tree_free_list(names);
	return version;
}

static unsigned long systemd_version(const char *root)
{
	static const char *const place[] = {"/usr/lib/systemd", "/lib/systemd",
					    "/usr/lib64/systemd"};
	unsigned long version = 0;
	char **names = NULL;

	for (size_t i = 0; !version && i < sizeof(place) / sizeof(*place); i++)
		version = version_in(root, place[i]);
	/* Debian since 12: /usr/lib/x86_64-linux-gnu/systemd */
	if (version || tree_list(root, "/usr/lib", &names) < 0)
		return version;
	for (size_t i = 0; !version && names[i]; i++) {
		char path[PATH_MAX];

		if (!strstr(names[i], "-linux-gnu"))
			continue;
		(void)snprintf(path, sizeof(path), "/usr/lib/%s/systemd",
			       names[i]);
		version = version_in(root, path);
	}
	tree_free_list(names);
	return version;
}

static bool has_text(const char *root, const char *path, const char *word)
{
	char *text = NULL;
	bool has;

	if (tree_read(root, path, 65536, &text) < 0)
		return false;
	has = strstr(text, word) != NULL;
	free(text);
	return has;
}

/* .link files do something here.  A rule file in /etc takes the place of the
 * one in /usr, and an empty one or a link to /dev/null disables it: a known
 * way to have the kernel's names. */
static bool has_links(const char *root)
{
	static const char rules[] = "80-net-setup-link.rules";
	char path[PATH_MAX];
	char **names = NULL;
	bool masked = false;

	if (systemd_version(root) < TYPE_SINCE)
		return false;
	if (tree_list(root, "/etc/udev/rules.d", &names) == 0)
		for (size_t i = 0; names[i]; i++)
			masked |= !strcmp(names[i], rules);
	tree_free_list(names);
	(void)snprintf(path, sizeof(path), "/etc/udev/rules.d/%s", rules);
	if (masked)
		return has_text(root, path, "net_setup_link");
	return has_text(root, "/usr/lib/udev/rules.d/80-net-setup-link.rules",
			"net_setup_link") ||
	       has_text(root, "/lib/udev/rules.d/80-net-setup-link.rules",
			"net_setup_link");
}

static void say(struct convert *convert, const struct nics_map *map, size_t at,
		bool changed, const char *path)
{
	const struct convert_nic *nic = &convert->nic[map->nic[at]];

	steps_add(&convert->steps, changed ? STEP_DONE : STEP_SKIPPED, STEP,
		  "%s %s the NIC %s (%s), %s: %s", map->list->item[at].name,
		  changed ? "stays the name of" : "is the name of already",
		  nic->mac, *nic->driver ? nic->driver : "unknown driver",
		  why[map->how[at]], path);
}

static int write_link(struct convert *convert, const struct nics_map *map,
		      size_t at, struct error **err)
{
	const char *name = map->list->item[at].name;
	char path[PATH_MAX];
	char *text = NULL;
	int r;

	(void)snprintf(path, sizeof(path),
		       "/etc/systemd/network/10-lander-%s.link", name);
	if (asprintf(&text,
		     "%s[Match]\nMACAddress=%s\nType=ether\n\n"
		     "[Link]\nName=%s\n",
		     made, convert->nic[map->nic[at]].mac, name) < 0)
		return error_memory(err);
	r = edit_text(convert->root, path, text, err);
	free(text);
	if (r >= 0)
		say(convert, map, at, r > 0, path);
	return r < 0 ? r : 0;
}

static bool is_named(const struct convert *convert, const struct nics_map *map,
		     size_t at)
{
	return map->how[at] != NICS_OPEN && *map->list->item[at].name &&
	       !nics_swap_needs(convert, map, at);
}

/* netplan's set-name: and .link files of the system's own: they have the new
 * MAC now, and may hold more than a name (MTU, offloads). */
static void say_kept(struct convert *convert, const struct nics_map *map,
		     size_t at)
{
	steps_add(&convert->steps, STEP_SKIPPED, STEP,
		  "%s: the system itself gives the NIC %s this name",
		  map->list->item[at].name, convert->nic[map->nic[at]].mac);
}

static int write_rules(struct convert *convert, const struct nics_map *map,
		       struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	size_t count = 0;
	int r;

	if (!out)
		return error_memory(err);
	(void)fputs(made, out);
	for (size_t i = 0; i < map->list->count; i++)
		if (is_named(convert, map, i)) {
			(void)fprintf(out,
				      "SUBSYSTEM==\"net\", ACTION==\"add\", "
				      "DRIVERS==\"?*\", ATTR{address}==\"%s\", "
				      "ATTR{type}==\"1\", NAME=\"%s\"\n",
				      convert->nic[map->nic[i]].mac,
				      map->list->item[i].name);
			count++;
		}
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	r = count ? edit_text(convert->root, RULES, text, err)
		  : edit_remove(convert->root, RULES, err);
	free(text);
	for (size_t i = 0; r >= 0 && i < map->list->count; i++)
		if (is_named(convert, map, i))
			say(convert, map, i, r > 0, RULES);
	return r < 0 ? r : 0;
}

int nics_name_keep(struct convert *convert, const struct nics_map *map,
		   struct error **err)
{
	int r = nics_swap_write(convert, map, err);

	if (r < 0)
		return r;
	if (!has_links(convert->root))
		return write_rules(convert, map, err);
	for (size_t i = 0; r == 0 && i < map->list->count; i++)
		if (is_named(convert, map, i) && map->list->item[i].kept)
			say_kept(convert, map, i);
		else if (is_named(convert, map, i))
			r = write_link(convert, map, i, err);
	return r;
}
