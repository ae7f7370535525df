/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The network words of the kernel command line, each to the room that reads
 * it.  Names come first (ifname=, BOOTIF=), then what is built of them, then
 * addresses, then what hangs on addresses, whatever the order on the line.
 * Facts: dracut.cmdline(7).  What we do not do is refused by name: team=.
 */
#include "network/dracut.h"

#include <string.h>

#include "base/parse.h"
#include "network/device.h"
#include "network/ip.h"
#include "network/problems.h"
#include "network/topology.h"
#include "network/words.h"

typedef int word_parser(struct topology *t, const struct word *word,
			struct problems *problems, struct error **err);

static int parse_ifname(struct topology *t, const struct word *word,
			struct problems *problems, struct error **err)
{
	struct topology_interface *i;
	char name[TOPOLOGY_NAME] = "";
	const char *colon = strchr(word->value, ':');
	size_t length = colon ? (size_t)(colon - word->value) : 0;
	struct mac mac;

	(void)err;
	if (length < sizeof(name))
		memcpy(name, word->value, length);
	if (!topology_name_valid(name)) {
		(void)problems_add(
			problems, word,
			"this is not NAME:MAC with a name of at most "
			"15 letters, digits, '.', '_', '-'");
		return 0;
	}
	if (!mac_parse(colon + 1, &mac)) {
		(void)problems_add(problems, word,
				   "'%s' is not the MAC of a NIC", colon + 1);
		return 0;
	}
	i = topology_by_mac(t, &mac);
	if (!i)
		(void)problems_add(problems, word,
				   "there are more than %d interfaces",
				   TOPOLOGY_INTERFACES);
	else if (*i->name && strcmp(i->name, name) != 0)
		(void)problems_add(problems, word,
				   "this NIC is named '%s' by another word",
				   i->name);
	else if (!*i->name && topology_has_name(t, name))
		(void)problems_add(problems, word,
				   "another word gives '%s' to another NIC",
				   name);
	if (i && !*i->name)
		memcpy(i->name, name, sizeof(i->name));
	if (i)
		i->renamed = true;
	return 0;
}

static int parse_bootif(struct topology *t, const struct word *word,
			struct problems *problems, struct error **err)
{
	(void)err;
	if (mac_parse_bootif(word->value, &t->bootif))
		t->has_bootif = true;
	else
		(void)problems_add(problems, word,
				   "this is not 01- and the MAC of a NIC "
				   "(01-52-54-00-12-34-56)");
	return 0;
}

static int parse_bootdev(struct topology *t, const struct word *word,
			 struct problems *problems, struct error **err)
{
	(void)err;
	t->bootdev = topology_find(t, word->value);
	t->bootdev_word = word;
	if (!t->bootdev)
		(void)problems_add(problems, word,
				   "'%s' is not the name of an interface or a "
				   "MAC",
				   word->value);
	return 0;
}

/* rd.bootif= and rd.peerdns=; dracut's 0 and 1, and the other switch words. */
static int parse_flag(struct topology *t, const struct word *word,
		      struct problems *problems, struct error **err)
{
	bool on = true;

	(void)err;
	if (parse_switch(word->value, &on, NULL) < 0)
		(void)problems_add(problems, word, "'%s' is not 0 or 1",
				   word->value);
	if (!strcmp(word->key, "rd.bootif"))
		t->use_bootif = on;
	else
		t->ignore_peer_dns = !on;
	return 0;
}

static int parse_team(struct topology *t, const struct word *word,
		      struct problems *problems, struct error **err)
{
	(void)t;
	(void)err;
	(void)problems_add(problems, word,
			   "team devices are not supported: use bond=");
	return 0;
}

static int parse_nameserver(struct topology *t, const struct word *word,
			    struct problems *problems, struct error **err)
{
	struct ip_address address;

	(void)err;
	if (!ip_address_parse(word->value, &address) ||
	    !ip_address_is_host(&address))
		(void)problems_add(problems, word, "'%s' is not an IP address",
				   word->value);
	else if (!topology_add_server(&t->dns, &address))
		(void)problems_add(problems, word,
				   "there are more than %d name servers",
				   TOPOLOGY_SERVERS);
	return 0;
}

/* NET/LENGTH:[GATEWAY][:IF] into one pending route; false after a problem. */
static bool read_route(struct topology *t, const struct fields *f,
		       const struct word *word, struct problems *problems)
{
	struct topology_pending *p = &t->pending[t->pending_count];
	const char *gateway = f->count > 1 ? f->field[1] : "";
	const char *interface = f->count > 2 ? f->field[2] : "";

	*p = (struct topology_pending){.word = word};
	if (!ip_address_parse_net(f->field[0], &p->route.net, &p->route.prefix))
		return problems_add(problems, word,
				    "'%s' is not a network (10.0.0.0/8, "
				    "[2001:db8::/32])",
				    f->field[0]);
	if (p->route.prefix < 0)
		p->route.prefix = ip_address_bits(p->route.net.family);
	ip_address_mask(&p->route.net, p->route.prefix);
	if (*gateway && (!ip_address_parse(gateway, &p->route.gateway) ||
			 !ip_address_is_host(&p->route.gateway) ||
			 p->route.gateway.family != p->route.net.family))
		return problems_add(problems, word,
				    "gateway '%s' is not an address like '%s'",
				    gateway, f->field[0]);
	if (*interface) {
		p->interface = topology_find(t, interface);
		if (!p->interface)
			return problems_add(problems, word,
					    "interface '%s' is not a name or a "
					    "MAC",
					    interface);
	} else if (!*gateway) {
		return problems_add(problems, word,
				    "neither gateway nor interface");
	}
	t->pending_count++;
	return true;
}

static int parse_route(struct topology *t, const struct word *word,
		       struct problems *problems, struct error **err)
{
	struct fields f = {0};
	int r = words_fields(word->value, ':', &f, err);

	if (r < 0)
		return r;
	if (r > 0 || f.count > 3)
		(void)problems_add(problems, word,
				   "this is not NET/LENGTH:GATEWAY:INTERFACE");
	else if (t->pending_count == TOPOLOGY_PENDING)
		(void)problems_add(problems, word,
				   "there are more than %d routes",
				   TOPOLOGY_PENDING);
	else
		(void)read_route(t, &f, word, problems);
	words_fields_done(&f);
	return 0;
}

static const struct {
	const char *key;
	int pass;
	word_parser *parse;
} known[] = {
	{"ifname", 0, parse_ifname},
	{"BOOTIF", 0, parse_bootif},
	{"rd.bootif", 0, parse_flag},
	{"rd.peerdns", 0, parse_flag},
	{"team", 0, parse_team},
	{"bootdev", 1, parse_bootdev},
	{"vlan", 1, device_parse_vlan},
	{"bond", 1, device_parse_bond},
	{"bridge", 1, device_parse_bridge},
	{"ip", 2, ip_parse},
	{"nameserver", 3, parse_nameserver},
	{"rd.route", 3, parse_route},
};

int dracut_parse(const struct words *words, struct topology *t,
		 struct problems *problems, struct error **err)
{
	t->use_bootif = true;
	for (int pass = 0; pass < 4; pass++)
		for (size_t i = 0; i < words->count; i++)
			for (size_t k = 0; k < sizeof(known) / sizeof(*known);
			     k++) {
				const struct word *word = &words->word[i];
				int r = 0;

				if (known[k].pass == pass &&
				    !strcmp(known[k].key, word->key))
					r = known[k].parse(t, word, problems,
							   err);
				if (r < 0)
					return r;
			}
	return 0;
}
