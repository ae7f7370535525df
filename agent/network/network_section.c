/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sections of a .network file that give an interface its addresses.
 * Choices: the DHCP client is known by its MAC (a live system has a new
 * machine id at each boot, and reservations are made for MACs); it takes MTU,
 * routes, DNS and search domains, never a host name or time zone; it tells its
 * own name only when ip= gives one.  Facts: systemd.network(5) of 257.
 */
#include "network/network_section.h"

#include <sys/socket.h>

#include <stdbool.h>

#include "network/topology.h"

#define DHCP_ANY (TOPOLOGY_DHCP4 | TOPOLOGY_DHCP6)

static bool has_family(const struct topology_setup *s, int family)
{
	for (size_t i = 0; i < s->address_count; i++)
		if (s->address[i].address.family == family)
			return true;
	return false;
}

const char *network_section_family(const struct topology_setup *s)
{
	/* Advertisements come along with dhcp; alone they are the aim. */
	bool four = (s->methods & (TOPOLOGY_DHCP4 | TOPOLOGY_LINK4)) ||
		    has_family(s, AF_INET);
	bool six = (s->methods & (TOPOLOGY_DHCP6 | TOPOLOGY_LINK6)) ||
		   has_family(s, AF_INET6) ||
		   (!four && (s->methods & TOPOLOGY_RA));

	if (four && six)
		return "any";
	return six ? "ipv6" : "ipv4";
}

void network_section_vlans(FILE *out, const struct topology *t,
			   const struct topology_interface *i)
{
	for (size_t k = 0; i && k < t->count; k++)
		if (t->interface[k].parent == i)
			fprintf(out, "VLAN=%s\n", t->interface[k].name);
}

/* Which of several default routes wins: bootdev's, else in the order of the
 * words.  0: the kernel's or networkd's own value will do. */
static unsigned int choose_metric(const struct topology *t,
				  const struct topology_interface *i)
{
	size_t gateways = 0;
	size_t place = 0;

	if (t->bootdev)
		return i == t->bootdev ? 100 : 1024;
	for (size_t k = 0; k < t->count; k++) {
		const struct topology_setup *s = &t->interface[k].setup;

		if (&t->interface[k] == i)
			place = gateways;
		for (size_t r = 0; r < s->route_count; r++)
			if (!s->route[r].net.family) {
				gateways++;
				break;
			}
	}
	return gateways > 1 ? 100 + (unsigned int)place : 0;
}

static void put_servers(FILE *out, const char *setting,
			const struct topology_servers *servers)
{
	char text[IP_ADDRESS_TEXT];

	for (size_t i = 0; i < servers->count; i++)
		fprintf(out, "%s=%s\n", setting,
			ip_address_format(&servers->server[i], text));
}

static void put_network(FILE *out, const struct topology *t,
			const struct topology_interface *i,
			const struct topology_setup *s)
{
	static const char *const dhcp[] = {
		[0] = "no",
		[TOPOLOGY_DHCP4] = "ipv4",
		[TOPOLOGY_DHCP6] = "ipv6",
		[DHCP_ANY] = "yes",
	};
	bool six = (s->methods &
		    (TOPOLOGY_RA | TOPOLOGY_DHCP6 | TOPOLOGY_LINK6)) ||
		   has_family(s, AF_INET6);
	const char *local = six ? "ipv6" : "no";

	if (s->methods & TOPOLOGY_LINK4)
		local = "yes";
	fprintf(out,
		"\n[Network]\nDHCP=%s\nIPv6AcceptRA=%s\n"
		"LinkLocalAddressing=%s\n",
		dhcp[s->methods & DHCP_ANY],
		s->methods & TOPOLOGY_RA ? "yes" : "no", local);
	network_section_vlans(out, t, i);
	put_servers(out, "DNS", &s->dns);
	put_servers(out, "DNS", &t->dns);
	put_servers(out, "NTP", &s->ntp);
	if (s->methods & (DHCP_ANY | TOPOLOGY_RA))
		fprintf(out, "UseDomains=yes\n");
	/* Some drivers drop the link when DHCP changes the MTU. */
	if (s->methods & TOPOLOGY_DHCP4)
		fprintf(out, "IgnoreCarrierLoss=3s\n");
}

