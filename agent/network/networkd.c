/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes what systemd-udevd and systemd-networkd read.  Only checked values
 * come in: names of the harmless letters, addresses and numbers; so no value
 * can begin a line of its own.
 *
 * IPv6 router advertisements are accepted where somebody asked for automatic
 * addresses (dhcp, dhcp6, auto6, either6, or no ip= at all), never beside a
 * purely static address.  A NIC known by its MAC is matched by its permanent
 * one: a bond changes the other.
 */
#include "network/networkd.h"

#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "network/network_section.h"
#include "network/topology.h"
#include "network/unit_file.h"

/* Ends a memory stream; NULL when it ran out of memory. */
static char *finish(FILE *out, char **text)
{
	bool bad = ferror(out);

	if (fclose(out) != 0 || bad) {
		free(*text);
		*text = NULL;
	}
	return *text;
}

static int make_link(const struct topology_interface *i,
		     struct unit_files *files, struct error **err)
{
	char stem[48];
	char mac[MAC_TEXT];
	char *text = NULL;

	(void)snprintf(stem, sizeof(stem), "10-lander-%s", i->name);
	/* The name the NIC would have had stays as a second one. */
	if (asprintf(&text,
		     "# ifname=%s\n[Match]\nPermanentMACAddress=%s\n\n"
		     "[Link]\nName=%s\n"
		     "AlternativeNamesPolicy=database onboard slot path\n",
		     i->name, mac_format(&i->mac, ':', mac), i->name) < 0)
		text = NULL;
	return unit_file_add(files, stem, "link", text, err);
}

/* udevd gives a made interface a MAC out of the machine id, which a live system
 * has a new one of at each boot.  A bond or bridge is known by a card's. */
static int make_quiet_link(const struct topology_interface *i,
			   struct unit_files *files, struct error **err)
{
	char stem[48];
	char *text = NULL;

	(void)snprintf(stem, sizeof(stem), "10-lander-%s", i->name);
	if (asprintf(&text,
		     "[Match]\nOriginalName=%s\n\n"
		     "[Link]\nMACAddressPolicy=none\n",
		     i->name) < 0)
		text = NULL;
	return unit_file_add(files, stem, "link", text, err);
}

/* The first card's when it is known, else the one the kernel takes: that of
 * the card that comes first. */
static void put_mac(FILE *out, const struct topology_interface *i)
{
	const struct topology_interface *card = i->first;
	char mac[MAC_TEXT] = "none";

	while (card && !card->has_mac)
		card = card->first;
	if (card)
		mac_format(&card->mac, ':', mac);
	fprintf(out, "MACAddress=%s\n", mac);
}

static int make_netdev(const struct topology_interface *i,
		       struct unit_files *files, struct error **err)
{
	static const char *const kind[] = {[TOPOLOGY_VLAN] = "vlan",
					   [TOPOLOGY_BOND] = "bond",
					   [TOPOLOGY_BRIDGE] = "bridge"};
	char stem[48];
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return error_memory(err);
	fprintf(out, "[NetDev]\nName=%s\nKind=%s\n", i->name, kind[i->kind]);
	if (i->kind != TOPOLOGY_VLAN)
		put_mac(out, i);
	if (i->kind == TOPOLOGY_VLAN)
		fprintf(out, "\n[VLAN]\nId=%u\n", i->vlan_id);
	if (i->kind == TOPOLOGY_BOND)
		fprintf(out, "\n[Bond]\n%s", i->options);
	(void)snprintf(stem, sizeof(stem), "20-lander-%s", i->name);
	return unit_file_add(files, stem, "netdev", finish(out, &text), err);
}

static void put_match(FILE *out, const struct topology_interface *i)
{
	char mac[MAC_TEXT];

	if (i->has_mac)
		fprintf(out, "[Match]\nPermanentMACAddress=%s\n",
			mac_format(&i->mac, ':', mac));
	else
		fprintf(out, "[Match]\nName=%s\n", i->name);
}

/* An interface that is no more than a part of another. */
static void put_part(FILE *out, const struct topology *t,
		     const struct topology_interface *i)
{
	fprintf(out, "\n[Network]\n");
	if (i->master)
		fprintf(out, "%s=%s\n",
			i->master->kind == TOPOLOGY_BOND ? "Bond" : "Bridge",
			i->master->name);
	if (i->primary)
		fprintf(out, "PrimarySlave=yes\n");
	network_section_vlans(out, t, i);
	fprintf(out, "DHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n");
}

static int make_network(const struct topology *t,
			const struct topology_interface *i,
			struct unit_files *files, struct error **err)
{
	bool setup = i->setup.methods || i->setup.address_count;
	bool part = i->master || topology_is_parent(t, i);
	char label[MAC_TEXT];
	char stem[48];
	char mac[MAC_TEXT];
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return error_memory(err);
	fprintf(out, "# %s\n",
		*i->setup.words ? i->setup.words : "no address of its own");
	put_match(out, i);
	fprintf(out, "\n[Link]\n");
	if (i->has_new_mac)
		fprintf(out, "MACAddress=%s\n",
			mac_format(&i->new_mac, ':', mac));
	if (i->mtu)
		fprintf(out, "MTUBytes=%u\n", i->mtu);
	if (setup)
		fprintf(out, "RequiredFamilyForOnline=%s\n",
			network_section_family(&i->setup));
	else
		fprintf(out, "%sRequiredForOnline=no\n",
			part || i->kind != TOPOLOGY_NIC
				? ""
				: "ActivationPolicy=manual\n");
	if (setup)
		network_section_setup(out, t, i, &i->setup);
	else
		put_part(out, t, i);
	(void)snprintf(stem, sizeof(stem), "30-lander-%s",
		       topology_label(i, label));
	return unit_file_add(files, stem, "network", finish(out, &text), err);
}

/* Every NIC that no earlier file matches.  Kind=!* leaves out what software
 * made: bonds, bridges and VLANs have files of their own. */
static int make_rest(const struct topology *t, struct unit_files *files,
		     struct error **err)
{
	static const char match[] = "[Match]\nType=ether\nKind=!*\n\n[Link]\n";
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return error_memory(err);
	if (t->any_used) {
		fprintf(out, "# %s\n%sRequiredFamilyForOnline=%s\n",
			t->any.words, match, network_section_family(&t->any));
		network_section_setup(out, t, NULL, &t->any);
	} else {
		fprintf(out,
			"# not named by any word\n%s"
			"ActivationPolicy=manual\nRequiredForOnline=no\n",
			match);
	}
	return unit_file_add(files,
			     t->any_used ? "90-lander-any" : "95-lander-others",
			     "network", finish(out, &text), err);
}

int networkd_make(const struct topology *t, struct unit_files *files,
		  struct error **err)
{
	int r = 0;

	for (size_t k = 0; r == 0 && k < t->count; k++) {
		const struct topology_interface *i = &t->interface[k];

		if (i->renamed)
			r = make_link(i, files, err);
		if (r == 0 && i->first)
			r = make_quiet_link(i, files, err);
		if (r == 0 && i->kind != TOPOLOGY_NIC)
			r = make_netdev(i, files, err);
		if (r == 0 && (i->kind != TOPOLOGY_NIC || i->setup.asked ||
			       i->master || topology_is_parent(t, i)))
			r = make_network(t, i, files, err);
	}
	return r == 0 ? make_rest(t, files, err) : r;
}
