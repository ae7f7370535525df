/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which of several network stacks of a copied system is really in use: many
 * have the files of two.
 */
#include "guest/stack.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/interface.h"
#include "guest/netfile.h"
#include "guest/tree.h"

#define UNITS "/etc/systemd/system"

static bool lists(const char *root, const char *directory, const char *name)
{
	char **names = NULL;
	bool has = false;

	if (tree_list(root, directory, &names) < 0)
		return false;
	for (size_t i = 0; names[i]; i++)
		has |= !strcmp(names[i], name);
	tree_free_list(names);
	return has;
}

/* systemctl enable: a link in some target's directory. */
static bool is_enabled(const char *root, const char *unit)
{
	char **names = NULL;
	bool enabled = false;

	if (tree_list(root, UNITS, &names) < 0)
		return false;
	for (size_t i = 0; !enabled && names[i]; i++) {
		const char *dot = strrchr(names[i], '.');
		char *path = NULL;

		if (!dot || strcmp(dot, ".wants") != 0 ||
		    asprintf(&path, UNITS "/%s", names[i]) < 0)
			continue;
		enabled = lists(root, path, unit);
		free(path);
	}
	tree_free_list(names);
	return enabled;
}

static bool has_any(const char *root, const char *const *paths)
{
	for (size_t i = 0; paths[i]; i++)
		if (tree_has(root, paths[i]))
			return true;
	return false;
}

static bool has_kind(const struct netfiles *files, enum netfile_kind kind)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->file[i].kind == kind)
			return true;
	return false;
}

static bool is_in(const struct interface *item, const char *directory)
{
	return item && !strncmp(item->file, directory, strlen(directory));
}

enum stack stack_find(const char *root, const struct netfiles *files,
		      const struct interface *item)
{
	static const char *const netplan[] = {
		"/usr/sbin/netplan", "/usr/libexec/netplan/generate",
		"/usr/lib/netplan/generate", NULL};
	static const char *const ifup[] = {"/sbin/ifup", "/usr/sbin/ifup",
					   NULL};
	static const char *const wicked[] = {"/usr/sbin/wicked", "/sbin/ifup",
					     "/usr/sbin/ifup", NULL};
	bool rhel = is_in(item, "/etc/sysconfig/network-scripts/");

	if (has_kind(files, NETFILE_NETPLAN) && has_any(root, netplan))
		return STACK_NETPLAN;
	/* NetworkManager leaves alone what is in there. */
	if (is_in(item, "/etc/network/") && has_any(root, ifup))
		return STACK_IFUPDOWN;
	if (is_enabled(root, "NetworkManager.service"))
		return rhel ? STACK_RHEL : STACK_KEYFILE;
	if (is_enabled(root, "systemd-networkd.service"))
		return STACK_NETWORKD;
	if (rhel && has_any(root, ifup))
		return STACK_RHEL;
	if (tree_has(root, "/etc/sysconfig/network/config") &&
	    has_any(root, wicked))
		return STACK_SUSE;
	if (tree_has(root, "/etc/network/interfaces") && has_any(root, ifup))
		return STACK_IFUPDOWN;
	return STACK_NONE;
}

const char *stack_name(enum stack stack)
{
	static const char *const name[] = {
		[STACK_NONE] = "none",
		[STACK_NETPLAN] = "netplan",
		[STACK_IFUPDOWN] = "ifupdown",
		[STACK_KEYFILE] = "NetworkManager",
		[STACK_RHEL] = "ifcfg",
		[STACK_NETWORKD] = "systemd-networkd",
		[STACK_SUSE] = "ifcfg"};

	return name[stack];
}
