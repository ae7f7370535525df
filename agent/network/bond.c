/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options of a bond: the kernel's names to systemd-networkd's.  Every
 * option is checked and rewritten, none is passed through: an option that
 * networkd does not know would be dropped there without a word.
 * Facts: Documentation/networking/bonding.rst, systemd.netdev(5) [Bond].
 */
#include "network/bond.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/problems.h"
#include "network/words.h"

enum value_kind { VALUE_NAME, VALUE_NUMBER, VALUE_MS, VALUE_S, VALUE_SWITCH };

struct option {
	const char *name;
	const char *setting; /* in [Bond] */
	enum value_kind kind;
	unsigned long low, high;
	const char *values; /* names in the order of their numbers */
};

#define MS_MAX 3600000

static const struct option options_known[] = {
	{"mode", "Mode", VALUE_NAME, 0, 0,
	 "balance-rr active-backup balance-xor broadcast 802.3ad balance-tlb "
	 "balance-alb"},
	{"miimon", "MIIMonitorSec", VALUE_MS, 0, MS_MAX, NULL},
	{"updelay", "UpDelaySec", VALUE_MS, 0, MS_MAX, NULL},
	{"downdelay", "DownDelaySec", VALUE_MS, 0, MS_MAX, NULL},
	{"peer_notif_delay", "PeerNotifyDelaySec", VALUE_MS, 0, 300000, NULL},
	{"lacp_rate", "LACPTransmitRate", VALUE_NAME, 0, 0, "slow fast"},
	{"xmit_hash_policy", "TransmitHashPolicy", VALUE_NAME, 0, 0,
	 "layer2 layer3+4 layer2+3 encap2+3 encap3+4"},
	{"ad_select", "AdSelect", VALUE_NAME, 0, 0, "stable bandwidth count"},
	{"ad_actor_sys_prio", "AdActorSystemPriority", VALUE_NUMBER, 1, 65535,
	 NULL},
	{"ad_user_port_key", "AdUserPortKey", VALUE_NUMBER, 0, 1023, NULL},
	{"arp_interval", "ARPIntervalSec", VALUE_MS, 0, MS_MAX, NULL},
	{"arp_validate", "ARPValidate", VALUE_NAME, 0, 0,
	 "none active backup all"},
	{"arp_all_targets", "ARPAllTargets", VALUE_NAME, 0, 0, "any all"},
	{"arp_missed_max", "ARPMissedMax", VALUE_NUMBER, 1, 255, NULL},
	{"fail_over_mac", "FailOverMACPolicy", VALUE_NAME, 0, 0,
	 "none active follow"},
	{"primary_reselect", "PrimaryReselectPolicy", VALUE_NAME, 0, 0,
	 "always better failure"},
	{"all_slaves_active", "AllSlavesActive", VALUE_SWITCH, 0, 0, NULL},
	{"tlb_dynamic_lb", "DynamicTransmitLoadBalancing", VALUE_SWITCH, 0, 0,
	 NULL},
	{"min_links", "MinLinks", VALUE_NUMBER, 0, 64, NULL},
	{"num_grat_arp", "GratuitousARP", VALUE_NUMBER, 0, 255, NULL},
	{"num_unsol_na", "GratuitousARP", VALUE_NUMBER, 0, 255, NULL},
	{"resend_igmp", "ResendIGMP", VALUE_NUMBER, 0, 255, NULL},
	{"packets_per_slave", "PacketsPerSlave", VALUE_NUMBER, 0, 65535, NULL},
	{"lp_interval", "LearnPacketIntervalSec", VALUE_S, 1, 0x7fffffff, NULL},
};

/* One bond= word while its options are read. */
struct bond {
	struct topology_interface *interface;
	const struct word *word;
	struct problems *problems;
	char *primary;
	char mode[16];
	bool watches_mii, watches_arp, has_targets;
};

