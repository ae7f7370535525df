/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A GRUB whose menu is not in grub.cfg but in /boot/loader/entries.  Variables
 * are expanded once, not inside of what they hold.
 */
#include "guest/grub_bls.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/bls.h"
#include "guest/tree.h"

#define ENV_LIMIT  ((size_t)64 << 10)
#define LINE_LIMIT ((size_t)256 << 10)

static const char entries[] = "/boot/loader/entries";
static const char *const places[] = {"/boot/grub2/grubenv",
				     "/boot/grub/grubenv"};

/* Where GRUB's variables have their values. */
struct values {
	char *env;	  /* grubenv; NULL when there is none */
	const char *text; /* grub.cfg */
};

bool grub_bls_first(const char *text, const char *before)
{
	for (const char *line = text; line && *line;) {
		const char *at = line + strspn(line, " \t");

		if (before && at >= before)
			return false;
		if (!strncmp(at, "blscfg", 6) && strchr(" \t\r\n", at[6]))
			return true;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return false;
}

/* "name=value" of the environment block. */
static char *find_env(const char *env, const char *name, size_t length)
{
	for (const char *line = env; line && *line;) {
		if (!strncmp(line, name, length) && line[length] == '=')
			return strndup(line + length + 1,
				       strcspn(line + length + 1, "\r\n"));
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

/* set name="value" */
static char *find_set(const char *text, const char *name, size_t length)
{
	for (const char *line = text; line && *line;) {
		const char *at = line + strspn(line, " \t");

		if (!strncmp(at, "set ", 4) && !strncmp(at + 4, name, length) &&
		    at[4 + length] == '=') {
			at += 4 + length + 1;
			at += *at == '"';
			return strndup(at, strcspn(at, "\"\r\n"));
		}
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

/* Writes the value of the variable at *at, which moves behind it. */
static void expand_one(FILE *out, const char **at, const struct values *values)
{
	const char *name = *at + 1;
	bool braces = *name == '{';
	size_t length = 0;
	const char *end;
	char *value;

	name += braces;
	while (isalnum((unsigned char)name[length]) || name[length] == '_')
		length++;
	end = name + length + (braces && name[length] == '}');
	value = length ? find_env(values->env, name, length) : NULL;
	if (!value && length)
		value = find_set(values->text, name, length);
	if (value)
		(void)fputs(value, out);
	else
		(void)fwrite(*at, 1, (size_t)(end - *at), out);
	free(value);
	*at = end;
}

static int make_line(const char *word, const char *first, const char *rest,
		     const struct values *values, char **ret_line)
{
	char *line = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&line, &length);

	if (!out)
		return -ENOMEM;
	(void)fprintf(out, "%s %s ", word, first);
	for (const char *at = rest; at && *at && ftell(out) < (long)LINE_LIMIT;)
		if (*at == '$')
			expand_one(out, &at, values);
		else
			(void)fputc(*at++, out);
	if (fclose(out) != 0) {
		free(line);
		return -ENOMEM;
	}
	*ret_line = line;
	return length < LINE_LIMIT ? 0 : -EFBIG;
}

int grub_bls_read(const char *root, const char *text, char **ret_linux,
		  char **ret_initrd)
{
	struct values values = {.text = text};
	struct bls_entry entry = {0};
	char *initrd = NULL;
	char *line = NULL;
	char *wish;
	int r = -ENOENT;

	for (size_t i = 0; r < 0 && i < sizeof(places) / sizeof(*places); i++)
		r = tree_read(root, places[i], ENV_LIMIT, &values.env);
	if (r < 0)
		values.env = NULL;
	wish = find_env(values.env, "saved_entry", strlen("saved_entry"));
	r = bls_read(root, entries, wish && *wish ? wish : NULL, &entry);
	if (r == 0 && !entry.kernel)
		r = -ENOENT;
	if (r == 0)
		r = make_line("linux", entry.kernel, entry.options, &values,
			      &line);
	if (r == 0 && entry.initrd)
		r = make_line("initrd", "", entry.initrd, &values, &initrd);
	if (r < 0) {
		free(line);
		free(initrd);
	} else {
		*ret_linux = line;
		*ret_initrd = initrd;
	}
	bls_done(&entry);
	free(values.env);
	free(wish);
	return r;
}
