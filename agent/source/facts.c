/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a source machine says of itself, as numbers and bounded texts.  All of
 * it is a claim of somebody else: nothing in it is believed to be of a certain
 * type, length or amount, and what is not as it should be is left out.
 */
#include "source/facts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "source/answer_text.h"
#include "source/inventory.h"

#define NUMBER_MAX ((json_int_t)1 << 62)

static const json_t *at(const json_t *json, const char *key)
{
	return json_object_get(json, key);
}

static bool has_number(const json_t *json, const char *key)
{
	const json_t *value = at(json, key);

	return json_is_integer(value) && json_integer_value(value) >= 0 &&
	       json_integer_value(value) < NUMBER_MAX;
}

static uint64_t number(const json_t *json, const char *key)
{
	return has_number(json, key)
		       ? (uint64_t)json_integer_value(at(json, key))
		       : 0;
}

static bool is_true(const json_t *json, const char *key)
{
	return json_is_true(at(json, key));
}

static enum facts_truth truth(const json_t *json, const char *key)
{
	const json_t *value = at(json, key);

	return json_is_true(value)    ? FACTS_YES
	       : json_is_false(value) ? FACTS_NO
				      : FACTS_UNKNOWN;
}

/* "0.31 0.20 …": the first of them; negative when it is none. */
static double first_number(const json_t *json, const char *key)
{
	const char *text = json_string_value(at(json, key));
	double value = -1;
	char *end = NULL;

	/* Digits and a point, nothing else that strtod() would take. */
	if (text && *text >= '0' && *text <= '9')
		value = strtod(text, &end);
	return value >= 0 && value < 1e12 ? value : -1;
}

/* How many of a list are taken; room for them in *ret. */
static int make_room(const json_t *list, size_t most, size_t each, void **ret,
		     struct facts *facts)
{
	size_t count = json_array_size(list);

	if (count > most) {
		count = most;
		facts->cut = true;
	}
	*ret = calloc(count + 1, each);
	return *ret ? (int)count : -1;
}

static int take_parts(const json_t *list, struct facts_disk *disk,
		      struct facts *facts)
{
	void *room;
	int count = make_room(list, FACTS_PARTS_MAX, sizeof(*disk->part), &room,
			      facts);

	disk->part = room;
	for (int i = 0; i < count; i++) {
		const json_t *json = json_array_get(list, (size_t)i);
		struct facts_part *part = &disk->part[disk->parts++];

		ANSWER_TEXT(json, "name", part->name);
		ANSWER_TEXT(json, "fs", part->fs);
		part->number = number(json, "number");
		part->start = number(json, "start");
		part->size = number(json, "size");
	}
	return count;
}

static int take_uses(const json_t *list, struct facts_disk *disk,
		     struct facts *facts)
{
	void *room;
	int count = make_room(list, FACTS_USES_MAX, sizeof(*disk->use), &room,
			      facts);

	disk->use = room;
	for (int i = 0; i < count; i++) {
		const json_t *json = json_array_get(list, (size_t)i);
		struct facts_use *use = &disk->use[disk->uses++];

		ANSWER_TEXT(json, "what", use->what);
		ANSWER_TEXT(json, "device", use->device);
		ANSWER_TEXT(json, "place", use->place);
		ANSWER_TEXT(json, "type", use->type);
		use->write = is_true(json, "write");
		use->size = number(json, "size");
		use->used = number(json, "used");
		use->known = has_number(json, "size") &&
			     has_number(json, "used") && use->used <= use->size;
	}
	return count;
}

static int take_layers(const json_t *list, struct facts_disk *disk,
		       struct facts *facts)
{
	void *room;
	int count = make_room(list, FACTS_LAYERS_MAX, sizeof(*disk->layer),
			      &room, facts);

	disk->layer = room;
	for (int i = 0; i < count; i++) {
		const json_t *json = json_array_get(list, (size_t)i);
		struct facts_layer *layer = &disk->layer[disk->layers++];

		ANSWER_TEXT(json, "name", layer->name);
		ANSWER_TEXT(json, "label", layer->label);
		ANSWER_TEXT(json, "kind", layer->kind);
	}
	return count;
}

static int take_disk(const json_t *json, struct facts_disk *disk,
		     struct facts *facts)
{
	ANSWER_TEXT(json, "name", disk->name);
	disk->size = number(json, "size");
	disk->block = number(json, "block");
	disk->physical = number(json, "physical");
	disk->read_only = is_true(json, "read_only");
	disk->removable = is_true(json, "removable");
	disk->rotational = is_true(json, "rotational");
	ANSWER_TEXT(json, "vendor", disk->vendor);
	ANSWER_TEXT(json, "model", disk->model);
	ANSWER_TEXT(json, "serial", disk->serial);
	ANSWER_TEXT(json, "wwn", disk->wwn);
	ANSWER_TEXT(json, "bus", disk->bus);
	ANSWER_TEXT(json, "table", disk->table);
	ANSWER_TEXT(json, "fs", disk->fs);
	disk->counted = has_number(json, "was_written");
	disk->was_written = number(json, "was_written");
	if (take_parts(at(json, "parts"), disk, facts) < 0 ||
	    take_uses(at(json, "users"), disk, facts) < 0 ||
	    take_layers(at(json, "layers"), disk, facts) < 0)
		return -1;
	return 0;
}

