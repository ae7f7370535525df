/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vlan=, bond= and bridge=: interfaces made out of others.  Who stands on whom
 * is written into the topology; loops and quarrels are found later, by the
 * assign room, when all words are known.  Facts: dracut.cmdline(7).
 */
#include "network/device.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "network/bond.h"
#include "network/problems.h"
#include "network/topology.h"
#include "network/words.h"

/* The interface a device word makes; NULL after a problem. */
static struct topology_interface *
make(struct topology *t, enum topology_kind kind, const char *name,
     const struct word *word, struct problems *problems)
{
	struct topology_interface *made;

	if (!topology_name_valid(name) || !strcmp(name, "BOOTIF")) {
		(void)problems_add(problems, word,
				   "'%s' is not a name for an interface", name);
		return NULL;
	}
	made = topology_by_name(t, name);
	if (!made) {
		(void)problems_add(problems, word,
				   "there are more than %d interfaces",
				   TOPOLOGY_INTERFACES);
		return NULL;
	}
	if (made->kind != TOPOLOGY_NIC || made->renamed) {
		(void)problems_add(problems, word,
				   "'%s' is defined by another word too", name);
		return NULL;
	}
	made->kind = kind;
	made->word = word;
	return made;
}

/* A slave, port or parent that a word names; NULL after a problem. */
static struct topology_interface *lower(struct topology *t, const char *text,
					const struct word *word,
					struct problems *problems)
{
	struct topology_interface *found = topology_find(t, text);

	if (!found)
		(void)problems_add(problems, word,
				   "interface '%s' is not a name or a MAC",
				   text);
	return found;
}

/* The number in the name: vlan5, vlan0005, eth0.5, eth0.0005. */
static bool read_vlan_id(const char *name, unsigned int *ret)
{
	const char *dot = strrchr(name, '.');
	const char *digits = dot ? dot + 1 : name + 4;
	unsigned long id;

	if (!dot && strncmp(name, "vlan", 4) != 0)
		return false;
	if (!*digits || digits[strspn(digits, "0123456789")])
		return false;
	id = strtoul(digits, NULL, 10);
	if (id < 1 || id > 4094)
		return false;
	*ret = (unsigned int)id;
	return true;
}

int device_parse_vlan(struct topology *t, const struct word *word,
		      struct problems *problems, struct error **err)
{
	struct topology_interface *parent = NULL;
	struct topology_interface *vlan = NULL;
	struct fields f = {0};
	unsigned int id = 0;
	int r = words_fields(word->value, ':', &f, err);

	if (r < 0)
		return r;
	if (r > 0 || f.count != 2) {
		(void)problems_add(problems, word,
				   "this is not NAME:INTERFACE");
		goto out;
	}
	if (!read_vlan_id(f.field[0], &id)) {
		(void)problems_add(problems, word,
				   "'%s' holds no VLAN number 1..4094 (vlan5, "
				   "vlan0005, eth0.5, eth0.0005)",
				   f.field[0]);
		goto out;
	}
	vlan = make(t, TOPOLOGY_VLAN, f.field[0], word, problems);
	if (vlan)
		parent = lower(t, f.field[1], word, problems);
	if (parent) {
		vlan->vlan_id = id;
		vlan->parent = parent;
	}
out:
	words_fields_done(&f);
	return 0;
}

/* Puts the interfaces of a list into a bond or bridge; the list is cut up. */
static void enslave(struct topology *t, char *list,
		    struct topology_interface *master, const struct word *word,
		    struct problems *problems)
{
	struct topology_interface *slave;
	char *save = NULL;
	size_t count = 0;

	for (char *name = strtok_r(list, ",", &save); name;
	     name = strtok_r(NULL, ",", &save)) {
		slave = lower(t, name, word, problems);
		if (!slave)
			return;
		if (!count++)
			master->first = slave;
		if (slave->master && slave->master != master)
			(void)problems_add(problems, word,
					   "'%s' is in '%s' already", name,
					   slave->master->name);
		slave->master = master;
	}
	if (!count)
		(void)problems_add(problems, word,
				   "'%s' has no interface in it", master->name);
}

/* primary= must name one of the bond's own slaves. */
static void choose_primary(struct topology *t, const char *name,
			   const struct topology_interface *bond,
			   const struct word *word, struct problems *problems)
{
	struct topology_interface *slave;

	if (!*name)
		return;
	slave = topology_find(t, name);
	if (slave && slave->master == bond)
		slave->primary = true;
	else
		(void)problems_add(problems, word,
				   "bond option primary: '%s' is not in '%s'",
				   name, bond->name);
}

static int read_bond(struct topology *t, struct fields *f,
		     const struct word *word, struct problems *problems)
{
	static char no_slaves[] = "";
	struct topology_interface *bond;
	char primary[TOPOLOGY_NAME + 8] = "";
	char fallback[] = "eth0,eth1";
	char *slaves = f->count > 1 ? f->field[1] : no_slaves;
	const char *options = f->count > 2 ? f->field[2] : "";
	unsigned long mtu = 0;

	if (f->count == 1)
		slaves = fallback;
	bond = make(t, TOPOLOGY_BOND, *f->field[0] ? f->field[0] : "bond0",
		    word, problems);
	if (!bond)
		return 0;
	enslave(t, slaves, bond, word, problems);
	if (bond_parse_options(options, bond, primary, word, problems) < 0)
		return -1;
	choose_primary(t, primary, bond, word, problems);
	if (f->count > 3 && *f->field[3]) {
		const char *text = f->field[3];

		if (strlen(text) <= 5 && !text[strspn(text, "0123456789")])
			mtu = strtoul(text, NULL, 10);
		if (mtu < 68 || mtu > 65535)
			(void)problems_add(problems, word,
					   "MTU '%s' is not in 68..65535",
					   text);
		bond->mtu = (unsigned int)mtu;
	}
	return 0;
}

int device_parse_bond(struct topology *t, const struct word *word,
		      struct problems *problems, struct error **err)
{
	struct fields f = {0};
	int r = words_fields(word->value, ':', &f, err);

	if (r < 0)
		return r;
	if (r > 0 || f.count > 4)
		(void)problems_add(problems, word,
				   "this is not NAME:SLAVES:OPTIONS:MTU");
	else if (read_bond(t, &f, word, problems) < 0)
		r = error_memory(err);
	words_fields_done(&f);
	return r < 0 ? r : 0;
}

int device_parse_bridge(struct topology *t, const struct word *word,
			struct problems *problems, struct error **err)
{
	struct topology_interface *bridge;
	char fallback[] = "eth0";
	struct fields f = {0};
	int r = words_fields(word->value, ':', &f, err);

	if (r < 0)
		return r;
	if (r > 0 || f.count > 2) {
		(void)problems_add(problems, word, "this is not NAME:PORTS");
		goto out;
	}
	bridge = make(t, TOPOLOGY_BRIDGE, *f.field[0] ? f.field[0] : "br0",
		      word, problems);
	if (bridge)
		enslave(t, f.count > 1 ? f.field[1] : fallback, bridge, word,
			problems);
out:
	words_fields_done(&f);
	return 0;
}
