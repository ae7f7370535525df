/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What SUSE keeps apart from an interface's ifcfg file: routes and the name
 * servers.
 */
#include "guest/suse_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/edit.h"
#include "guest/interface.h"
#include "guest/line.h"
#include "guest/stack_write.h"
#include "guest/tree.h"
#include "network/address.h"

#define DIRECTORY "/etc/sysconfig/network"
#define ROUTES	  DIRECTORY "/routes"
#define CONFIG	  DIRECTORY "/config"
#define SERVERS	  "NETCONFIG_DNS_STATIC_SERVERS"
#define BYTES_MAX ((size_t)256 << 10)

/* The file's lines, each as put() has it; the file stays when it cannot be
 * read. */
static int rewrite(const struct stack_target *target, const char *path,
		   void (*put)(const struct stack_target *, const struct line *,
			       FILE *),
		   struct error **err)
{
	char *before = NULL;
	char *text = NULL;
	size_t length = 0;
	const char *at;
	struct line line;
	FILE *out;
	int r;

	if (tree_read(target->root, path, BYTES_MAX, &before) < 0)
		return 0;
	out = open_memstream(&text, &length);
	if (!out) {
		free(before);
		return error_memory(err);
	}
	for (at = before; line_next(&at, &line);)
		put(target, &line, out);
	r = fclose(out) != 0 ? error_memory(err)
			     : edit_text(target->root, path, text, err);
	free(before);
	free(text);
	return r;
}

static void put_route(const struct stack_target *target,
		      const struct line *line, FILE *out)
{
	char **words = line_words(line);
	bool other = target->address->ipv6;
	bool goes = words && words[0] && !strcmp(words[0], "default") &&
		    words[1] && (strchr(words[1], ':') != NULL) == other;

	line_free_words(words);
	if (!goes)
		(void)fprintf(out, "%.*s%s", (int)line->length, line->text,
			      line->ended ? "\n" : "");
}

int suse_set_route(const struct stack_target *target, struct error **err)
{
	const char *name = target->item->name;
	char path[sizeof(DIRECTORY "/ifroute-") + INTERFACE_NAME];
	char text[ADDRESS_TEXT + 2 * INTERFACE_NAME];
	int changed;
	int r;

	(void)snprintf(path, sizeof(path), DIRECTORY "/ifroute-%s", name);
	(void)snprintf(text, sizeof(text), "default %s - %s\n",
		       target->address->gateway, name);
	changed = edit_text(target->root, path, text, err);
	if (changed < 0)
		return changed;
	r = rewrite(target, ROUTES, put_route, err);
	return r < 0 ? r : changed || r;
}

static void put_servers(const struct stack_target *target,
			const struct line *line, FILE *out)
{
	const struct address *address = target->address;
	struct line key;
	struct line value;

	if (!line_value(line, '=', &key, &value) || !line_is(&key, SERVERS)) {
		(void)fprintf(out, "%.*s%s", (int)line->length, line->text,
			      line->ended ? "\n" : "");
		return;
	}
	(void)fputs(SERVERS "=\"", out);
	for (unsigned i = 0; i < address->servers; i++)
		(void)fprintf(out, "%s%s", i ? " " : "", address->dns[i]);
	(void)fputs("\"\n", out);
}

int suse_set_dns(const struct stack_target *target, struct error **err)
{
	return rewrite(target, CONFIG, put_servers, err);
}
