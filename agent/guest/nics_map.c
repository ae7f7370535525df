/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which NIC of this machine takes the place of which interface of the copied
 * system.  It decides only where there is one answer.
 */
#include "guest/nics_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/convert.h"

#define STEP "nics"

static bool find_nic(const struct convert *convert, const struct mac *mac,
		     size_t *ret)
{
	for (size_t i = 0; i < convert->nics; i++) {
		struct mac has;

		if (mac_parse(convert->nic[i].mac, &has) &&
		    mac_equal(&has, mac)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static bool is_taken(const struct nics_map *map, size_t nic)
{
	for (size_t i = 0; i < map->list->count; i++)
		if (map->how[i] != NICS_OPEN && map->nic[i] == nic)
			return true;
	return false;
}

static void settle(struct nics_map *map, size_t item, size_t nic,
		   enum nics_how how)
{
	map->how[item] = how;
	map->nic[item] = nic;
}

static size_t find_item(const struct interfaces *list, const char *name)
{
	size_t i = 0;

	while (i < list->count && strcmp(list->item[i].name, name) != 0)
		i++;
	return i;
}

/* One word of the job.  The config floor has looked at its form, but not at
 * this machine or at this system. */
static void take_word(struct convert *convert, struct nics_map *map,
		      const char *word)
{
	const char *sign = strchr(word, '=');
	char name[INTERFACE_NAME] = "";
	struct mac mac;
	size_t nic;
	size_t item;

	if (sign && (size_t)(sign - word) < sizeof(name))
		(void)snprintf(name, sizeof(name), "%.*s", (int)(sign - word),
			       word);
	if (!interface_valid(name) || !mac_parse(sign + 1, &mac)) {
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "nics=%s is not NAME=MAC", word);
		return;
	}
	item = find_item(map->list, name);
	if (!find_nic(convert, &mac, &nic))
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "nics=%s: this machine has no such NIC", word);
	else if (is_taken(map, nic))
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "nics=%s: that NIC is another interface already",
			  word);
	else if (item == map->list->count)
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "nics=%s: that is no Ethernet interface", word);
	else
		settle(map, item, nic, NICS_ASKED);
}

static void add_words(const struct convert *convert, struct interfaces *list)
{
	for (size_t i = 0; convert->nic_map && convert->nic_map[i]; i++) {
		char name[INTERFACE_NAME];
		size_t length = strcspn(convert->nic_map[i], "=");

		if (length >= sizeof(name))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)length,
			       convert->nic_map[i]);
		interface_add(list, name, NULL, "nics=");
	}
}

/* The next NIC from *at on that no interface has. */
static bool next_free(const struct convert *convert, const struct nics_map *map,
		      size_t *at)
{
	while (*at < convert->nics && is_taken(map, *at))
		(*at)++;
	return *at < convert->nics;
}

static void say_open(struct convert *convert, const struct nics_map *map)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	char buf[MAC_TEXT];
	const char *first = "NAME";
	const char *sign = "";

	if (!out)
		return;
	for (size_t i = 0; i < map->list->count; i++)
		if (map->how[i] == NICS_OPEN) {
			const struct interface *item = &map->list->item[i];

			if (!*sign && *item->name)
				first = item->name;
			(void)fprintf(out, "%s%s (%s)", sign,
				      interface_text(item, buf), item->file);
			sign = ", ";
		}
	(void)fputs("; the NICs that are left: ", out);
	sign = "";
	for (size_t nic = 0; next_free(convert, map, &nic); nic++) {
		(void)fprintf(out, "%s%s %s", sign, convert->nic[nic].mac,
			      convert->nic[nic].driver);
		sign = ", ";
	}
	if (fclose(out) == 0)
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "which NIC is which is not certain, so these are "
			  "left as they were: %s%s; nics=%s=MAC would say it",
			  text, *sign ? "" : "none", first);
	free(text);
}

static void map_rest(struct convert *convert, struct nics_map *map)
{
	size_t open = 0;
	size_t left = 0;
	bool nameless = false;
	size_t nic = 0;

	for (size_t i = 0; i < map->list->count; i++)
		if (map->how[i] == NICS_OPEN) {
			open++;
			nameless |= !*map->list->item[i].name;
		}
	for (size_t at = 0; next_free(convert, map, &at); at++)
		left++;
	if (!open)
		return;
	/* What has no name has no place in the order of names. */
	if (open != left || map->list->overflow || (open > 1 && nameless)) {
		say_open(convert, map);
		return;
	}
	for (size_t i = 0; i < map->list->count; i++)
		if (map->how[i] == NICS_OPEN && next_free(convert, map, &nic))
			settle(map, i, nic, open == 1 ? NICS_ONLY : NICS_ORDER);
}

void nics_map_make(struct convert *convert, struct interfaces *list,
		   struct nics_map *ret)
{
	*ret = (struct nics_map){.list = list};
	add_words(convert, list);
	interface_sort(list);
	for (size_t i = 0; convert->nic_map && convert->nic_map[i]; i++)
		take_word(convert, ret, convert->nic_map[i]);
	for (size_t i = 0; i < list->count; i++) {
		const struct interface *item = &list->item[i];
		size_t nic;

		if (ret->how[i] == NICS_OPEN && item->tied &&
		    find_nic(convert, &item->mac, &nic) && !is_taken(ret, nic))
			settle(ret, i, nic, NICS_MAC);
	}
	map_rest(convert, ret);
}
