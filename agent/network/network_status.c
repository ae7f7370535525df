/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the network has reached: the kernel's links (sysfs, getifaddrs(3)) and
 * what systemd-networkd says of them in /run/systemd/netif.  It looks and
 * changes nothing; words about it are the describe room's.
 */
#include "network/network_status.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "network/netif.h"
#include "network/problems.h"
#include "network/unit_file.h"

#define LINKS_MOST 256

/* The first line of sys/class/net/NAME/FILE, made safe; "" when not there. */
static void read_attribute(const char *root, const char *name, const char *file,
			   char *buf, size_t room)
{
	char path[256];
	char *line;

	*buf = '\0';
	(void)snprintf(path, sizeof(path), "%s/sys/class/net/%s/%s", root, name,
		       file);
	line = io_read_line(path);
	if (line)
		problems_clean(line, buf, room);
	free(line);
}

/* The last part of where a symbolic link in sysfs leads. */
static bool read_target(const char *root, const char *name, const char *file,
			char *buf, size_t room)
{
	char path[256];
	char target[256];
	const char *last;
	ssize_t length;

	*buf = '\0';
	(void)snprintf(path, sizeof(path), "%s/sys/class/net/%s/%s", root, name,
		       file);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	last = strrchr(target, '/');
	problems_clean(last ? last + 1 : target, buf, room);
	return true;
}

static void read_bond(const char *root, struct network_link *link)
{
	char mode[32];
	char miimon[16];
	char active[24];

	read_attribute(root, link->name, "bonding/mode", mode, sizeof(mode));
	if (!*mode)
		return;
	/* "active-backup 1": the name and its number */
	mode[strcspn(mode, " ")] = '\0';
	read_attribute(root, link->name, "bonding/miimon", miimon,
		       sizeof(miimon));
	read_attribute(root, link->name, "bonding/active_slave", active,
		       sizeof(active));
	(void)snprintf(link->bond, sizeof(link->bond), "%s, miimon %s%s%s",
		       mode, miimon, *active ? ", active " : "", active);
}

static void read_link(const char *root, struct network_link *link)
{
	char text[64];
	unsigned long flags;

	read_attribute(root, link->name, "ifindex", text, sizeof(text));
	link->index = (unsigned int)strtoul(text, NULL, 10);
	read_attribute(root, link->name, "flags", text, sizeof(text));
	flags = strtoul(text, NULL, 16);
	link->up = flags & IFF_UP;
	/* Unreadable while the link is down. */
	read_attribute(root, link->name, "carrier", text, sizeof(text));
	link->carrier = !strcmp(text, "1");
	read_attribute(root, link->name, "address", link->mac,
		       sizeof(link->mac));
	link->physical =
		read_target(root, link->name, "device", text, sizeof(text));
	(void)read_target(root, link->name, "device/driver", link->driver,
			  sizeof(link->driver));
	(void)read_target(root, link->name, "master", link->master,
			  sizeof(link->master));
	read_attribute(root, link->name, "bonding_slave/perm_hwaddr",
		       link->permanent_mac, sizeof(link->permanent_mac));
	read_bond(root, link);
}

/* What networkd says of the link, and which of our files it chose. */
static void read_networkd(const char *root, struct network_status *s,
			  struct network_link *link)
{
	char path[256];
	char text[256];
	const char *last;
	char *state = NULL;

	(void)snprintf(path, sizeof(path), "%s/run/systemd/netif/links/%u",
		       root, link->index);
	if (io_read_file(path, 1 << 16, &state, NULL, NULL) < 0)
		return;
	netif_value(state, "OPER_STATE=", link->operational,
		    sizeof(link->operational));
	netif_value(state, "ADMIN_STATE=", link->setup, sizeof(link->setup));
	netif_value(state, "NETWORK_FILE=", text, sizeof(text));
	free(state);
	last = strrchr(text, '/');
	for (size_t i = 0; last && i < s->want_count; i++)
		if (!strcmp(s->want[i].file, last + 1)) {
			s->want[i].matched = true;
			link->want = &s->want[i];
		}
}

/* The octets of an address or mask; returns how many. */
static size_t copy_octets(const struct sockaddr *from, uint8_t to[16])
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (from->sa_family == AF_INET) {
		memcpy(&in, from, sizeof(in));
		memcpy(to, &in.sin_addr, 4);
		return 4;
	}
	memcpy(&in6, from, sizeof(in6));
	memcpy(to, &in6.sin6_addr, 16);
	return 16;
}

static int count_bits(const struct sockaddr *mask)
{
	uint8_t octet[16];
	size_t length = mask ? copy_octets(mask, octet) : 0;
	int bits = 0;

	for (size_t i = 0; i < length; i++)
		bits += __builtin_popcount(octet[i]);
	return bits;
}

static void add_address(struct network_link *link, const struct ifaddrs *one)
{
	int family = one->ifa_addr->sa_family;
	char text[INET6_ADDRSTRLEN];
	char *to = link->addresses;
	size_t room = sizeof(link->addresses);
	uint8_t octet[16];
	bool local;
	size_t used;

	(void)copy_octets(one->ifa_addr, octet);
	if (family == AF_INET)
		local = octet[0] == 169 && octet[1] == 254;
	else
		local = octet[0] == 0xfe && (octet[1] & 0xc0) == 0x80;
	if (!inet_ntop(family, octet, text, sizeof(text)))
		return;
	link->online |= !local;
	if (local) {
		to = link->local;
		room = sizeof(link->local);
	}
	used = strlen(to);
	(void)snprintf(to + used, room - used, "%s%s/%d", used ? " " : "", text,
		       count_bits(one->ifa_netmask));
}

