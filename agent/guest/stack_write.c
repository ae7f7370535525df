/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes one address into the files of one network stack.  Files that say
 * something of other interfaces keep that.
 */
#include "guest/stack_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/edit.h"
#include "guest/ifupdown_set.h"
#include "guest/interface.h"
#include "guest/netfile.h"
#include "guest/netplan_set.h"
#include "guest/resolv.h"
#include "guest/suse_set.h"
#include "network/address.h"

static const char *name_of(const struct stack_target *target)
{
	return target->item && *target->item->name ? target->item->name : NULL;
}

static void put_dns(const struct address *address, const char *start,
		    const char *between, const char *end, FILE *out)
{
	for (unsigned i = 0; i < address->servers; i++)
		(void)fprintf(out, "%s%s", i ? between : start,
			      address->dns[i]);
	if (address->servers)
		(void)fputs(end, out);
}

static void put_networkd(const struct stack_target *target, FILE *out)
{
	const struct address *address = target->address;
	const char *name = name_of(target);

	(void)fprintf(out,
		      "# Made by lander\n[Match]\n%s=%s\nType=ether\n\n"
		      "[Network]\n",
		      name ? "Name" : "MACAddress", name ? name : target->mac);
	if (address->dhcp) {
		(void)fputs("DHCP=yes\n", out);
		return;
	}
	(void)fprintf(out, "Address=%s/%u\n", address->ip, address->prefix);
	if (*address->gateway)
		(void)fprintf(out, "Gateway=%s\n", address->gateway);
	put_dns(address, "DNS=", "\nDNS=", "\n", out);
}

static void put_keyfile(const struct stack_target *target, FILE *out)
{
	const struct address *address = target->address;
	const char *name = name_of(target);
	const char *family = address->ipv6 ? "ipv6" : "ipv4";

	(void)fprintf(out, "# Made by lander\n[connection]\nid=lander\n"
			   "type=ethernet\nautoconnect-priority=999\n");
	if (name)
		(void)fprintf(out, "interface-name=%s\n", name);
	else
		(void)fprintf(out, "\n[ethernet]\nmac-address=%s\n",
			      target->mac);
	if (address->dhcp) {
		(void)fputs("\n[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=auto\n",
			    out);
		return;
	}
	(void)fprintf(out, "\n[%s]\nmethod=manual\naddress1=%s/%u%s%s\n",
		      family, address->ip, address->prefix,
		      *address->gateway ? "," : "", address->gateway);
	put_dns(address, "dns=", ";", ";\n", out);
	(void)fprintf(out, "\n[%s]\nmethod=%s\n",
		      address->ipv6 ? "ipv4" : "ipv6",
		      address->ipv6 ? "disabled" : "auto");
}

static void put_rhel(const struct stack_target *target, FILE *out)
{
	const struct address *address = target->address;

	(void)fprintf(out,
		      "# Made by lander\nDEVICE=%s\nTYPE=Ethernet\n"
		      "ONBOOT=yes\nBOOTPROTO=%s\n",
		      name_of(target), address->dhcp ? "dhcp" : "none");
	if (address->dhcp)
		return;
	if (address->ipv6)
		(void)fprintf(out, "IPV6INIT=yes\nIPV6ADDR=%s/%u\n",
			      address->ip, address->prefix);
	else
		(void)fprintf(out, "IPADDR=%s\nPREFIX=%u\n", address->ip,
			      address->prefix);
	if (*address->gateway)
		(void)fprintf(out, "%s=%s\n",
			      address->ipv6 ? "IPV6_DEFAULTGW" : "GATEWAY",
			      address->gateway);
	for (unsigned i = 0; i < address->servers; i++)
		(void)fprintf(out, "DNS%u=%s\n", i + 1, address->dns[i]);
}

static void put_suse(const struct stack_target *target, FILE *out)
{
	const struct address *address = target->address;

	(void)fprintf(out,
		      "# Made by lander\nSTARTMODE='auto'\n"
		      "BOOTPROTO='%s'\n",
		      address->dhcp ? "dhcp" : "static");
	if (!address->dhcp)
		(void)fprintf(out, "IPADDR='%s/%u'\n", address->ip,
			      address->prefix);
}

/* The file of this path as it is now; a new one has no text yet. */
static const struct netfile *find_file(const struct netfiles *files,
				       const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (!strcmp(files->file[i].path, path))
			return &files->file[i];
	return NULL;
}

static int write_whole(struct stack_target *target,
		       void (*put)(const struct stack_target *, FILE *),
		       mode_t mode, struct error **err)
{
	const struct netfile *file = find_file(target->files, target->where);
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	int r;

	if (!out)
		return error_memory(err);
	put(target, out);
	if (fclose(out) != 0)
		r = error_memory(err);
	else if (file && !file->own)
		r = netfile_write(target->root, file, text, err);
	else
		r = edit_file(target->root, target->where,
			      &(struct edit_content){text, length, mode, false},
			      err);
	free(text);
	return r;
}

static int write_ifcfg(enum stack stack, struct stack_target *target,
		       struct error **err)
{
	if (!name_of(target)) {
		target->refused = "the interface's name is not known";
		return 0;
	}
	(void)snprintf(target->where, sizeof(target->where),
		       "/etc/sysconfig/%s/ifcfg-%s",
		       stack == STACK_RHEL ? "network-scripts" : "network",
		       name_of(target));
	/* A profile may have a file of another name. */
	if (stack == STACK_RHEL &&
	    !strncmp(target->item->file, "/etc/sysconfig/network-scripts/", 31))
		(void)snprintf(target->where, sizeof(target->where), "%s",
			       target->item->file);
	return write_whole(target, stack == STACK_RHEL ? put_rhel : put_suse,
			   0644, err);
}

static int write_suse(struct stack_target *target, struct error **err)
{
	const struct address *address = target->address;
	int changed = write_ifcfg(STACK_SUSE, target, err);
	int r = 0;

	if (changed < 0 || target->refused || address->dhcp)
		return changed;
	if (*address->gateway)
		r = suse_set_route(target, err);
	changed |= r > 0;
	if (r >= 0 && address->servers)
		r = suse_set_dns(target, err);
	return r < 0 ? r : changed || r;
}

static int write_ifupdown(struct stack_target *target, struct error **err)
{
	int changed = ifupdown_set(target, err);
	int r;

	if (changed < 0 || target->refused)
		return changed;
	r = resolv_set(target->root, target->address, err);
	return r < 0 ? r : changed || r;
}

int stack_write(enum stack stack, struct stack_target *target,
		struct error **err)
{
	const char *name = name_of(target);

	switch (stack) {
	case STACK_NETPLAN:
		return netplan_set(target, err);
	case STACK_IFUPDOWN:
		return write_ifupdown(target, err);
	case STACK_KEYFILE:
		(void)snprintf(target->where, sizeof(target->where),
			       "/etc/NetworkManager/system-connections/"
			       "lander.nmconnection");
		return write_whole(target, put_keyfile, 0600, err);
	case STACK_NETWORKD:
		(void)snprintf(target->where, sizeof(target->where),
			       "/etc/systemd/network/05-lander-%s.network",
			       name ? name : "nic");
		return write_whole(target, put_networkd, 0644, err);
	case STACK_RHEL:
		return write_ifcfg(stack, target, err);
	case STACK_SUSE:
		return write_suse(target, err);
	case STACK_NONE:
		break;
	}
	target->refused = "no network stack is in use that is known";
	return 0;
}
