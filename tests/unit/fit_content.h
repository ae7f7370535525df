/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_FIT_CONTENT_H
#define LANDER_TESTS_FIT_CONTENT_H

/*
 * Devices of a machine in words, and what is in them: fit_case.h has the words.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "config/config_part.h"
#include "plan/fit.h"
#include "source/storage.h"

struct fit_case {
	struct storage storage;
	struct fit_order order;
	struct config_parts wishes;
	uint64_t at[STORAGE_DEVICES_MAX]; /* where a disk's next one begins */
};

static inline uint64_t case_size(const char *text)
{
	char *end = NULL;
	uint64_t size = strtoull(text, &end, 10);

	size <<= *end == 'T'   ? 40
		 : *end == 'G' ? 30
		 : *end == 'M' ? 20
		 : *end == 'K' ? 10
			       : 0;
	return size;
}

static inline struct storage_device *
case_device(struct fit_case *c, enum storage_kind kind, const char *name)
{
	struct storage_device *device = &c->storage.device[c->storage.devices];

	assert_true(c->storage.devices < STORAGE_DEVICES_MAX);
	*device = (struct storage_device){.kind = kind, .sector = 512};
	(void)snprintf(device->name, sizeof(device->name), "%s", name);
	(void)snprintf(device->word, sizeof(device->word), "other");
	c->storage.devices++;
	return device;
}

static inline size_t case_find(const struct fit_case *c, const char *name)
{
	for (size_t i = 0; i < c->storage.devices; i++)
		if (!strcmp(c->storage.device[i].name, name) ||
		    !strcmp(c->storage.device[i].mapped, name))
			return i;
	fail_msg("no device is called %s", name);
	return 0;
}

static inline void case_on(struct fit_case *c, struct storage_device *device,
			   const char *list)
{
	char copy[200];
	char *rest = NULL;

	(void)snprintf(copy, sizeof(copy), "%s", list);
	for (char *name = strtok_r(copy, ",", &rest); name;
	     name = strtok_r(NULL, ",", &rest))
		device->on[device->ons++] = case_find(c, name);
}

static inline struct storage_mount *case_mount(struct fit_case *c,
					       size_t device, const char *place)
{
	struct storage_mount *mount = &c->storage.mount[c->storage.mounts++];

	*mount = (struct storage_mount){.device = device};
	(void)snprintf(mount->root, sizeof(mount->root), "/");
	(void)snprintf(mount->place, sizeof(mount->place), "%s", place);
	(void)snprintf(mount->type, sizeof(mount->type), "%s",
		       c->storage.device[device].fs.fs);
	(void)snprintf(mount->options, sizeof(mount->options), "rw,noatime");
	return mount;
}

static inline void case_subvolume(struct fit_case *c, size_t which,
				  const char *text, bool read_only)
{
	struct storage_device *device = &c->storage.device[which];
	struct storage_subvolume *sub;
	const char *place = strchr(text, '@') ? strrchr(text, '@') : NULL;
	struct storage_mount *mount;

	if (!device->subvolume)
		device->subvolume = calloc(16, sizeof(*device->subvolume));
	sub = &device->subvolume[device->subvolumes++];
	/* "@home@/home": the last one divides, when a place follows. */
	if (place && place[1] != '/')
		place = NULL;
	sub->id = 256 + device->subvolumes;
	sub->parent = 5;
	sub->path =
		strndup(text, place ? (size_t)(place - text) : strlen(text));
	sub->read_only = read_only;
	if (!place)
		return;
	mount = case_mount(c, which, place + 1);
	(void)snprintf(mount->root, sizeof(mount->root), "/%s", sub->path);
}

/* Features of what Debian 12 makes. */
static inline void case_fs(struct storage_device *device, const char *fs)
{
	struct superblock *sb = &device->fs;

	*sb = (struct superblock){.block = 4096, .group = 4096, .inode = 256};
	if (!strcmp(fs, "xfs")) {
		sb->version = 5;
		sb->inode = 512;
	} else if (!strcmp(fs, "vfat")) {
		sb->version = 32;
		sb->block = 512;
	}
	(void)snprintf(sb->fs, sizeof(sb->fs), "%s", fs);
	(void)snprintf(sb->uuid, sizeof(sb->uuid), "uuid-%.30s",
		       *device->mapped ? device->mapped : device->name);
	(void)snprintf(sb->label, sizeof(sb->label), "l%.10s", fs);
}

static inline void case_content(struct fit_case *c, size_t which, char *rest)
{
	struct storage_device *device = &c->storage.device[which];
	char *fs = strtok_r(rest, " ", &rest);
	size_t first = c->storage.mounts;
	uint64_t used = 0;
	uint64_t files = 0;

	if (!fs)
		return;
	case_fs(device, fs);
	for (char *word = strtok_r(NULL, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		if (!strncmp(word, "at=", 3))
			(void)case_mount(c, which, word + 3);
		else if (!strncmp(word, "used=", 5))
			used = case_size(word + 5);
		else if (!strncmp(word, "files=", 6))
			files = case_size(word + 6);
		else if (!strncmp(word, "sub=", 4))
			case_subvolume(c, which, word + 4, false);
		else if (!strncmp(word, "snap=", 5))
			case_subvolume(c, which, word + 5, true);
		else if (!strncmp(word, "devices=", 8))
			device->fs.devices = case_size(word + 8);
		else if (!strncmp(word, "root=", 5))
			(void)snprintf(
				c->storage.mount[c->storage.mounts - 1].root,
				STORAGE_PLACE, "%s", word + 5);
		else
			fail_msg("'%s' is no content", word);
	}
	for (size_t i = first; i < c->storage.mounts; i++) {
		struct storage_mount *mount = &c->storage.mount[i];

		mount->known = used != 0;
		mount->size = device->size;
		mount->used = used;
		mount->files = files;
	}
	if (!strcmp(fs, "swap"))
		c->storage.swap[c->storage.swaps++] =
			(struct storage_swap){.device = which};
}

#endif