/* The gateway is outside of every net that the interface has itself. */
static bool is_off_link(const struct topology_setup *s,
			const struct ip_address *gateway)
{
	if (!s->address_count || s->methods ||
	    ip_address_is_link_local(gateway))
		return false;
	for (size_t i = 0; i < s->address_count; i++) {
		const struct topology_address *own = &s->address[i];
		const struct ip_address *net =
			own->peer.family ? &own->peer : &own->address;

		if (ip_address_same_net(net, gateway, own->prefix))
			return false;
	}
	return true;
}

static void put_addresses(FILE *out, const struct topology_setup *s)
{
	char text[IP_ADDRESS_TEXT];

	for (size_t i = 0; i < s->address_count; i++) {
		const struct topology_address *own = &s->address[i];

		fprintf(out, "\n[Address]\nAddress=%s/%d\n",
			ip_address_format(&own->address, text), own->prefix);
		if (own->peer.family)
			fprintf(out, "Peer=%s/%d\n",
				ip_address_format(&own->peer, text),
				own->prefix);
	}
}

static void put_routes(FILE *out, const struct topology_setup *s,
		       unsigned int metric)
{
	char text[IP_ADDRESS_TEXT];

	for (size_t i = 0; i < s->route_count; i++) {
		const struct topology_route *route = &s->route[i];

		fprintf(out, "\n[Route]\n");
		if (route->net.family)
			fprintf(out, "Destination=%s/%d\n",
				ip_address_format(&route->net, text),
				route->prefix);
		if (route->gateway.family)
			fprintf(out, "Gateway=%s\n",
				ip_address_format(&route->gateway, text));
		else if (route->net.family == AF_INET)
			fprintf(out, "Scope=link\n");
		if (route->gateway.family && is_off_link(s, &route->gateway))
			fprintf(out, "GatewayOnLink=yes\n");
		if (metric && !route->net.family)
			fprintf(out, "Metric=%u\n", metric);
	}
}

static void put_clients(FILE *out, const struct topology *t,
			const struct topology_setup *s, unsigned int metric)
{
	const char *dns = t->ignore_peer_dns ? "UseDNS=no\n" : "";
	char metric_line[32] = "";
	char host_line[300] = "SendHostname=no\n";

	if (metric)
		(void)snprintf(metric_line, sizeof(metric_line),
			       "RouteMetric=%u\n", metric);
	if (*s->hostname)
		(void)snprintf(host_line, sizeof(host_line), "Hostname=%s\n",
			       s->hostname);
	if (s->methods & TOPOLOGY_DHCP4)
		fprintf(out,
			"\n[DHCPv4]\nClientIdentifier=mac\nUseMTU=yes\n"
			"UseHostname=no\n%s%s%s",
			host_line, dns, metric_line);
	if (s->methods & (TOPOLOGY_DHCP6 | TOPOLOGY_RA))
		fprintf(out,
			"\n[DHCPv6]\nDUIDType=link-layer\nUseHostname=no\n"
			"%s%s%s",
			host_line, dns,
			s->methods & TOPOLOGY_DHCP6 ? "WithoutRA=solicit\n"
						    : "");
	if ((s->methods & TOPOLOGY_RA) && (*dns || metric))
		fprintf(out, "\n[IPv6AcceptRA]\n%s%s", dns, metric_line);
}

void network_section_setup(FILE *out, const struct topology *t,
			   const struct topology_interface *i,
			   const struct topology_setup *s)
{
	unsigned int metric = choose_metric(t, i);

	put_network(out, t, i, s);
	put_addresses(out, s);
	put_routes(out, s, metric);
	put_clients(out, t, s, metric);
}
