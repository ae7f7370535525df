/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of kernel command lines, wherever a system keeps them.  A word is
 * changed where it stands: quoting, order and all other words stay.  It
 * refuses to guess: a name that is not found stays and is told.
 */
#include "guest/names_kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/devicename_old.h"
#include "guest/names_known.h"
#include "guest/names_place.h"
#include "guest/newlayout_kernel.h"
#include "guest/text.h"

#define STEP "kernel line"

/* No name of a device is longer. */
#define NAME_BYTES 300

/* Words that take a device, and what is expected there. */
static const struct key {
	const char *name;
	const char *type;
	bool root;  /* the root's own volume is likely */
	bool parts; /* more may follow behind a colon */
	bool path;  /* a path, no tag, is understood there */
	bool opens; /* no device: of a layout's business only */
} keys[] = {
	{"root=", "auto", true, false, false, false},
	{"real_root=", "auto", true, false, false, false},
	{"resume=", "swap", false, false, false, false},
	{"RESUME=", "swap", false, false, false, false},
	{"ROOT=", "auto", true, false, false, false},
	{"cryptdevice=", "crypto_LUKS", false, true, false, false},
	{"boot=", "auto", false, false, false, false},
	{"mount.usr=", "auto", false, false, false, false},
	{"GRUB_DEVICE=", "auto", true, false, true, false},
	{"GRUB_DEVICE_BOOT=", "auto", false, false, true, false},
	{"What=", "auto", false, false, true, false},
	{"rootfstype=", NULL, false, false, false, true},
	{"rd.luks.uuid=", NULL, false, false, false, true},
	{"rd.luks.name=", NULL, false, false, false, true},
	{"rd.luks.options=", NULL, false, false, false, true},
	{"rd.luks.key=", NULL, false, false, false, true},
	{"luks.uuid=", NULL, false, false, false, true},
	{"luks.name=", NULL, false, false, false, true},
	{"luks.options=", NULL, false, false, false, true},
	{"luks.key=", NULL, false, false, false, true},
	{"rd.md.uuid=", NULL, false, false, false, true},
};

/* One word: the value's place in the text. */
struct word {
	const struct key *key;
	size_t at;
	size_t length;
};

static bool starts_word(const char *text, size_t at)
{
	return at == 0 || strchr(" \t\n\"'=(", text[at - 1]);
}

/* The next word with a device in text[*at..end). */
static bool next_word(const char *text, size_t *at, size_t end,
		      struct word *ret_word)
{
	for (size_t i = *at; i < end; i++) {
		if (!starts_word(text, i))
			continue;
		for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
			size_t length = strlen(keys[k].name);
			struct word word = {&keys[k], i + length, 0};

			if (end - i < length ||
			    strncmp(text + i, keys[k].name, length) != 0)
				continue;
			/* NAME="/dev/sda1" of a shell's file. */
			if (word.at < end && strchr("\"'", text[word.at]))
				word.at++;
			word.length = strcspn(text + word.at, " \t\r\n\"';)");
			if (word.at + word.length > end)
				word.length = end - word.at;
			*at = word.at + word.length;
			if (word.length > NAME_BYTES) {
				i = *at;
				break;
			}
			*ret_word = word;
			return true;
		}
	}
	return false;
}

/* The device of a word; behind a colon stands what else the word takes.  A
 * name by path has colons of its own. */
static char *device_of(const char *text, struct word *word)
{
	char *name = strndup(text + word->at, word->length);
	struct devicename_old old = {0};

	if (name && word->key->parts &&
	    devicename_old_kind(name) == DEVICENAME_OLD_TAG)
		name[strcspn(name, ":")] = '\0';
	while (name && word->key->parts && strchr(name, ':') &&
	       !(devicename_old_read(name, &old) && old.number))
		*strrchr(name, ':') = '\0';
	if (name)
		word->length = strlen(name);
	return name;
}

