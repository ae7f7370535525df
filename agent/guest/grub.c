/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads from a system's grub.cfg what its first menu entry would start.  It
 * takes literal linux and initrd lines and refuses words with variables in the
 * paths: guessing a kernel is worse than a reboot.
 */
#include "guest/grub.h"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "guest/grub_word.h"
#include "guest/tree.h"

#define CFG_LIMIT    ((size_t)4 << 20)
#define INITRD_LIMIT ((off_t)512 << 20)

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

/* What a path of GRUB's may be in the root: the file system it starts at may
 * be mounted on /boot, or hold the root in a subvolume. */
static int open_file(const char *root, const char *path)
{
	char *below_boot = NULL;
	int fd = tree_open(root, path);

	if (fd != -ENOENT)
		return fd;
	if (asprintf(&below_boot, "/boot%s", path) < 0)
		return -ENOMEM;
	fd = tree_open(root, below_boot);
	free(below_boot);
	if (fd == -ENOENT &&
	    (!strncmp(path, "/@", 2) || !strncmp(path, "/root/", 6))) {
		const char *rest = strchr(path + 1, '/');

		fd = rest ? tree_open(root, rest) : -ENOENT;
	}
	return fd;
}

static int open_word(const char *root, const struct grub_word *word)
{
	static const char *const here[] = {"($root)", "(${root})"};
	const char *path = word->text;
	struct stat st;
	int fd;

	for (size_t i = 0; i < 2; i++)
		if (!strncmp(path, here[i], strlen(here[i])))
			path += strlen(here[i]);
	if (*path != '/' || strchr(path, '$'))
		return -EINVAL;
	fd = open_file(root, path);
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		(void)close(fd);
		return -EISDIR;
	}
	return fd;
}

/* The kernel takes one initrd: several stand in one, on multiples of four. */
static int append(int into, int from)
{
	struct stat st;
	struct stat to;
	off_t at = 0;

	if (fstat(from, &st) < 0 || fstat(into, &to) < 0)
		return -errno;
	if (st.st_size > INITRD_LIMIT - to.st_size)
		return -EFBIG;
	while (at < st.st_size) {
		ssize_t n =
			sendfile(into, from, &at, (size_t)(st.st_size - at));

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -ENODATA;
	}
	at = (to.st_size + st.st_size + 3) & ~(off_t)3;
	if (ftruncate(into, at) < 0 || lseek(into, at, SEEK_SET) < 0)
		return -errno;
	return 0;
}

static int join_initrds(const char *root, const struct grub_words *words)
{
	int whole = memfd_create("initrd", MFD_CLOEXEC);
	int r = whole < 0 ? -errno : 0;

	for (size_t i = 1; r == 0 && i < words->count; i++) {
		int fd = open_word(root, &words->word[i]);

		r = fd < 0 ? fd : append(whole, fd);
		if (fd >= 0)
			(void)close(fd);
	}
	if (r == 0)
		return whole;
	if (whole >= 0)
		(void)close(whole);
	return r;
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
	entry->kernel = open_word(root, &words.word[1]);
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
		r = open_word(root, &words.word[1]);
	else if (r == 0)
		r = join_initrds(root, &words);
	grub_words_done(&words);
	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r, "grub.cfg: '%.*s'",
				 line_length(line), line);
	entry->initrd = r;
	return 0;
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
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "no grub.cfg in the copied system");
	return 0;
}

int grub_read(const char *root, struct grub_entry *ret_entry,
	      struct error **err)
{
	struct grub_entry entry = {.kernel = -1, .initrd = -1};
	struct block block = {0};
	char *text = NULL;
	int r = read_config(root, &text, err);

	if (r < 0)
		return r;
	if (!find_block(text, &block))
		r = error_set(err, ERROR_CONVERT, ENOENT,
			      "grub.cfg has no menu entry with a linux line");
	if (r == 0)
		r = read_kernel(root, block.kernel, &entry, err);
	if (r == 0 && block.initrd)
		r = read_initrd(root, block.initrd, &entry, err);
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
