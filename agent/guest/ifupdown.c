/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /etc/network/interfaces: which NICs it is about.  Only the words that tell a
 * NIC from what is made of NICs are understood; commands are not looked into.
 */
#include "guest/ifupdown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/interface.h"
#include "guest/line.h"
#include "guest/netfile.h"

/* A backslash at the end joins lines. */
static char *joined(const char *text)
{
	char *copy = strdup(text);

	for (char *at = copy ? strstr(copy, "\\\n") : NULL; at;
	     at = strstr(at, "\\\n"))
		at[0] = at[1] = ' ';
	return copy;
}

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void add(struct interfaces *list, const char *name,
		const struct netfile *file)
{
	char plain[INTERFACE_NAME];

	/* "eth0:1" is a second address of eth0. */
	(void)snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(name, ":"),
		       name);
	if (strcspn(name, ":") < sizeof(plain))
		interface_add(list, plain, NULL, file->path);
}

static void exclude_vlan(struct interfaces *list, const char *name,
			 const struct netfile *file)
{
	char under[INTERFACE_NAME];
	size_t length = strcspn(name, ".");

	interface_exclude(list, name);
	if (name[length] != '.' || length >= sizeof(under))
		return;
	(void)snprintf(under, sizeof(under), "%.*s", (int)length, name);
	interface_add(list, under, NULL, file->path);
}

static void read_iface(char **words, const struct netfile *file,
		       struct interfaces *list)
{
	static const char *const other[] = {"loopback", "tunnel", "v4tunnel",
					    "6to4",	"ppp",	  "wvdial",
					    "can"};

	if (strpbrk(words[1], "/*?["))
		return;
	for (size_t i = 0;
	     words[2] && words[3] && i < sizeof(other) / sizeof(*other); i++)
		if (!strcmp(words[3], other[i])) {
			interface_exclude(list, words[1]);
			return;
		}
	if (strchr(words[1], '.'))
		exclude_vlan(list, words[1], file);
	else
		add(list, words[1], file);
}

/* What the option says of the interface it is for. */
static bool is_for_other(const char *option)
{
	static const char *const with[] = {
		"bridge_",   "bridge-",	    "vlan-raw",	   "vlan_raw",
		"vlan-id",   "vxlan",	    "wpa-",	   "wireless",
		"tunnel-",   "bond-slaves", "bond_slaves", "bond-mode",
		"bond_mode", "vrf-table"};

	for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++)
		if (starts(option, with[i]))
			return true;
	return !strcmp(option, "slaves");
}

static bool has_members(const char *option)
{
	static const char *const name[] = {"bridge_ports",    "bridge-ports",
					   "bond-slaves",     "bond_slaves",
					   "vlan-raw-device", "slaves",
					   "vlan_raw_device"};

	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++)
		if (!strcmp(option, name[i]))
			return true;
	return false;
}

static void read_option(const char *current, char **words,
			const struct netfile *file, struct interfaces *list)
{
	if (is_for_other(words[0]))
		interface_exclude(list, current);
	if (!strcmp(words[0], "ovs_type") && words[1] &&
	    strcmp(words[1], "OVSPort") != 0)
		interface_exclude(list, current);
	if (!strcmp(words[0], "bond-master") && words[1])
		interface_exclude(list, words[1]);
	if (!has_members(words[0]))
		return;
	for (size_t i = 1; words[i]; i++)
		if (!strcmp(words[i], "regex"))
			i += words[i + 1] != NULL;
		else if (strcmp(words[i], "none") != 0 &&
			 strcmp(words[i], "all") != 0)
			add(list, words[i], file);
}

bool ifupdown_starts_stanza(const char *word)
{
	static const char *const name[] = {
		"auto",		"iface",     "mapping",		 "source",
		"rename",	"template",  "source-directory", "vlan",
		"no-auto-down", "no-scripts"};

	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++)
		if (!strcmp(word, name[i]))
			return true;
	return starts(word, "allow-");
}

void ifupdown_read(const struct netfile *file, struct interfaces *list)
{
	char current[INTERFACE_NAME] = "";
	char *text = joined(file->text);
	const char *at;
	struct line line;

	for (at = text ? text : ""; line_next(&at, &line);) {
		char **words = line_words(&line);

		if (!words || !words[0] || *words[0] == '#') {
			line_free_words(words);
			continue;
		}
		if (ifupdown_starts_stanza(words[0]))
			*current = '\0';
		if (!strcmp(words[0], "iface") && words[1]) {
			(void)snprintf(current, sizeof(current), "%s",
				       words[1]);
			read_iface(words, file, list);
		} else if (*current) {
			read_option(current, words, file, list);
		}
		line_free_words(words);
	}
	free(text);
}