static bool add_line(struct bond *b, const char *setting, const char *value)
{
	char *text = b->interface->options;
	size_t used = strlen(text);
	int length = snprintf(text + used, sizeof(b->interface->options) - used,
			      "%s=%s\n", setting, value);

	if ((size_t)length < sizeof(b->interface->options) - used)
		return true;
	text[used] = '\0';
	return problems_add(b->problems, b->word, "too many bond options");
}

/* A plain decimal number; false for anything else. */
static bool read_number(const char *text, unsigned long *ret)
{
	if (!*text || strlen(text) > 10 || text[strspn(text, "0123456789")])
		return false;
	*ret = strtoul(text, NULL, 10);
	return true;
}

/* The value by name, or the name that stands at its number. */
static bool pick_name(const char *values, const char *text, char *ret,
		      size_t room)
{
	unsigned long wanted = 0;
	bool number = read_number(text, &wanted);

	for (unsigned long at = 0; *values; at++) {
		size_t length = strcspn(values, " ");

		if ((number && at == wanted) ||
		    (strlen(text) == length &&
		     !strncmp(values, text, length))) {
			(void)snprintf(ret, room, "%.*s", (int)length, values);
			return true;
		}
		values += length + (values[length] == ' ');
	}
	return false;
}

static bool read_option(struct bond *b, const struct option *option,
			const char *text)
{
	static const char *const unit[] = {
		[VALUE_NUMBER] = "", [VALUE_MS] = "ms", [VALUE_S] = "s"};
	char value[40] = "";
	unsigned long number = 0;

	if (option->kind == VALUE_NAME || option->kind == VALUE_SWITCH) {
		if (!pick_name(option->values ? option->values : "no yes", text,
			       value, sizeof(value)))
			return problems_add(b->problems, b->word,
					    "bond option %s: '%s' is not one "
					    "of: %s",
					    option->name, text,
					    option->values ? option->values
							   : "0 1");
		return add_line(b, option->setting, value);
	}
	if (!read_number(text, &number) || number < option->low ||
	    number > option->high)
		return problems_add(b->problems, b->word,
				    "bond option %s: '%s' is not in %lu..%lu",
				    option->name, text, option->low,
				    option->high);
	(void)snprintf(value, sizeof(value), "%lu%s", number,
		       unit[option->kind]);
	b->watches_mii |= !strcmp(option->name, "miimon") && number;
	b->watches_arp |= !strcmp(option->name, "arp_interval") && number;
	return add_line(b, option->setting, value);
}

/* IPv4 addresses between ';', as dracut.cmdline(7) has it. */
static bool read_targets(struct bond *b, char *list)
{
	char text[IP_ADDRESS_TEXT];
	struct ip_address address;
	char *save = NULL;
	size_t count = 0;

	for (char *one = strtok_r(list, ";", &save); one;
	     one = strtok_r(NULL, ";", &save)) {
		if (!ip_address_parse(one, &address) ||
		    address.family != AF_INET || !ip_address_is_host(&address))
			return problems_add(b->problems, b->word,
					    "bond option arp_ip_target: '%s' "
					    "is not an IPv4 address",
					    one);
		if (++count > 16)
			return problems_add(b->problems, b->word,
					    "more than 16 arp_ip_target");
		if (!add_line(b, "ARPIPTargets",
			      ip_address_format(&address, text)))
			return false;
	}
	b->has_targets = count > 0;
	return count > 0 || problems_add(b->problems, b->word,
					 "bond option arp_ip_target is empty");
}

