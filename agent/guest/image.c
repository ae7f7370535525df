/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads images of kernels.  It changes none: what is appended to a unified one
 * is not loaded, and a changed one is no longer what was signed.
 */
#include "guest/image.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "guest/tree.h"

#define SECTIONS_MAX 96 /* of the Windows loader */
#define SECTION	     40
#define SECTION_MAX  ((uint32_t)512 << 20)
#define VERSION_MAX  128
#define SETUP_HEADER 0x202 /* boot.rst: "HdrS" */
#define VERSION_AT   0x20e
#define SETUP_MAX    (((size_t)64 << 10) + 0x200 + VERSION_MAX)

static uint32_t word(const uint8_t *at, int bytes)
{
	uint32_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | at[i];
	return value;
}

static int find(int fd, const char *name, uint32_t *ret_offset,
		uint32_t *ret_size)
{
	uint8_t head[24];
	uint8_t section[SECTION];
	char wanted[9] = "";
	uint64_t at;
	uint32_t count;
	int r = io_pread(fd, head, 2, 0);

	if (r == 0 && memcmp(head, "MZ", 2) != 0)
		return -ENOEXEC;
	if (r == 0)
		r = io_pread(fd, head, 4, 0x3c);
	if (r < 0)
		return r;
	at = word(head, 4);
	r = io_pread(fd, head, sizeof(head), at);
	if (r < 0)
		return r;
	if (memcmp(head, "PE\0", 4) != 0)
		return -ENOEXEC;
	count = word(head + 6, 2);
	at += sizeof(head) + word(head + 20, 2);
	memcpy(wanted, name, strnlen(name, 8));
	for (uint32_t i = 0; i < count && i < SECTIONS_MAX; i++) {
		r = io_pread(fd, section, SECTION, at + (uint64_t)i * SECTION);
		if (r < 0)
			return r;
		if (memcmp(section, wanted, 8) != 0)
			continue;
		/* On disk it is filled up; its own size is the other one. */
		*ret_size = word(section + 16, 4);
		if (word(section + 8, 4) < *ret_size)
			*ret_size = word(section + 8, 4);
		*ret_offset = word(section + 20, 4);
		return 0;
	}
	return -ENOENT;
}

int image_section(const char *root, const char *path, const char *section,
		  char **ret_bytes, size_t *ret_length)
{
	uint32_t offset = 0;
	uint32_t size = 0;
	char *bytes = NULL;
	int fd = tree_open(root, path);
	int r;

	if (fd < 0)
		return fd;
	r = find(fd, section, &offset, &size);
	if (r == 0 && size > SECTION_MAX)
		r = -EFBIG;
	if (r == 0 && !(bytes = malloc((size_t)size + 1)))
		r = -ENOMEM;
	if (r == 0)
		r = io_pread(fd, bytes, size, offset);
	(void)close(fd);
	if (r < 0 || !bytes) {
		free(bytes);
		return r;
	}
	bytes[size] = '\0';
	*ret_bytes = bytes;
	*ret_length = size;
	return 0;
}

bool image_is_version(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > VERSION_MAX || !isalnum((uint8_t)*text))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((uint8_t)text[i]) && !strchr("._+~-", text[i]))
			return false;
	return true;
}

/* The words that the setup code of an x86 kernel carries. */
static char *setup_words(const uint8_t *kernel, size_t length)
{
	size_t at;

	if (length < VERSION_AT + 2 ||
	    memcmp(kernel + SETUP_HEADER, "HdrS", 4) != 0)
		return NULL;
	at = word(kernel + VERSION_AT, 2) + 0x200;
	if (at == 0x200 || at + VERSION_MAX > length)
		return NULL;
	return strndup((const char *)kernel + at, VERSION_MAX);
}

static char *file_words(const char *root, const char *path)
{
	uint8_t *head = calloc(1, SETUP_MAX);
	int fd = tree_open(root, path);
	char *words = NULL;
	ssize_t length;

	if (fd < 0 || !head) {
		free(head);
		if (fd >= 0)
			(void)close(fd);
		return NULL;
	}
	length = pread(fd, head, SETUP_MAX, 0);
	(void)close(fd);
	/* A short file's words end with it. */
	if (length > 0)
		words = setup_words(head, SETUP_MAX);
	free(head);
	return words;
}

/* Not every tool writes a .uname; then the kernel inside says it. */
static char *unified_words(const char *root, const char *path,
			   bool *ret_unified)
{
	char *kernel = NULL;
	char *text = NULL;
	size_t length = 0;

	*ret_unified = true;
	if (image_section(root, path, ".uname", &text, &length) == 0)
		return text;
	*ret_unified =
		image_section(root, path, ".linux", &kernel, &length) == 0;
	if (*ret_unified)
		text = setup_words((uint8_t *)kernel, length);
	free(kernel);
	return text;
}

char *image_version(const char *root, const char *path, bool *ret_unified)
{
	char *text = unified_words(root, path, ret_unified);

	if (!*ret_unified)
		text = file_words(root, path);
	if (text)
		text[strcspn(text, " \n")] = '\0';
	if (text && image_is_version(text))
		return text;
	free(text);
	return NULL;
}
