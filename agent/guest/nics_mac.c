/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replaces MACs of old NICs in the configuration of a copied system.  Nothing
 * else in a line changes, not even the way in which its MAC was written.
 */
#include "guest/nics_mac.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/line.h"
#include "guest/netfile.h"
#include "guest/nics_map.h"

#define STEP	   "nics"
#define MAC_LENGTH (MAC_TEXT - 1)

/* Words before a MAC that is a NIC's, or that is set on it. */
static const char *const keys[] = {
	[NETFILE_IFUPDOWN] = "hwaddress",
	[NETFILE_NETPLAN] = "macaddress",
	[NETFILE_KEYFILE] = "mac-address",
	[NETFILE_IFCFG] = "HWADDR MACADDR",
	[NETFILE_NETWORK] = "MACAddress PermanentMACAddress",
	[NETFILE_NETDEV] = "",
	[NETFILE_LINK] = "MACAddress PermanentMACAddress",
	[NETFILE_UDEV] = "",
	[NETFILE_SWAP] = "",
};

/* The line's first word, of the characters that keys are made of. */
static struct line first_word(const struct line *line, enum netfile_kind kind)
{
	struct line word = line_trim(*line);
	size_t length = 0;

	/* In netplan also "match: {macaddress: …}". */
	if (kind == NETFILE_NETPLAN && word.length && *word.text != '#') {
		const char *at = memmem(word.text, word.length, "macaddress",
					strlen("macaddress"));

		if (at)
			return (struct line){.text = at,
					     .length = strlen("macaddress")};
	}
	while (length < word.length &&
	       (isalnum((unsigned char)word.text[length]) ||
		word.text[length] == '-'))
		length++;
	word.length = length;
	return word;
}

static bool is_key(const struct line *line, enum netfile_kind kind)
{
	struct line word = first_word(line, kind);
	const char *at = word.length ? keys[kind] : "";

	while (*at) {
		size_t length = strcspn(at, " ");

		if (length == word.length &&
		    !strncasecmp(at, word.text, length))
			return true;
		at += length;
		at += *at == ' ';
	}
	return false;
}

/* The NIC that has the place of the one with this MAC now. */
static const struct convert_nic *successor(const struct convert *convert,
					   const struct nics_map *map,
					   const struct mac *mac)
{
	for (size_t i = 0; i < map->list->count; i++)
		if (map->how[i] != NICS_OPEN && map->list->item[i].tied &&
		    mac_equal(&map->list->item[i].mac, mac))
			return &convert->nic[map->nic[i]];
	return NULL;
}

static bool mac_at(const struct line *line, size_t i, struct mac *ret)
{
	char text[MAC_TEXT];

	if (line->length - i < MAC_LENGTH ||
	    (i && isxdigit((unsigned char)line->text[i - 1])) ||
	    (line->length - i > MAC_LENGTH &&
	     isxdigit((unsigned char)line->text[i + MAC_LENGTH])))
		return false;
	(void)snprintf(text, sizeof(text), "%.*s", (int)MAC_LENGTH,
		       line->text + i);
	return mac_parse(text, ret);
}

/* In the letters and with the separator of the old one. */
static void put_mac(FILE *out, const struct convert_nic *nic, const char *old)
{
	char text[MAC_TEXT];
	struct mac mac;
	bool upper = false;

	for (size_t i = 0; i < MAC_LENGTH; i++)
		upper |= isupper((unsigned char)old[i]) != 0;
	if (!mac_parse(nic->mac, &mac))
		return;
	(void)mac_format(&mac, old[2], text);
	for (size_t i = 0; upper && i < MAC_LENGTH; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	(void)fputs(text, out);
}

static void say_stays(struct convert *convert, const struct netfile *file,
		      const struct mac *mac)
{
	char text[MAC_TEXT];

	steps_add(&convert->steps, STEP_SKIPPED, STEP,
		  "%s has the MAC %s, which is no NIC that was mapped: it "
		  "stays",
		  file->path, mac_format(mac, ':', text));
}

static bool is_ours(const struct convert *convert, const struct mac *mac)
{
	for (size_t i = 0; i < convert->nics; i++) {
		struct mac has;

		if (mac_parse(convert->nic[i].mac, &has) &&
		    mac_equal(&has, mac))
			return true;
	}
	return false;
}

static void put_line(struct convert *convert, const struct nics_map *map,
		     const struct netfile *file, const struct line *line,
		     FILE *out)
{
	bool key = is_key(line, file->kind);

	for (size_t i = 0; i < line->length;) {
		const struct convert_nic *nic;
		struct mac mac;

		if (!key || !mac_at(line, i, &mac)) {
			(void)fputc(line->text[i++], out);
			continue;
		}
		nic = successor(convert, map, &mac);
		if (nic)
			put_mac(out, nic, line->text + i);
		else
			(void)fwrite(line->text + i, 1, MAC_LENGTH, out);
		if (!nic && !is_ours(convert, &mac))
			say_stays(convert, file, &mac);
		i += MAC_LENGTH;
	}
	if (line->ended)
		(void)fputc('\n', out);
}

static int replace(struct convert *convert, const struct nics_map *map,
		   struct netfile *file, struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	const char *at = file->text;
	struct line line;
	int r;

	if (!out)
		return error_memory(err);
	while (line_next(&at, &line))
		put_line(convert, map, file, &line, out);
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	r = netfile_write(convert->root, file, text, err);
	if (r > 0)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "%s names the new NIC by its MAC", file->path);
	free(file->text);
	file->text = text;
	return r < 0 ? r : 0;
}

static int put_aside(struct convert *convert, const struct nics_map *map,
		     const struct netfile *file, struct error **err)
{
	int r;

	for (size_t i = 0; i < map->list->count; i++)
		if (map->how[i] == NICS_OPEN) {
			steps_add(&convert->steps, STEP_FAILED, STEP,
				  "%s stays: not every interface was found on "
				  "this machine",
				  file->path);
			return 0;
		}
	r = edit_remove(convert->root, file->path, err);
	if (r > 0)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "%s names NICs of the old machine: put aside",
			  file->path);
	return r < 0 ? r : 0;
}

int nics_mac_replace(struct convert *convert, const struct nics_map *map,
		     const struct netfiles *files, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < files->count; i++) {
		struct netfile *file = &files->file[i];

		if (file->own)
			continue;
		r = file->kind == NETFILE_UDEV
			    ? put_aside(convert, map, file, err)
			    : replace(convert, map, file, err);
	}
	return r;
}
