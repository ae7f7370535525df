/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * By what the servers of a fleet know this machine.  It says what the firmware
 * says, makes no name up, and never fails: what is not known is empty.
 */
#include "run/machine_id.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/parse.h"
#include "network/card.h"

#define DMI	   "/sys/class/dmi/id/"
#define TEXT_LIMIT ((size_t)64 << 10)
#define ROUTE_UP   1U /* RTF_UP, linux/route.h */

static void read_dmi(const char *path, char *buf, size_t room)
{
	char *line = io_read_line(path);
	size_t length;

	*buf = '\0';
	if (!line)
		return;
	parse_make_printable(line);
	length = strlen(line);
	while (length && line[length - 1] == ' ')
		line[--length] = '\0';
	/* What SMBIOS tables say where nobody wrote anything. */
	if (length < room && strcmp(line, "Not Specified") != 0)
		(void)snprintf(buf, room, "%s", line);
	free(line);
}

/* The value of word NAME= of the kernel command line, to free(). */
static char *kernel_word(const char *name)
{
	char *text = NULL;
	char *value = NULL;
	char *save = NULL;
	size_t length = strlen(name);

	if (io_read_file("/proc/cmdline", TEXT_LIMIT, &text, NULL, NULL) < 0)
		return NULL;
	for (char *word = strtok_r(text, " \t\n", &save); word && !value;
	     word = strtok_r(NULL, " \t\n", &save))
		if (!strncmp(word, name, length))
			value = strdup(word + length);
	free(text);
	return value;
}

static bool use_card(struct machine_id *id, const struct card *card)
{
	struct mac mac;

	if (!mac_parse(card->mac, &mac))
		return false;
	(void)mac_format(&mac, '-', id->mac);
	(void)snprintf(id->interface, sizeof(id->interface), "%s", card->name);
	return true;
}

static bool use_boot_card(struct machine_id *id, const struct cards *cards)
{
	char *word = kernel_word("BOOTIF=");
	struct mac boot;
	struct mac mac;
	bool known = word && mac_parse_bootif(word, &boot);

	free(word);
	for (size_t i = 0; known && i < cards->count; i++)
		if (mac_parse(cards->card[i].mac, &mac) &&
		    mac_equal(&mac, &boot))
			return use_card(id, &cards->card[i]);
	return false;
}

/* Interface of the first default route, "" without one. */
static void read_default_route(char name[16])
{
	char line[256];
	FILE *routes = fopen("/proc/net/route", "re");

	*name = '\0';
	while (routes && fgets(line, sizeof(line), routes)) {
		char *rest = NULL;
		const char *card = strtok_r(line, " \t", &rest);
		const char *to = strtok_r(NULL, " \t", &rest);
		const char *gateway = strtok_r(NULL, " \t", &rest);
		const char *flags = strtok_r(NULL, " \t", &rest);

		if (gateway && flags && !strcmp(to, "00000000") &&
		    strtoul(flags, NULL, 16) & ROUTE_UP) {
			(void)snprintf(name, 16, "%s", card);
			break;
		}
	}
	if (routes)
		(void)fclose(routes);
}

static void choose_card(struct machine_id *id, const struct cards *cards)
{
	char name[16];

	if (use_boot_card(id, cards))
		return;
	read_default_route(name);
	for (size_t i = 0; i < cards->count; i++)
		if (!strcmp(cards->card[i].name, name) &&
		    use_card(id, &cards->card[i]))
			return;
	if (cards->count)
		(void)use_card(id, &cards->card[0]);
}

void machine_id_read(struct machine_id *ret)
{
	struct cards cards = {0};

	*ret = (struct machine_id){0};
	read_dmi(DMI "product_uuid", ret->uuid, sizeof(ret->uuid));
	read_dmi(DMI "product_serial", ret->serial, sizeof(ret->serial));
	for (char *at = ret->uuid; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	if (card_list(&cards, NULL) == 0)
		choose_card(ret, &cards);
	card_free(&cards);
}
