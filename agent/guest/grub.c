/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads from a system's grub.cfg what its first menu entry would start.  It
 * takes literal linux and initrd lines and refuses words with variables in the
 * paths: guessing a kernel is worse than a reboot.
 */
#include "guest/grub.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "guest/grub_bls.h"
#include "guest/grub_file.h"
#include "guest/grub_word.h"
#include "guest/tree.h"

#define CFG_LIMIT ((size_t)4 << 20)
#define ENV_LIMIT ((size_t)64 << 10)

static const char *const places[] = {"/boot/grub/grub.cfg",
				     "/boot/grub2/grub.cfg"};
static const char *const linux_words[] = {"linux", "linuxefi", "linux16", NULL};
static const char *const initrd_words[] = {"initrd", "initrdefi", "initrd16",
					   NULL};
static const char *const entry_words[] = {"menuentry", NULL};

/* One menu entry: its linux and its initrd line. */
struct block {
	const char *kernel;
	const char *initrd;
};

static bool begins(const char *at, const char *const *command)
{
	for (size_t i = 0; command[i]; i++) {
		size_t length = strlen(command[i]);

		if (!strncmp(at, command[i], length) &&
		    (at[length] == ' ' || at[length] == '\t'))
			return true;
	}
	return false;
}

/* The first entry with a linux line; an entry ends with a line "}". */
static bool find_block(const char *text, struct block *ret_block)
{
	struct block block = {0};
	bool inside = false;

	for (const char *line = text; *line;) {
		const char *end = strchrnul(line, '\n');
		const char *at = line + strspn(line, " \t");

		if (inside && (*at == '}' || begins(at, entry_words))) {
			if (block.kernel)
				break;
			inside = false;
			block = (struct block){0};
		}
		inside = inside || begins(at, entry_words);
		if (inside && !block.kernel && begins(at, linux_words))
			block.kernel = at;
		if (inside && !block.initrd && begins(at, initrd_words))
			block.initrd = at;
		line = *end ? end + 1 : end;
	}
	*ret_block = block;
	return inside && block.kernel;
}

/* The parameters, as a line for the kernel; NULL with errno set. */
static char *join_words(const struct grub_words *words)
{
	char *line = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&line, &length);

	if (!out)
		return NULL;
	for (size_t i = 2; i < words->count; i++) {
		const struct grub_word *word = &words->word[i];
		const char *quote = strpbrk(word->text, " \t") ? "\"" : "";

		if (word->kind == GRUB_WORD_MIXED) {
			(void)fclose(out);
			free(line);
			errno = EINVAL;
			return NULL;
		}
		if (word->kind == GRUB_WORD_PLAIN)
			(void)fprintf(out, "%s%s%s%s", ftell(out) ? " " : "",
				      quote, word->text, quote);
	}
	if (fclose(out) != 0) {
		free(line);
		errno = ENOMEM;
		return NULL;
	}
	return line;
}

/* For messages: a line may be a megabyte long. */
static int line_length(const char *line)
{
	size_t length = strcspn(line, "\r\n");

	return length < 100 ? (int)length : 100;
}

static int read_kernel(const char *root, const char *line,
		       struct grub_entry *entry, struct error **err)
{
	struct grub_words words = {0};
	int r = grub_words_read(line, strcspn(line, "\n"), &words);

	if (r == 0 && words.count < 2)
		r = -EINVAL;
	if (r < 0)
		goto out;
	entry->path = strdup(words.word[1].text);
	entry->kernel = grub_file_open(root, &words.word[1]);
	if (entry->kernel < 0) {
		r = entry->kernel;
		goto out;
	}
	entry->cmdline = join_words(&words);
	r = !entry->path ? -ENOMEM : !entry->cmdline ? -errno : 0;
out:
	if (r < 0)
		r = error_set(err, ERROR_CONVERT, -r, "grub.cfg: '%.*s'",
			      line_length(line), line);
	grub_words_done(&words);
	return r;
}

static int read_initrd(const char *root, const char *line,
		       struct grub_entry *entry, struct error **err)
{
	struct grub_words words = {0};
	int r = grub_words_read(line, strcspn(line, "\n"), &words);

	if (r == 0 && words.count < 2)
		r = -EINVAL;
	else if (r == 0 && words.count == 2)
		r = grub_file_open(root, &words.word[1]);
	else if (r == 0)
		r = grub_file_join(root, &words);
	grub_words_done(&words);
	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r, "grub.cfg: '%.*s'",
				 line_length(line), line);
	entry->initrd = r;
	return 0;
}

/* The whole menu may be in the EFI System Partition, in the directory of the
 * system: Red Hat's, up to 8. */
