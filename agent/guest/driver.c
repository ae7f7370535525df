/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which modules of a kernel drive a device.  All texts are the guest's, so a
 * path that leads out of its directory is dropped, and a chain of dependencies
 * ends because each module is taken once.
 */
#include "guest/driver.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/depmod.h"
#include "guest/modalias.h"
#include "guest/tree.h"

#define TEXT_MAX       ((size_t)64 << 20)
#define NAME_MAX_BYTES 64 /* MODULE_NAME_LEN of the kernel */

/* A key and what belongs to it, both in one of the texts. */
struct pair {
	const char *key;
	char *value;
	const char *more;
};

struct pairs {
	struct pair *pair;
	size_t count;
	size_t room;
};

enum text { DEP, ALIAS, SOFTDEP, BUILTIN, MODINFO, TEXTS };

struct driver_index {
	char *text[TEXTS];
	struct pairs module;  /* name, path, paths; sorted */
	struct pairs alias;   /* pattern, module */
	struct pairs softdep; /* module, words */
	struct pairs builtin; /* name, path; sorted */
	struct pairs built_alias;
	char **own; /* names that are in no text */
	size_t owned;
};

static int add_pair(struct pairs *pairs, const char *key, char *value,
		    const char *more)
{
	if (pairs->count == pairs->room) {
		size_t room = pairs->room ? pairs->room * 2 : 256;
		struct pair *grown =
			reallocarray(pairs->pair, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		pairs->pair = grown;
		pairs->room = room;
	}
	pairs->pair[pairs->count++] = (struct pair){key, value, more};
	return 0;
}

static int by_key(const void *a, const void *b)
{
	const struct pair *one = a;
	const struct pair *other = b;

	return strcmp(one->key, other->key);
}

static void sort_pairs(struct pairs *pairs)
{
	if (pairs->count)
		qsort(pairs->pair, pairs->count, sizeof(*pairs->pair), by_key);
}

static struct pair *find_pair(const struct pairs *pairs, const char *key)
{
	struct pair wanted = {.key = key};

	if (!pairs->count)
		return NULL;
	return bsearch(&wanted, pairs->pair, pairs->count, sizeof(*pairs->pair),
		       by_key);
}

/* Keeps a text of ours for as long as the index. */
static const char *own_name(struct driver_index *index, const char *path)
{
	char name[NAME_MAX_BYTES];
	char **grown;

	if (!depmod_module_name(path, name, sizeof(name)))
		return "";
	grown = reallocarray(index->own, index->owned + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	index->own = grown;
	grown[index->owned] = strdup(name);
	return grown[index->owned] ? grown[index->owned++] : NULL;
}

/* Inside the modules' directory: old ones are written in full. */
static char *inside(char *path)
{
	char *at;

	if (*path == '/') {
		at = strstr(path, "/lib/modules/");
		at = at ? strchr(at + strlen("/lib/modules/"), '/') : NULL;
		if (!at)
			return NULL;
		path = at + 1;
	}
	for (at = path; (at = strstr(at, "..")); at += 2)
		if ((at == path || at[-1] == '/') &&
		    (at[2] == '/' || at[2] == '\0'))
			return NULL;
	for (at = path; *at; at++)
		if (*at < '!' || *at > '~')
			return NULL;
	return *path ? path : NULL;
}

/* "kernel/a.ko: kernel/b.ko kernel/c.ko", or without the part behind ":". */
static int add_module(struct driver_index *index, struct pairs *pairs,
		      char *line)
{
	char *colon = strchr(line, ':');
	char *path;
	const char *name;

	if (colon)
		*colon = '\0';
	line[strcspn(line, " \t\r")] = '\0';
	path = inside(line);
	name = path ? own_name(index, path) : "";
	if (!name)
		return -ENOMEM;
	return *name ? add_pair(pairs, name, path, colon ? colon + 1 : "") : 0;
}

/* "alias PATTERN MODULE", "softdep MODULE pre: WORDS". */
static int add_words(struct pairs *pairs, const char *keyword, char *line)
{
	size_t length = strlen(keyword);
	char *end;

	if (strncmp(line, keyword, length) != 0 || line[length] != ' ')
		return 0;
	line += length + 1;
	end = strchr(line, ' ');
	if (!end)
		return 0;
	*end = '\0';
	return add_pair(pairs, line, end + 1, "");
}

static int read_lines(struct driver_index *index, enum text which)
{
	char *line = index->text[which];
	int r = 0;

	while (r == 0 && line && *line) {
		char *next = strchr(line, '\n');

		if (next)
			*next++ = '\0';
		switch (which) {
		case DEP:
		case BUILTIN:
			r = add_module(index,
				       which == DEP ? &index->module
						    : &index->builtin,
				       line);
			break;
		case ALIAS:
			r = add_words(&index->alias, "alias", line);
			break;
		case SOFTDEP:
			r = add_words(&index->softdep, "softdep", line);
			break;
		default:
			break;
		}
		line = next;
	}
	return r;
}

/* "MODULE.alias=PATTERN", each with a zero byte behind it. */
static int read_modinfo(struct driver_index *index, char *text, size_t length)
{
	int r = 0;

	for (char *at = text; r == 0 && at < text + length;
	     at += strlen(at) + 1) {
		char *value = strstr(at, ".alias=");

		if (value)
			r = add_pair(&index->built_alias,
				     value + strlen(".alias="), at, "");
	}
	return r;
}

static int read_texts(struct driver_index *index, const char *root,
		      const char *directory, struct error **err)
{
	static const char *const name[TEXTS] = {"dep", "alias", "softdep",
						"builtin", "builtin.modinfo"};
	int r = 0;

	for (size_t i = 0; r == 0 && i < TEXTS; i++) {
		char *path = NULL;
		size_t length = 0;

		if (asprintf(&path, "%s/modules.%s", directory, name[i]) < 0)
			return error_memory(err);
		r = tree_load(root, path, TEXT_MAX, &index->text[i], &length);
		if (r == -ENOENT && i > ALIAS)
			r = 0;
		else if (r < 0)
			(void)error_set(err, ERROR_CONVERT, -r, "read '%s'",
					path);
		else if (i == MODINFO)
			r = read_modinfo(index, index->text[i], length);
		else
			r = read_lines(index, (enum text)i);
		if (r < 0 && err && !*err)
			(void)error_memory(err);
		free(path);
	}
	return r;
}

int driver_open(const char *root, const char *directory,
		struct driver_index **ret_index, struct error **err)
{
	struct driver_index *index = calloc(1, sizeof(*index));
	int r;

	if (!index)
		return error_memory(err);
	r = read_texts(index, root, directory, err);
	if (r < 0) {
		driver_close(index);
		return r;
	}
	sort_pairs(&index->module);
	sort_pairs(&index->builtin);
	*ret_index = index;
	return 0;
}

void driver_close(struct driver_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < TEXTS; i++)
		free(index->text[i]);
	for (size_t i = 0; i < index->owned; i++)
		free(index->own[i]);
	free(index->own);
	free(index->module.pair);
	free(index->alias.pair);
	free(index->softdep.pair);
	free(index->builtin.pair);
	free(index->built_alias.pair);
	free(index);
}

/* Each module once; -ENOMEM. */
static int take(struct drivers *drivers, const struct pair *module)
{
	struct driver *grown;

	for (size_t i = 0; i < drivers->count; i++)
		if (!strcmp(drivers->driver[i].name, module->key))
			return 0;
	grown = reallocarray(drivers->driver, drivers->count + 1,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	drivers->driver = grown;
	grown[drivers->count++] = (struct driver){module->key, module->value};
	return 0;
}

int driver_match(const struct driver_index *index, const char *word,
		 struct drivers *drivers, enum driver_answer *ret_answer)
{
	char name[NAME_MAX_BYTES];
	struct pair *found;
	int r = 0;

	*ret_answer = DRIVER_NONE;
	(void)snprintf(name, sizeof(name), "%s", word);
	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : *c;
	found = find_pair(&index->module, name);
	if (found) {
		*ret_answer = DRIVER_MODULE;
		return take(drivers, found);
	}
	if (find_pair(&index->builtin, name)) {
		*ret_answer = DRIVER_BUILTIN;
		return 0;
	}
	for (size_t i = 0; r == 0 && i < index->alias.count; i++) {
		const struct pair *alias = &index->alias.pair[i];

		if (!modalias_matches(alias->key, word))
			continue;
		found = find_pair(&index->module, alias->value);
		if (!found)
			continue;
		*ret_answer = DRIVER_MODULE;
		r = take(drivers, found);
	}
	for (size_t i = 0;
	     *ret_answer == DRIVER_NONE && i < index->built_alias.count; i++)
		if (modalias_matches(index->built_alias.pair[i].key, word))
			*ret_answer = DRIVER_BUILTIN;
	return r;
}

/* What one module asks for, words between blanks: paths, or names. */
static int add_list(const struct driver_index *index, const char *list,
		    struct drivers *drivers)
{
	int r = 0;

	while (r == 0 && *(list += strspn(list, " \t\r"))) {
		size_t length = strcspn(list, " \t\r");
		char *word = strndup(list, length);
		char name[NAME_MAX_BYTES];
		enum driver_answer answer;

		if (!word)
			return -ENOMEM;
		if (depmod_module_name(word, name, sizeof(name)))
			r = driver_match(index, name, drivers, &answer);
		else if (word[length - 1] != ':')
			r = driver_match(index, word, drivers, &answer);
		free(word);
		list += length;
	}
	return r;
}

int driver_add(const struct driver_index *index, const char *word,
	       struct drivers *drivers, enum driver_answer *ret_answer)
{
	size_t done = drivers->count;
	int r = driver_match(index, word, drivers, ret_answer);

	for (; r == 0 && done < drivers->count; done++) {
		const char *name = drivers->driver[done].name;
		struct pair *module = find_pair(&index->module, name);

		r = add_list(index, module->more, drivers);
		for (size_t i = 0; r == 0 && i < index->softdep.count; i++)
			if (modalias_matches(index->softdep.pair[i].key, name))
				r = add_list(index,
					     index->softdep.pair[i].value,
					     drivers);
	}
	return r;
}

/* A line of modules.dep holds all of them, not only the next. */
int driver_need(const struct driver_index *index, const char *name,
		struct drivers *drivers)
{
	enum driver_answer answer;
	const struct pair *module;
	int r = driver_match(index, name, drivers, &answer);

	module = answer == DRIVER_MODULE ? find_pair(&index->module, name)
					 : NULL;
	return r == 0 && module ? add_list(index, module->more, drivers) : r;
}

void driver_free(struct drivers *drivers)
{
	free(drivers->driver);
	*drivers = (struct drivers){0};
}