/* Options that are no plain line: 1 done, 0 not one of these, -1 problem. */
static int read_special(struct bond *b, const char *name, char *value)
{
	char text[MAC_TEXT];
	struct mac mac;

	if (!strcmp(name, "arp_ip_target"))
		return read_targets(b, value) ? 1 : -1;
	if (!strcmp(name, "primary")) {
		(void)snprintf(b->primary, TOPOLOGY_NAME + 8, "%s", value);
		return 1;
	}
	if (!strcmp(name, "ad_actor_system")) {
		if (*value == '[' && strlen(value) == MAC_TEXT + 1)
			(value++)[MAC_TEXT] = '\0';
		if (mac_parse(value, &mac))
			return add_line(b, "AdActorSystem",
					mac_format(&mac, ':', text))
				       ? 1
				       : -1;
		(void)problems_add(b->problems, b->word,
				   "bond option ad_actor_system: '%s' is not a "
				   "MAC (between '-' or inside [ ])",
				   value);
		return -1;
	}
	/* Always on since long; turning it off is what nobody can. */
	if (!strcmp(name, "use_carrier")) {
		if (!strcmp(value, "1"))
			return 1;
		(void)problems_add(b->problems, b->word,
				   "bond option use_carrier: only 1 is "
				   "possible");
		return -1;
	}
	return 0;
}

static bool read_pair(struct bond *b, char *pair)
{
	char *value = strchr(pair, '=');
	int special;

	if (!value || !value[1])
		return problems_add(b->problems, b->word,
				    "bond option '%s' has no value", pair);
	*value++ = '\0';
	special = read_special(b, pair, value);
	if (special)
		return special > 0;
	for (size_t i = 0; i < sizeof(options_known) / sizeof(*options_known);
	     i++)
		if (!strcmp(options_known[i].name, pair)) {
			if (i == 0)
				(void)pick_name(options_known[0].values, value,
						b->mode, sizeof(b->mode));
			return read_option(b, &options_known[i], value);
		}
	return problems_add(b->problems, b->word, "unknown bond option '%s'",
			    pair);
}

/* What only makes sense together. */
static void check_options(struct bond *b)
{
	if (b->watches_mii && b->watches_arp)
		(void)problems_add(b->problems, b->word,
				   "bond options miimon and arp_interval "
				   "exclude each other");
	if (b->watches_arp != b->has_targets)
		(void)problems_add(b->problems, b->word,
				   "bond options arp_interval and "
				   "arp_ip_target go together");
	if (b->watches_arp &&
	    (!strcmp(b->mode, "802.3ad") || !strcmp(b->mode, "balance-tlb") ||
	     !strcmp(b->mode, "balance-alb")))
		(void)problems_add(b->problems, b->word,
				   "bond option arp_interval does not work in "
				   "mode %s",
				   b->mode);
	if (*b->primary && strcmp(b->mode, "active-backup") != 0 &&
	    strcmp(b->mode, "balance-tlb") != 0 &&
	    strcmp(b->mode, "balance-alb") != 0)
		(void)problems_add(b->problems, b->word,
				   "bond option primary needs mode "
				   "active-backup, balance-tlb or balance-alb");
	/* Said even when nobody chose: what dracut takes. */
	if (!strstr(b->interface->options, "Mode=balance-rr") &&
	    !strcmp(b->mode, "balance-rr"))
		(void)add_line(b, "Mode", b->mode);
	if (!b->watches_mii && !b->watches_arp &&
	    !strstr(b->interface->options, "MIIMonitorSec="))
		(void)add_line(b, "MIIMonitorSec", "100ms");
}

int bond_parse_options(const char *options, struct topology_interface *bond,
		       char ret_primary[TOPOLOGY_NAME + 8],
		       const struct word *word, struct problems *problems)
{
	struct bond b = {.interface = bond,
			 .word = word,
			 .problems = problems,
			 .primary = ret_primary,
			 .mode = "balance-rr"};
	size_t before = problems->count;
	char *copy = strdup(options);
	char *save = NULL;

	if (!copy)
		return -ENOMEM;
	*ret_primary = '\0';
	for (char *pair = strtok_r(copy, ",", &save); pair;
	     pair = strtok_r(NULL, ",", &save))
		(void)read_pair(&b, pair);
	if (problems->count == before)
		check_options(&b);
	free(copy);
	return 0;
}
