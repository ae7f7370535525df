/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ip= word: its form, and the interface it is about.  A word with a
 * problem leaves no setting behind that could be used, because then no file is
 * written.  It does not look at the machine.  Facts: dracut.cmdline(7), and
 * the kernel's Documentation/admin-guide/nfs/nfsroot.rst for the field order.
 */
#include "network/ip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "network/ip_field.h"
#include "network/problems.h"

/* CLIENT:[PEER]:[GATEWAY]:MASK:[HOST]:[IF]:[METHODS]…; the fields at the end
 * may be left out, as the kernel's own ip= allows. */
static bool read_long(struct ip_field *f, const char **ret_interface)
{
	struct fields *fields = &f->fields;
	char *field[7] = {NULL};

	for (size_t i = 0; i < 7; i++)
		field[i] = i < fields->count
				   ? fields->field[i]
				   : fields->text + strlen(fields->text);
	*ret_interface = field[5];
	if (*field[0] && !ip_field_client(f, field[0], field[1], field[3]))
		return false;
	if (*field[6] && !ip_field_methods(f, field[6]))
		return false;
	if (!*field[0] && (*field[1] || *field[3]))
		return problems_add(f->problems, f->word,
				    "%s '%s' without a client address",
				    *field[1] ? "peer" : "netmask",
				    *field[1] ? field[1] : field[3]);
	if (!*field[0] && !*field[6])
		return problems_add(
			f->problems, f->word,
			"neither an address nor a method like dhcp");
	if (!*field[0] && !f->setup.methods && *field[2])
		return problems_add(f->problems, f->word,
				    "gateway '%s' without a client address",
				    field[2]);
	return ip_field_gateway(f, field[2]) &&
	       ip_field_hostname(f, field[4]) && ip_field_rest(f, 7, true);
}

/* Which interface the word is about: NULL with a problem, or a setup. */
static struct topology_interface *
find_interface(struct topology *t, struct ip_field *f, const char *text)
{
	struct topology_interface *found = NULL;

	if (!*text) {
		/* The MAC selects the NIC; it is not given to it. */
		if (f->has_mac)
			found = topology_by_mac(t, &f->mac);
		else if (t->bootdev)
			found = t->bootdev;
		else if (t->has_bootif && t->use_bootif)
			found = topology_by_mac(t, &t->bootif);
		f->has_mac = false;
		if (found)
			return found;
	} else {
		found = topology_find(t, text);
	}
	if (found)
		return found;
	if (t->count == TOPOLOGY_INTERFACES)
		(void)problems_add(f->problems, f->word,
				   "there are more than %d interfaces",
				   TOPOLOGY_INTERFACES);
	else if (!strcmp(text, "BOOTIF"))
		(void)problems_add(f->problems, f->word,
				   "there is no BOOTIF= word");
	else
		(void)problems_add(f->problems, f->word,
				   "interface '%s' is not a name (at most 15 "
				   "letters, digits, '.', '_', '-') or a MAC",
				   text);
	return NULL;
}

/* MTU and MAC belong to the interface; two words must not quarrel. */
static void apply_link(struct ip_field *f, struct topology_interface *i)
{
	if (f->mtu && i->mtu && i->mtu != f->mtu)
		(void)problems_add(f->problems, f->word,
				   "MTU '%u': another word says %u", f->mtu,
				   i->mtu);
	if (f->mtu)
		i->mtu = f->mtu;
	if (!f->has_mac || (i->has_mac && mac_equal(&i->mac, &f->mac)))
		return;
	if (i->has_mac)
		(void)problems_add(f->problems, f->word,
				   "MAC at the end: ifname= gives '%s' another",
				   i->name);
	i->has_new_mac = true;
	i->new_mac = f->mac;
}

static void apply(struct topology *t, struct ip_field *f, const char *interface)
{
	struct topology_setup *to = &t->any;
	bool any = !*interface && !f->has_mac &&
		   (!f->setup.address_count ||
		    (!t->bootdev && !(t->has_bootif && t->use_bootif)));
	struct topology_interface *i = NULL;

	if (any && f->mtu) {
		(void)problems_add(f->problems, f->word,
				   "MTU '%u' without an interface", f->mtu);
		return;
	}
	if (!any) {
		i = find_interface(t, f, interface);
		if (!i)
			return;
		apply_link(f, i);
		to = &i->setup;
	}
	(void)snprintf(f->setup.words, sizeof(f->setup.words), "ip=");
	problems_clean(f->word->value, f->setup.words + 3,
		       sizeof(f->setup.words) - 3);
	if (!topology_merge(to, &f->setup))
		(void)problems_add(f->problems, f->word,
				   "too many addresses, routes or servers for "
				   "one interface");
	to->asked = true;
}

/* Tells the forms apart and reads the word. */
static bool read_word(struct ip_field *f, const char **ret_interface)
{
	char **field = f->fields.field;
	size_t count = f->fields.count;
	struct ip_address address;
	int prefix;

	if (count > 1 && ip_field_is_method(field[1])) {
		*ret_interface = field[0];
		return ip_field_methods(f, field[1]) &&
		       ip_field_rest(f, 2, false);
	}
	/* A short word that begins with no address is a mistyped method. */
	if (count < 5 && (*field[0] || count == 1) &&
	    !ip_address_parse_net(field[0], &address, &prefix)) {
		if (count == 1)
			return ip_field_methods(f, field[0]);
		return ip_field_unknown(f, field[1]);
	}
	return read_long(f, ret_interface);
}

int ip_parse(struct topology *t, const struct word *word,
	     struct problems *problems, struct error **err)
{
	struct ip_field *f = calloc(1, sizeof(*f));
	const char *interface = "";
	int r;

	if (!f)
		return error_memory(err);
	f->word = word;
	f->problems = problems;
	t->ip_given = true;
	r = words_fields(word->value, ':', &f->fields, err);
	if (r > 0)
		(void)problems_add(problems, word,
				   "too many fields, or [ ] do not pair");
	else if (r == 0 && read_word(f, &interface))
		apply(t, f, interface);
	words_fields_done(&f->fields);
	free(f);
	return r < 0 ? r : 0;
}
