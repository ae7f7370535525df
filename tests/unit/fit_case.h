/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_FIT_CASE_H
#define LANDER_TESTS_FIT_CASE_H

/*
 * Machines for plan/fit, in words:
 *
 *   disk sda 20G gpt|dos|none [CONTENT]
 *   part sda1 1G linux|esp|bios|swap|lvm|raid|luks|msr|ext [CONTENT]
 *   md md0 raid1 1.2 10G sda1,sdb1 [CONTENT]
 *   crypt NAME 10G 1|2 sda3 [CONTENT]
 *   lv GROUP NAME 10G linear sda3,sdb1 [CONTENT]
 *   swapfile /swap
 *   target /dev/vda 8G sda,sdb
 *   uefi | plain | part /var size=2G      what the job says
 *
 * CONTENT: FS [at=PLACE] [used=SIZE] [files=N] [sub=PATH@PLACE] [sub=PATH]
 * [snap=PATH] [root=PATH] [devices=N]
 */

#include "fit_content.h"

/* "…sda1": what it is of is seen, and so long is a GUID. */
#define CASE_GUID "c0ffee00-0000-4000-8000-00000000%.4s"

static inline const char *case_type(const char *word, bool mbr)
{
	static const char *const row[][3] = {
		{"linux", "0fc63daf-8483-4772-8e79-3d69d8477de4", "0x83"},
		{"esp", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0xef"},
		{"bios", "21686148-6449-6e6f-744e-656564454649", "-"},
		{"swap", "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "0x82"},
		{"lvm", "e6d6d379-f507-44c2-a23c-238f2a3df928", "0x8e"},
		{"raid", "a19d880f-05fc-4d3b-a006-743f0f84911e", "0xfd"},
		{"luks", "ca7d7ccb-63ed-4c53-861c-1742536059cc", "0x83"},
		{"msr", "e3c9e316-0b5c-4db8-817d-f92df00215ae", "0x01"},
		{"ext", "-", "0x05"},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (!strcmp(row[i][0], word))
			return row[i][mbr ? 2 : 1];
	fail_msg("'%s' is no type", word);
	return "";
}

static inline void case_disk(struct fit_case *c, char *rest)
{
	struct storage_device *disk =
		case_device(c, STORAGE_DISK, strtok_r(rest, " ", &rest));
	const char *table;

	disk->size = case_size(strtok_r(NULL, " ", &rest));
	table = strtok_r(NULL, " ", &rest);
	if (strcmp(table, "none") != 0) {
		disk->layout.kind = strdup(table);
		disk->layout.id =
			strdup(strcmp(table, "dos") ? "disk-guid" : "1234abcd");
		disk->layout.part = calloc(128, sizeof(struct layout_part));
	}
	c->at[c->storage.devices - 1] = 1 << 20;
	case_content(c, c->storage.devices - 1, rest);
}

static inline void case_part(struct fit_case *c, char *rest)
{
	struct storage_device *part =
		case_device(c, STORAGE_PART, strtok_r(rest, " ", &rest));
	struct layout_part *entry;
	struct layout *layout;
	char disk[8] = "";
	const char *type;
	char text[80];
	size_t of;

	(void)snprintf(disk, sizeof(disk), "%.3s", part->name);
	of = case_find(c, disk);
	layout = &c->storage.device[of].layout;
	part->on[part->ons++] = of;
	part->number = strtoull(part->name + 3, NULL, 10);
	part->size = case_size(strtok_r(NULL, " ", &rest));
	part->start = c->at[of];
	type = strtok_r(NULL, " ", &rest);
	if (strcmp(type, "ext") != 0)
		c->at[of] += part->size;
	/* Logical ones are not seen in the first bytes of a disk. */
	if (strcmp(layout->kind, "dos") || part->number < 5) {
		entry = &layout->part[layout->count++];
		entry->number = (unsigned int)part->number;
		entry->type =
			strdup(case_type(type, !strcmp(layout->kind, "dos")));
		if (strcmp(layout->kind, "dos") != 0)
			(void)snprintf(text, sizeof(text), CASE_GUID,
				       part->name);
		else
			(void)snprintf(text, sizeof(text), "1234abcd-%02x",
				       entry->number);
		entry->uuid = strdup(text);
		entry->name = strdup(part->name);
	}
	case_content(c, c->storage.devices - 1, rest);
}

static inline void case_md(struct fit_case *c, char *rest)
{
	struct storage_device *md =
		case_device(c, STORAGE_MD, strtok_r(rest, " ", &rest));

	(void)snprintf(md->level, sizeof(md->level), "%s",
		       strtok_r(NULL, " ", &rest));
	(void)snprintf(md->metadata, sizeof(md->metadata), "%s",
		       strtok_r(NULL, " ", &rest));
	(void)snprintf(md->md_uuid, sizeof(md->md_uuid),
		       "a0000000:b0000000:c0000000:d000000%c",
		       md->name[strlen(md->name) - 1]);
	(void)snprintf(md->md_name, sizeof(md->md_name), "web01:%s", md->name);
	md->size = case_size(strtok_r(NULL, " ", &rest));
	case_on(c, md, strtok_r(NULL, " ", &rest));
	for (size_t i = 0; i < md->ons; i++)
		case_fs(&c->storage.device[md->on[i]], "linux_raid_member");
	case_content(c, c->storage.devices - 1, rest);
}

static inline void case_crypt(struct fit_case *c, char *rest)
{
	char name[16];
	struct storage_device *crypt;
	struct superblock *luks;

	(void)snprintf(name, sizeof(name), "dm-%zu", c->storage.devices);
	crypt = case_device(c, STORAGE_CRYPT, name);
	(void)snprintf(crypt->mapped, sizeof(crypt->mapped), "%s",
		       strtok_r(rest, " ", &rest));
	crypt->size = case_size(strtok_r(NULL, " ", &rest));
	name[0] = *strtok_r(NULL, " ", &rest);
	case_on(c, crypt, strtok_r(NULL, " ", &rest));
	luks = &c->storage.device[crypt->on[0]].fs;
	if (name[0] != '0')
		case_fs(&c->storage.device[crypt->on[0]], "crypto_LUKS");
	luks->version = (uint32_t)(name[0] - '0');
	case_content(c, c->storage.devices - 1, rest);
}

/* "a-b" is "a--b" to device-mapper. */
static inline void case_mapped(struct storage_device *lv)
{
	const char *const half[] = {lv->group, lv->volume};
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		for (const char *at = half[i]; *at; at++) {
			lv->mapped[n++] = *at;
			if (*at == '-')
				lv->mapped[n++] = *at;
		}
		if (!i)
			lv->mapped[n++] = '-';
	}
	lv->mapped[n] = '\0';
}

static inline void case_lv(struct fit_case *c, char *rest)
{
	char name[16];
	struct storage_device *lv;

	(void)snprintf(name, sizeof(name), "dm-%zu", c->storage.devices);
	lv = case_device(c, STORAGE_LVM, name);
	(void)snprintf(lv->group, sizeof(lv->group), "%s",
		       strtok_r(rest, " ", &rest));
	(void)snprintf(lv->volume, sizeof(lv->volume), "%s",
		       strtok_r(NULL, " ", &rest));
	case_mapped(lv);
	lv->size = case_size(strtok_r(NULL, " ", &rest));
	(void)snprintf(lv->target, sizeof(lv->target), "%s",
		       strtok_r(NULL, " ", &rest));
	case_on(c, lv, strtok_r(NULL, " ", &rest));
	for (size_t i = 0; i < lv->ons; i++)
		case_fs(&c->storage.device[lv->on[i]], "LVM2_member");
	case_content(c, c->storage.devices - 1, rest);
}

static inline void case_target(struct fit_case *c, char *rest)
{
	struct fit_target *target = &c->order.target[c->order.targets];
	char *name;

	target->name = strdup(strtok_r(rest, " ", &rest));
	target->size = case_size(strtok_r(NULL, " ", &rest));
	target->sector = 512;
	for (name = strtok_r(NULL, " ,", &rest); name;
	     name = strtok_r(NULL, " ,", &rest)) {
		c->order.source[c->order.sources] = strdup(name);
		c->order.onto[c->order.sources++] = c->order.targets;
	}
	c->order.targets++;
}

static inline void case_line(struct fit_case *c, char *line)
{
	static const struct {
		const char *word;
		void (*read)(struct fit_case *c, char *rest);
	} rows[] = {{"disk ", case_disk}, {"part ", case_part},
		    {"md ", case_md},	  {"crypt ", case_crypt},
		    {"lv ", case_lv},	  {"target ", case_target}};

	/* A job's line begins with a place, or with swap. */
	if (!strncmp(line, "part /", 6) || !strncmp(line, "part swap", 9)) {
		assert_int_equal(config_part_add(&c->wishes, line + 5,
						 "web01.ks:1", 1, NULL),
				 0);
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strncmp(line, rows[i].word, strlen(rows[i].word))) {
			rows[i].read(c, line + strlen(rows[i].word));
			return;
		}
	if (!strcmp(line, "uefi"))
		c->order.uefi = true;
	else if (!strcmp(line, "plain"))
		c->order.plain = true;
	else if (!strncmp(line, "swapfile ", 9))
		(void)snprintf(c->storage.swap[c->storage.swaps].file,
			       STORAGE_PLACE, "%s", line + 9),
			c->storage.swap[c->storage.swaps++].is_file = true;
	else
		fail_msg("'%s' is no line of a case", line);
}

static inline struct fit_case *case_read(const char *text)
{
	struct fit_case *c = calloc(1, sizeof(*c));
	char *copy = strdup(text);
	char *rest = NULL;

	c->storage.device =
		calloc(STORAGE_DEVICES_MAX, sizeof(*c->storage.device));
	c->storage.mount =
		calloc(STORAGE_MOUNTS_MAX, sizeof(*c->storage.mount));
	c->order.storage = &c->storage;
	c->order.wishes = &c->wishes;
	c->order.seed = "a job";
	for (char *line = strtok_r(copy, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		case_line(c, line);
	free(copy);
	return c;
}

static inline void case_free(struct fit_case *c)
{
	for (size_t i = 0; i < c->order.targets; i++)
		free((char *)(uintptr_t)c->order.target[i].name);
	for (size_t i = 0; i < c->order.sources; i++)
		free((char *)(uintptr_t)c->order.source[i]);
	config_part_done(&c->wishes);
	storage_done(&c->storage);
	free(c);
}

#endif
