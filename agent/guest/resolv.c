/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Name servers of a system in which nothing else looks after them.
 */
#include "guest/resolv.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/edit.h"
#include "guest/line.h"
#include "guest/tree.h"
#include "network/address.h"

#define FILE_PATH "/etc/resolv.conf"
#define BYTES_MAX ((size_t)64 << 10)

/* It is itself, and no link to what some program writes. */
static bool is_plain(const char *root)
{
	char *etc = NULL;
	char *file = NULL;
	bool plain = tree_path(root, "/etc", &etc) == 0 &&
		     tree_path(root, FILE_PATH, &file) == 0 &&
		     !strncmp(file, etc, strlen(etc)) &&
		     !strcmp(file + strlen(etc), "/resolv.conf");

	free(etc);
	free(file);
	return plain;
}

static void put(const char *before, const struct address *address, FILE *out)
{
	struct line line;

	while (line_next(&before, &line)) {
		char **words = line_words(&line);

		if (!words || !words[0] || strcmp(words[0], "nameserver") != 0)
			(void)fprintf(out, "%.*s\n", (int)line.length,
				      line.text);
		line_free_words(words);
	}
	for (unsigned i = 0; i < address->servers; i++)
		(void)fprintf(out, "nameserver %s\n", address->dns[i]);
}

int resolv_set(const char *root, const struct address *address,
	       struct error **err)
{
	char *before = NULL;
	char *text = NULL;
	size_t length = 0;
	FILE *out;
	int r;

	if (!address->servers || tree_has(root, "/sbin/resolvconf") ||
	    tree_has(root, "/usr/sbin/resolvconf") || !is_plain(root) ||
	    tree_read(root, FILE_PATH, BYTES_MAX, &before) < 0)
		return 0;
	out = open_memstream(&text, &length);
	if (!out) {
		free(before);
		return error_memory(err);
	}
	put(before, address, out);
	r = fclose(out) != 0 ? error_memory(err)
			     : edit_text(root, FILE_PATH, text, err);
	free(before);
	free(text);
	return r;
}
