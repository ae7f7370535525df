/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of the network in words for the person at the console.  It says
 * what is so, not what to do; it reads nothing itself.
 */
#include "network/network_describe.h"

#include <stdio.h>
#include <string.h>

#include "network/network_status.h"

/* Still worth waiting for: asked for, connected, and without an address. */
static bool is_pending(const struct network_link *link)
{
	return link->want && link->want->addressed && link->carrier &&
	       !link->online && !*link->master;
}

bool network_describe_ready(const struct network_status *status)
{
	if (!status->running || !status->online)
		return false;
	for (size_t i = 0; i < status->count; i++)
		if (is_pending(&status->link[i]))
			return false;
	for (size_t i = 0; i < status->want_count; i++)
		if (*status->want[i].match && !status->want[i].matched)
			return false;
	return true;
}

bool network_describe_settled(const struct network_status *status)
{
	for (size_t i = 0; i < status->count; i++) {
		const struct network_link *link = &status->link[i];

		if (link->physical && !link->carrier &&
		    !(link->want && link->want->down))
			return false;
	}
	return true;
}

static void put_missing(FILE *out, const struct network_link *link,
			unsigned int seconds)
{
	const struct network_want *want = link->want;

	fprintf(out, "link, but no address after %u s", seconds);
	if (!strcmp(link->setup, "failed"))
		fprintf(out, ": systemd-networkd gave up on it");
	else if (want->dhcp)
		fprintf(out, ": no answer from a DHCP server");
	else if (want->automatic)
		fprintf(out, ": no IPv6 router advertises a prefix");
}

static void put_state(FILE *out, const struct network_status *s,
		      const struct network_link *link, unsigned int seconds)
{
	if (*link->master)
		fprintf(out, "part of %s%s", link->master,
			link->carrier ? "" : ", no link");
	else if (!link->want && !s->running)
		fprintf(out, "systemd-networkd has not started");
	else if (!link->want && strcmp(link->setup, "unmanaged") != 0)
		fprintf(out, "waiting for systemd-networkd");
	else if (!link->want || (link->want->down && !link->up))
		fprintf(out, "left down, no ip= is for it");
	else if (!link->up)
		fprintf(out, "not up yet");
	else if (!link->carrier)
		fprintf(out, "no link (cable or virtual switch)");
	else if (is_pending(link))
		put_missing(out, link, seconds);
	else if (*link->addresses || *link->local)
		fprintf(out, "%s",
			*link->addresses ? link->addresses : link->local);
	else
		fprintf(out, "up");
}

static void put_link(FILE *out, const struct network_status *s,
		     const struct network_link *link, unsigned int seconds)
{
	fprintf(out, "%s (", link->name);
	if (*link->bond)
		fprintf(out, "bond: %s, ", link->bond);
	else if (*link->driver)
		fprintf(out, "%s, ", link->driver);
	fprintf(out, "%s): ",
		*link->permanent_mac ? link->permanent_mac : link->mac);
	put_state(out, s, link, seconds);
	fprintf(out, "\n");
}

/* One static address on every NIC: ip= named none and there are several. */
static void put_twins(FILE *out, const struct network_status *s)
{
	for (size_t i = 0; i < s->count; i++)
		for (size_t k = i + 1; k < s->count; k++) {
			const struct network_link *one = &s->link[i];
			const struct network_link *two = &s->link[k];

			if (one->want && one->want == two->want &&
			    !one->want->automatic && one->online &&
			    !strcmp(one->addresses, two->addresses)) {
				fprintf(out,
					"%s and %s have the same address: %s "
					"names no interface\n",
					one->name, two->name, one->want->words);
				return;
			}
		}
}

/* The interface is there, whether or not networkd has come to it yet. */
static bool is_there(const struct network_status *s,
		     const struct network_want *want)
{
	for (size_t i = 0; i < s->count; i++)
		if (!strcmp(s->link[i].name, want->match) ||
		    !strcmp(s->link[i].mac, want->match) ||
		    !strcmp(s->link[i].permanent_mac, want->match))
			return true;
	return want->matched;
}

void network_describe(const struct network_status *status, unsigned int seconds,
		      char *buf, size_t room)
{
	FILE *out = fmemopen(buf, room, "w");
	size_t physical = 0;

	*buf = '\0';
	if (!out)
		return;
	for (size_t i = 0; i < status->count; i++) {
		physical += status->link[i].physical;
		if (status->link[i].physical || status->link[i].want)
			put_link(out, status, &status->link[i], seconds);
	}
	if (!physical)
		fprintf(out, "no network card that lander knows after %u s\n",
			seconds);
	for (size_t i = 0; i < status->want_count; i++) {
		const struct network_want *want = &status->want[i];

		if (*want->match && !is_there(status, want))
			fprintf(out, "no %s '%s' (%s)\n",
				strchr(want->match, ':')
					? "network card has the MAC"
					: "interface is called",
				want->match, want->words);
	}
	put_twins(out, status);
	if (*status->dns)
		fprintf(out, "name servers: %s\n", status->dns);
	(void)fclose(out);
	buf[room - 1] = '\0';
	if (*buf)
		buf[strlen(buf) - 1] = '\0';
}
