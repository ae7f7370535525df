/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of NICs in a circle: what is to be eth0 is called eth1, and the other
 * way round.  It never takes down an interface that is up: the root file
 * system may be behind it.
 */
#include "guest/nics_swap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/netfile.h"
#include "guest/nics_map.h"
#include "guest/tree.h"

#define STEP   "nics"
#define UNITS  "/etc/systemd/system"
#define UNIT   "lander-net-names.service"
#define SCRIPT "/etc/systemd/lander-net-names"

static const char unit[] =
	"# Made by lander\n"
	"[Unit]\n"
	"Description=Interface names of the machine this one was copied from\n"
	"DefaultDependencies=no\n"
	"After=systemd-udevd.service systemd-udev-trigger.service\n"
	"Wants=network-pre.target\n"
	"Before=network-pre.target shutdown.target\n"
	"Conflicts=shutdown.target\n"
	"\n"
	"[Service]\n"
	"Type=oneshot\n"
	"RemainAfterExit=yes\n"
	"ExecStart=/bin/sh " SCRIPT "\n"
	"\n"
	"[Install]\n"
	"WantedBy=sysinit.target\n";

static const char script[] =
	"\n"
	"net=${1:-/sys/class/net}\n"
	"PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin\n"
	"\n"
	"# The NIC with that MAC; VLANs and the like have no device\n"
	"nic_of()\n"
	"{\n"
	"    for nic in \"$net\"/*; do\n"
	"        if [ -e \"$nic/device\" ] &&\n"
	"            [ \"$(cat \"$nic/address\")\" = \"$1\" ]; then\n"
	"            echo \"${nic##*/}\"\n"
	"            return\n"
	"        fi\n"
	"    done\n"
	"}\n"
	"\n"
	"udevadm settle --timeout=60\n"
	"spare=0\n"
	"# Whoever has a name of another one gets out of the way\n"
	"for pair in $names; do\n"
	"    name=${pair#*=}\n"
	"    now=$(nic_of \"${pair%%=*}\")\n"
	"    if [ -n \"$now\" ] && [ \"$now\" != \"$name\" ] &&\n"
	"        [ -e \"$net/$name\" ]; then\n"
	"        ip link set dev \"$name\" name \"lander$spare\"\n"
	"        spare=$((spare + 1))\n"
	"    fi\n"
	"done\n"
	"for pair in $names; do\n"
	"    name=${pair#*=}\n"
	"    now=$(nic_of \"${pair%%=*}\")\n"
	"    if [ -n \"$now\" ] && [ \"$now\" != \"$name\" ]; then\n"
	"        ip link set dev \"$now\" name \"$name\"\n"
	"        udevadm trigger --action=add \"$net/$name\"\n"
	"    fi\n"
	"done\n"
	"udevadm settle --timeout=60\n";

/* The number in "eth3", or -1. */
static long kernel_number(const char *name)
{
	const char *digits = name + 3;
	size_t length = strlen(name);

	if (strncmp(name, "eth", 3) != 0 || length < 4 || length > 6 ||
	    strspn(digits, "0123456789") != length - 3 ||
	    (*digits == '0' && digits[1]))
		return -1;
	return strtol(digits, NULL, 10);
}

/* The kernel gives this name to another NIC of this machine. */
static bool is_held(const struct convert *convert, const struct nics_map *map,
		    size_t at)
{
	long number = kernel_number(map->list->item[at].name);

	return map->how[at] != NICS_OPEN && number >= 0 &&
	       (size_t)number != map->nic[at] && (size_t)number < convert->nics;
}

bool nics_swap_needs(const struct convert *convert, const struct nics_map *map,
		     size_t at)
{
	if (map->how[at] == NICS_OPEN ||
	    kernel_number(map->list->item[at].name) < 0 ||
	    !(tree_has(convert->root, "/usr/lib/systemd/systemd") ||
	      tree_has(convert->root, "/lib/systemd/systemd")))
		return false;
	for (size_t i = 0; i < map->list->count; i++)
		if (is_held(convert, map, i))
			return true;
	return false;
}