static const char *step_of(const struct names_place *place)
{
	return place->kind == NAMES_PLACE_UNIT ? "mount unit" : STEP;
}

static void tell_lost(struct names *names, const struct names_place *place,
		      const struct word *word, const char *device,
		      const char *why)
{
	steps_add(&names->convert->steps,
		  word->key->root ? STEP_FAILED : STEP_SKIPPED, step_of(place),
		  "%s: %s%s: %s; left as it is", place->path, word->key->name,
		  device, why);
}

/* The word and the blank before it; what may follow behind a colon, too. */
static void remove_word(const struct word *word, struct text_edit *edit)
{
	size_t at = word->at - strlen(word->key->name);
	size_t end = word->at + strcspn(edit->old + word->at, " \t\r\n\"';)");

	if (at > edit->done && strchr(" \t", edit->old[at - 1]))
		at--;
	text_replace(edit, at, end - at, "");
}

/* A layout that is another one knows for certain.  True: all is done. */
static bool edit_by_layout(struct names *names, const struct names_place *place,
			   const struct newlayout_word *fresh,
			   const struct word *word, struct text_edit *edit)
{
	struct steps *steps = &names->convert->steps;
	const char *why = "it has no name of its own";
	char *value = NULL;

	switch (newlayout_kernel(names->convert->layout, fresh, &value, &why)) {
	case NEWLAYOUT_WORD_FOREIGN:
		return word->key->opens;
	case NEWLAYOUT_WORD_KEEP:
		break;
	case NEWLAYOUT_WORD_CHANGE:
		if (!value) {
			tell_lost(names, place, word, fresh->value, why);
			break;
		}
		text_replace(edit, word->at, word->length, value);
		steps_add(steps, STEP_DONE, step_of(place), "%s: %s%s is %s",
			  place->path, fresh->key, fresh->value, value);
		break;
	case NEWLAYOUT_WORD_REMOVE:
		remove_word(word, edit);
		steps_add(steps, STEP_DONE, step_of(place),
			  "%s: %s%s is taken away: %s", place->path, fresh->key,
			  fresh->value, why);
		break;
	case NEWLAYOUT_WORD_LOST:
		tell_lost(names, place, word, fresh->value, why);
		break;
	}
	free(value);
	return true;
}

static int edit_word(struct names *names, const struct names_place *place,
		     bool initramfs, struct word *word, struct text_edit *edit)
{
	const struct volume *likely =
		word->key->root ? names->convert->root_volume : NULL;
	char *device = device_of(edit->old, word);
	struct newlayout_word fresh = {.key = word->key->name,
				       .root = word->key->root,
				       .form = word->key->path ? DEVICENAME_PATH
					       : initramfs
						       ? DEVICENAME_TAG
						       : DEVICENAME_PARTUUID};
	struct devicename found = {0};
	char *name = NULL;

	if (!device)
		return -ENOMEM;
	fresh.value = device;
	if ((!names->convert->layout && word->key->opens) ||
	    (names->convert->layout &&
	     edit_by_layout(names, place, &fresh, word, edit))) {
		free(device);
		return 0;
	}
	found = devicename_resolve(&names->order, device, word->key->type,
				   likely);
	if (found.verdict == DEVICENAME_MOVED) {
		name = devicename_write(names->convert->volumes, found.volume,
					fresh.form);
		if (!name)
			(void)snprintf(found.why, sizeof(found.why),
				       "%s has no UUID that can stand here",
				       found.volume->device);
	}
	if (name) {
		text_replace(edit, word->at, word->length, name);
		steps_add(&names->convert->steps, STEP_DONE, step_of(place),
			  "%s: %s%s is %s", place->path, word->key->name,
			  device, name);
	} else if (*found.why) {
		tell_lost(names, place, word, device, found.why);
	}
	free(name);
	free(device);
	return 0;
}

/* Words for the entries of a whole file stand in none of them. */
static bool is_default(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#' || !strncmp(line, "set", 3);
}

