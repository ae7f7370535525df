/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of a copied system that its GRUB would read.  It opens plain files
 * inside the tree and nothing else.
 */
#include "guest/grub_file.h"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/grub_word.h"
#include "guest/tree.h"

#define INITRD_LIMIT ((off_t)512 << 20)

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

int grub_file_open(const char *root, const struct grub_word *word)
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

int grub_file_join(const char *root, const struct grub_words *words)
{
	int whole = memfd_create("initrd", MFD_CLOEXEC);
	int r = whole < 0 ? -errno : 0;

	for (size_t i = 1; r == 0 && i < words->count; i++) {
		int fd;

		if (words->word[i].kind == GRUB_WORD_VARIABLE)
			continue;
		fd = grub_file_open(root, &words->word[i]);

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