/* Returns what is written into the script, or NULL. */
static char *make_script(const struct convert *convert,
			 const struct nics_map *map)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	const char *between = "";

	if (!out)
		return NULL;
	(void)fputs("#!/bin/sh\n# Made by lander: gives NICs the names that "
		    "they had on the machine this one\n# was copied from, "
		    "where one has the name of another.\nnames='",
		    out);
	for (size_t i = 0; i < map->list->count; i++)
		if (nics_swap_needs(convert, map, i)) {
			(void)fprintf(out, "%s%s=%s", between,
				      convert->nic[map->nic[i]].mac,
				      map->list->item[i].name);
			between = " ";
		}
	(void)fprintf(out, "'\n%s", script);
	if (fclose(out) != 0 || !*between) {
		free(text);
		return NULL;
	}
	return text;
}

static int write_files(const char *root, const char *text, struct error **err)
{
	int one = edit_text(root, SCRIPT, text, err);
	int other;
	int link;

	if (one < 0)
		return one;
	other = edit_text(root, UNITS "/" UNIT, unit, err);
	if (other < 0)
		return other;
	link = edit_link(root, UNITS "/sysinit.target.wants/" UNIT,
			 UNITS "/" UNIT, err);
	return link < 0 ? link : one || other || link;
}

/* One of an earlier run, for another machine: it would fail beside the unit. */
static int drop_link(const char *root, const char *name, struct error **err)
{
	char *path = NULL;
	int r;

	if (asprintf(&path, "/etc/systemd/network/10-lander-%s.link", name) < 0)
		return error_memory(err);
	r = edit_remove(root, path, err);
	free(path);
	return r;
}

/* Of an earlier run, which may have had another mapping. */
static int drop_unit(struct convert *convert, struct error **err)
{
	static const char *const path[] = {UNITS "/sysinit.target.wants/" UNIT,
					   UNITS "/" UNIT, SCRIPT};
	int changed = 0;

	for (size_t i = 0; i < sizeof(path) / sizeof(*path); i++) {
		int r = edit_remove(convert->root, path[i], err);

		if (r < 0)
			return r;
		changed |= r;
	}
	if (changed)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  UNIT " of an earlier run is not needed: put aside");
	return 0;
}

void nics_swap_read(const struct netfile *file, struct interfaces *list)
{
	const char *at = strstr(file->text, "\nnames='");

	for (at = at ? at + strlen("\nnames='") : ""; *at && *at != '\'';) {
		size_t length = strcspn(at, " '");
		char name[INTERFACE_NAME];
		char text[MAC_TEXT];
		struct mac mac;

		if (length >= MAC_TEXT && length < MAC_TEXT + sizeof(name)) {
			(void)snprintf(text, sizeof(text), "%.17s", at);
			(void)snprintf(name, sizeof(name), "%.*s",
				       (int)length - MAC_TEXT, at + MAC_TEXT);
			if (mac_parse(text, &mac))
				interface_tie(list, name, &mac, false);
		}
		at += length;
		at += *at == ' ';
	}
}

int nics_swap_write(struct convert *convert, const struct nics_map *map,
		    struct error **err)
{
	bool needed = false;
	char *text;
	int r;

	for (size_t i = 0; i < map->list->count; i++) {
		if (!nics_swap_needs(convert, map, i))
			continue;
		needed = true;
		r = drop_link(convert->root, map->list->item[i].name, err);
		if (r < 0)
			return r;
	}
	if (!needed)
		return drop_unit(convert, err);
	text = make_script(convert, map);
	if (!text)
		return error_memory(err);
	r = write_files(convert->root, text, err);
	free(text);
	for (size_t i = 0; r >= 0 && i < map->list->count; i++)
		if (nics_swap_needs(convert, map, i))
			steps_add(&convert->steps, r ? STEP_DONE : STEP_SKIPPED,
				  STEP,
				  "%s %s the name of the NIC %s, while Linux "
				  "gives it to another one at first: %s",
				  map->list->item[i].name,
				  r ? "becomes" : "becomes already",
				  convert->nic[map->nic[i]].mac, UNIT);
	return r < 0 ? r : 0;
}