static int edit_text_of(struct names *names, const struct names_place *place,
			const char *text, char **ret_text, struct error **err)
{
	struct text_edit edit = {.old = text};
	bool tells = names_place_tells(place);
	bool initramfs = names->initramfs;
	size_t start = 0;
	size_t block = 0;
	int r = 0;

	while (r == 0 && text[start]) {
		size_t end = start + strcspn(text + start, "\n");
		bool counts = names_place_counts(place, text + start);
		struct word word;
		size_t at = start;

		if (tells && start >= block)
			initramfs =
				names_place_block(place, text, start, &block);
		while (r == 0 && counts && next_word(text, &at, end, &word))
			r = edit_word(names, place,
				      is_default(text + start)
					      ? names->initramfs
					      : initramfs,
				      &word, &edit);
		start = end + (text[end] == '\n');
	}
	*ret_text = text_finish(&edit);
	if (r < 0 || !*ret_text)
		return error_memory(err);
	return edit.changes > 0;
}

/* GRUB's environment block keeps its size: the padding gives or takes. */
static bool fit_block(const char *old, char **text)
{
	size_t size = strlen(old);
	size_t length = strlen(*text);
	char *grown;

	while (length > size && (*text)[length - 1] == '#')
		length--;
	if (length > size)
		return false;
	grown = realloc(*text, size + 1);
	if (!grown)
		return false;
	memset(grown + length, '#', size - length);
	grown[size] = '\0';
	*text = grown;
	return true;
}

static int edit_place(struct names *names, const struct names_place *place,
		      struct error **err)
{
	char *text = NULL;
	char *fresh = NULL;
	int r = text_read(names->convert, step_of(place), place->path, &text,
			  err);

	if (r <= 0)
		return r;
	r = edit_text_of(names, place, text, &fresh, err);
	if (r > 0 && place->kind == NAMES_PLACE_BLOCK &&
	    !fit_block(text, &fresh)) {
		steps_add(&names->convert->steps, STEP_FAILED, STEP,
			  "%s: the new names do not fit into it", place->path);
		r = 0;
	}
	if (r > 0)
		r = text_write(names->convert, step_of(place), place->path,
			       fresh, err);
	free(text);
	free(fresh);
	return r < 0 ? r : 0;
}

static int note_place(struct names *names, const struct names_place *place,
		      struct error **err)
{
	char *text = NULL;
	int r = text_read(names->convert, NULL, place->path, &text, err);
	size_t start = 0;

	while (r > 0 && text[start]) {
		size_t end = start + strcspn(text + start, "\n");
		struct word word;
		size_t at = start;

		while (names_place_counts(place, text + start) &&
		       next_word(text, &at, end, &word)) {
			char *name = device_of(text, &word);

			if (name && !word.key->opens && word.key->root &&
			    names->convert->root_volume)
				devicename_anchor(&names->order, name,
						  names->convert->root_volume);
			if (name && !word.key->opens)
				devicename_note(&names->order, name);
			free(name);
		}
		start = end + (text[end] == '\n');
	}
	free(text);
	return r < 0 ? r : 0;
}

typedef int do_place(struct names *names, const struct names_place *place,
		     struct error **err);

static int each(struct names *names, do_place *act, struct error **err)
{
	struct names_place *places = NULL;
	size_t count = 0;
	int r = names_place_list(names->convert->root, &places, &count, err);

	for (size_t i = 0; r == 0 && i < count; i++)
		r = act(names, &places[i], err);
	names_place_free(places, count);
	return r;
}

int names_kernel_note(struct names *names, struct error **err)
{
	return each(names, note_place, err);
}

int names_kernel(struct names *names, struct error **err)
{
	size_t before = names->convert->steps.count;
	int r = each(names, edit_place, err);

	if (r == 0 && names->convert->steps.count == before)
		steps_add(&names->convert->steps, STEP_SKIPPED, STEP,
			  "every name in the boot menus means the same here");
	return r;
}