/* The addresses are this network namespace's, whatever root is. */
static void read_addresses(struct network_status *s)
{
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *one = all; one; one = one->ifa_next)
		for (size_t i = 0; one->ifa_addr && i < s->count; i++)
			if ((one->ifa_addr->sa_family == AF_INET ||
			     one->ifa_addr->sa_family == AF_INET6) &&
			    !strcmp(one->ifa_name, s->link[i].name))
				add_address(&s->link[i], one);
	freeifaddrs(all);
}

static int compare_links(const void *a, const void *b)
{
	const struct network_link *one = a;
	const struct network_link *two = b;

	return (one->index > two->index) - (one->index < two->index);
}

static int compare_wants(const void *a, const void *b)
{
	const struct network_want *one = a;
	const struct network_want *two = b;

	return strcmp(one->file, two->file);
}

static int list_links(const char *root, struct network_status *s,
		      struct error **err)
{
	char path[256];
	struct dirent *entry;
	DIR *dir;

	s->link = calloc(LINKS_MOST, sizeof(*s->link));
	if (!s->link)
		return error_memory(err);
	(void)snprintf(path, sizeof(path), "%s/sys/class/net", root);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)) && s->count < LINKS_MOST) {
		struct network_link *link = &s->link[s->count];
		size_t length = strlen(entry->d_name);

		/* bonding_masters is a file among the directories. */
		if (*entry->d_name == '.' || length >= sizeof(link->name) ||
		    !strcmp(entry->d_name, "lo"))
			continue;
		memcpy(link->name, entry->d_name, length + 1);
		read_link(root, link);
		if (link->index)
			s->count++;
		else
			*link = (struct network_link){0};
	}
	(void)closedir(dir);
	qsort(s->link, s->count, sizeof(*s->link), compare_links);
	return 0;
}

static void read_want(const char *text, struct network_want *want)
{
	char value[16];

	netif_value(text, "# ", want->words, sizeof(want->words));
	netif_value(text, "Name=", want->match, sizeof(want->match));
	if (!*want->match)
		netif_value(text, "PermanentMACAddress=", want->match,
			    sizeof(want->match));
	netif_value(text, "DHCP=", value, sizeof(value));
	want->dhcp = *value && strcmp(value, "no") != 0;
	netif_value(text, "IPv6AcceptRA=", value, sizeof(value));
	want->automatic = want->dhcp || !strcmp(value, "yes");
	netif_value(text, "Address=", value, sizeof(value));
	want->addressed = want->automatic || *value;
	netif_value(text, "ActivationPolicy=", value, sizeof(value));
	want->down = !strcmp(value, "manual");
}

/* Our own files say what was asked for. */
static int list_wants(const char *root, struct network_status *s,
		      struct error **err)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	s->want = calloc(LINKS_MOST, sizeof(*s->want));
	if (!s->want)
		return error_memory(err);
	(void)snprintf(path, sizeof(path), "%s/run/systemd/network", root);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)) && s->want_count < LINKS_MOST) {
		struct network_want *want = &s->want[s->want_count];
		size_t length = strlen(entry->d_name);
		char *text = NULL;

		if (!unit_file_is_ours(entry->d_name) ||
		    length >= sizeof(want->file) ||
		    !strstr(entry->d_name, ".network"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/run/systemd/network/%s",
			       root, entry->d_name);
		if (io_read_file(path, 1 << 16, &text, NULL, NULL) < 0)
			continue;
		memcpy(want->file, entry->d_name, length + 1);
		read_want(text, want);
		free(text);
		s->want_count++;
	}
	(void)closedir(dir);
	qsort(s->want, s->want_count, sizeof(*s->want), compare_wants);
	return 0;
}

int network_status_read(const char *root, struct network_status *ret,
			struct error **err)
{
	struct network_status s = {0};
	char path[256];
	char *state = NULL;
	int r = list_wants(root, &s, err);

	if (r == 0)
		r = list_links(root, &s, err);
	if (r < 0) {
		network_status_done(&s);
		return r;
	}
	(void)snprintf(path, sizeof(path), "%s/run/systemd/netif/state", root);
	if (io_read_file(path, 1 << 16, &state, NULL, NULL) == 0) {
		s.running = true;
		netif_value(state, "DNS=", s.dns, sizeof(s.dns));
		netif_value(state, "DOMAINS=", s.domains, sizeof(s.domains));
		free(state);
	}
	for (size_t i = 0; i < s.count; i++)
		read_networkd(root, &s, &s.link[i]);
	read_addresses(&s);
	for (size_t i = 0; i < s.count; i++)
		s.online |= s.link[i].online;
	*ret = s;
	return 0;
}

void network_status_done(struct network_status *status)
{
	free(status->link);
	free(status->want);
	*status = (struct network_status){0};
}