static int read_vendors(const char *root, char **ret_text)
{
	static const char top[] = "/boot/efi/EFI";
	char **names = NULL;
	int r = tree_list(root, top, &names);

	if (r < 0)
		return r;
	r = -ENOENT;
	for (size_t i = 0; r < 0 && names[i]; i++) {
		struct block block;
		char *path = NULL;
		char *text = NULL;

		if (asprintf(&path, "%s/%s/grub.cfg", top, names[i]) < 0)
			break;
		if (tree_read(root, path, CFG_LIMIT, &text) == 0 &&
		    (find_block(text, &block) || grub_bls_first(text, NULL))) {
			*ret_text = text;
			text = NULL;
			r = 0;
		}
		free(path);
		free(text);
	}
	tree_free_list(names);
	return r;
}

static int read_config(const char *root, char **ret_text, struct error **err)
{
	int r = -ENOENT;

	for (size_t i = 0; r < 0 && i < 2; i++) {
		r = tree_read(root, places[i], CFG_LIMIT, ret_text);
		if (r < 0 && r != -ENOENT)
			return error_set(err, ERROR_CONVERT, -r,
					 "%s of the copied system", places[i]);
	}
	if (r < 0)
		r = read_vendors(root, ret_text);
	if (r < 0)
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "no grub.cfg in the copied system");
	return 0;
}

static int read_lines(const char *root, const char *kernel, const char *initrd,
		      struct grub_entry *entry, struct error **err)
{
	int r = read_kernel(root, kernel, entry, err);

	if (r == 0 && initrd)
		r = read_initrd(root, initrd, entry, err);
	return r;
}

static int read_entries(const char *root, const char *text,
			struct grub_entry *entry, struct error **err)
{
	char *kernel = NULL;
	char *initrd = NULL;
	int r = grub_bls_read(root, text, &kernel, &initrd);

	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r,
				 "grub.cfg goes on to /boot/loader/entries");
	r = read_lines(root, kernel, initrd, entry, err);
	free(kernel);
	free(initrd);
	return r;
}

/* The environment block remembers an entry. */
static bool remembers(const char *root)
{
	static const char *const blocks[] = {"/boot/grub/grubenv",
					     "/boot/grub2/grubenv"};
	bool found = false;

	for (size_t i = 0; !found && i < 2; i++) {
		char *text = NULL;
		const char *at;

		if (tree_read(root, blocks[i], ENV_LIMIT, &text) < 0)
			continue;
		at = strstr(text, "\nsaved_entry=");
		found = at && !strchr("\n", at[13]) &&
			strncmp(at + 13, "0\n", 2) != 0;
		free(text);
	}
	return found;
}

/* The default is the first entry, as every distribution writes it: a number or
 * what grubenv remembers.  Any other value is only GRUB's to look up. */
static bool starts_first(const char *root, const char *text)
{
	static const char key[] = "set default=";
	bool saved = false;

	for (const char *line = text; *line;) {
		const char *at = line + strspn(line, " \t");

		if (!strncmp(at, key, strlen(key))) {
			at += strlen(key);
			at += *at == '"';
			if (!strncmp(at, "${saved_entry}", 14))
				saved = true;
			else if (strncmp(at, "${next_entry}", 13) != 0 &&
				 (*at != '0' || !strchr("\"\r\n", at[1])))
				return false;
		}
		line = strchrnul(line, '\n');
		line += *line == '\n';
	}
	return !saved || !remembers(root);
}

int grub_read(const char *root, struct grub_entry *ret_entry,
	      struct error **err)
{
	struct grub_entry entry = {.kernel = -1, .initrd = -1};
	struct block block = {0};
	char *text = NULL;
	bool found;
	int r = read_config(root, &text, err);

	if (r < 0)
		return r;
	found = find_block(text, &block);
	/* With blscfg it is the default that is read. */
	entry.is_default = grub_bls_first(text, found ? block.kernel : NULL) ||
			   starts_first(root, text);
	if (grub_bls_first(text, found ? block.kernel : NULL))
		r = read_entries(root, text, &entry, err);
	else if (found)
		r = read_lines(root, block.kernel, block.initrd, &entry, err);
	else
		r = error_set(err, ERROR_CONVERT, ENOENT,
			      "grub.cfg has no menu entry with a linux line");
	free(text);
	if (r < 0)
		grub_done(&entry);
	else
		*ret_entry = entry;
	return r;
}

void grub_done(struct grub_entry *entry)
{
	if (entry->kernel >= 0)
		(void)close(entry->kernel);
	if (entry->initrd >= 0)
		(void)close(entry->initrd);
	free(entry->path);
	free(entry->cmdline);
	*entry = (struct grub_entry){.kernel = -1, .initrd = -1};
}