static int take_disks(const json_t *list, struct facts *facts)
{
	void *room;
	int count = make_room(list, FACTS_DISKS_MAX, sizeof(*facts->disk),
			      &room, facts);

	facts->disk = room;
	for (int i = 0; i < count; i++) {
		const json_t *json = json_array_get(list, (size_t)i);

		if (!inventory_is_name(json_string_value(at(json, "name"))))
			continue;
		if (take_disk(json, &facts->disk[facts->disks++], facts) < 0)
			return -1;
	}
	return count;
}

static void take_places(const json_t *list, struct facts *facts)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *json = json_array_get(list, i);
		struct facts_place *place = &facts->place[facts->places];

		if (facts->places == FACTS_PLACES_MAX) {
			facts->cut = true;
			break;
		}
		facts->places++;
		ANSWER_TEXT(json, "path", place->path);
		place->free = number(json, "free");
		place->noexec = is_true(json, "noexec");
	}
}

static void take_machine(const json_t *json, struct facts *facts)
{
	ANSWER_TEXT(json, "version", facts->version);
	ANSWER_TEXT(json, "hostname", facts->hostname);
	ANSWER_TEXT(json, "kernel", facts->kernel);
	ANSWER_TEXT(json, "arch", facts->arch);
	ANSWER_TEXT(json, "os", facts->os);
	ANSWER_TEXT(json, "os_id", facts->os_id);
	ANSWER_TEXT(json, "os_version", facts->os_version);
	ANSWER_TEXT(json, "boot_id", facts->boot_id);
	ANSWER_TEXT(json, "vendor", facts->vendor);
	ANSWER_TEXT(json, "product", facts->product);
	ANSWER_TEXT(json, "firmware", facts->firmware);
	ANSWER_TEXT(json, "container", facts->container);
	ANSWER_TEXT(json, "lockdown", facts->lockdown);
	ANSWER_TEXT(json, "tracing", facts->tracing);
	facts->root = truth(json, "root");
	facts->secure_boot = truth(json, "secure_boot");
	facts->zfs = is_true(json, "zfs");
	facts->tracefs = is_true(json, "tracefs");
	facts->load = first_number(json, "load");
	facts->uptime = first_number(json, "uptime");
	facts->time = number(json, "time");
	facts->cpus = number(json, "cpus");
	facts->memory = number(json, "memory");
	facts->memory_free = number(json, "memory_free");
	facts->swap = number(json, "swap");
	facts->swap_free = number(json, "swap_free");
	take_places(at(json, "places"), facts);
}

int facts_parse(const char *name, const void *text, size_t length,
		struct facts *ret, struct error **err)
{
	json_t *json = json_loadb(text, length, 0, NULL);
	int r = 0;

	*ret = (struct facts){0};
	if (!json_is_object(json)) {
		r = error_set(err, ERROR_SOURCE, 0,
			      "%s: what it says of itself is not JSON", name);
		goto out;
	}
	take_machine(json, ret);
	if (take_disks(at(json, "disks"), ret) < 0)
		r = error_memory(err);
	if (r < 0)
		facts_done(ret);
out:
	json_decref(json);
	return r;
}

void facts_done(struct facts *facts)
{
	for (size_t i = 0; i < facts->disks; i++) {
		free(facts->disk[i].part);
		free(facts->disk[i].use);
		free(facts->disk[i].layer);
	}
	free(facts->disk);
	*facts = (struct facts){0};
}

const struct facts_disk *facts_disk(const struct facts *facts, const char *name)
{
	if (!strncmp(name, "/dev/", 5))
		name += 5;
	for (size_t i = 0; i < facts->disks; i++)
		if (!strcmp(facts->disk[i].name, name))
			return &facts->disk[i];
	return NULL;
}

bool facts_is_own(const struct facts_disk *disk)
{
	return !disk->removable;
}

/* A file system may be mounted several times. */
static bool is_first(const struct facts_disk *disk, size_t use)
{
	for (size_t i = 0; i < use; i++)
		if (disk->use[i].known &&
		    !strcmp(disk->use[i].device, disk->use[use].device))
			return false;
	return true;
}

bool facts_used(const struct facts_disk *disk, uint64_t *ret_bytes)
{
	bool known = false;

	*ret_bytes = 0;
	for (size_t i = 0; i < disk->uses; i++) {
		const struct facts_use *use = &disk->use[i];

		if (strcmp(use->what, "mount") || !use->known ||
		    !is_first(disk, i))
			continue;
		known = true;
		/* Below 2^62 each, and 256 of them at most. */
		if (__builtin_add_overflow(*ret_bytes, use->used, ret_bytes))
			*ret_bytes = UINT64_MAX;
	}
	if (*ret_bytes > disk->size)
		*ret_bytes = disk->size;
	return known;
}
