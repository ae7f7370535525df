/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replaces the stanzas of one interface in /etc/network/interfaces and in what
 * it sources.  All other lines stay byte for byte.
 */
#include "guest/ifupdown_set.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/ifupdown.h"
#include "guest/interface.h"
#include "guest/line.h"
#include "guest/netfile.h"
#include "guest/stack_write.h"
#include "network/address.h"

struct rewrite {
	const char *name;
	const struct address *address;
	FILE *out;
	bool inside; /* of a stanza that goes */
	bool put;    /* the new one is written */
};

/* "eth0", and "eth0:1", its second address. */
static bool names_it(const char *word, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(word, name, length) &&
	       (word[length] == '\0' || word[length] == ':');
}

static void put_stanza(struct rewrite *rewrite)
{
	const struct address *address = rewrite->address;
	FILE *out = rewrite->out;

	rewrite->put = true;
	if (address->dhcp) {
		(void)fprintf(out, "iface %s inet dhcp\n", rewrite->name);
		return;
	}
	(void)fprintf(out, "iface %s %s static\n\taddress %s/%u\n",
		      rewrite->name, address->ipv6 ? "inet6" : "inet",
		      address->ip, address->prefix);
	if (*address->gateway)
		(void)fprintf(out, "\tgateway %s\n", address->gateway);
	for (unsigned i = 0; i < address->servers; i++)
		(void)fprintf(out, "%s%s", i ? " " : "\tdns-nameservers ",
			      address->dns[i]);
	if (address->servers)
		(void)fputc('\n', out);
}

static void put_line(struct rewrite *rewrite, const struct line *line)
{
	char **words = line_words(line);
	const char *first = words && words[0] ? words[0] : "";

	if (ifupdown_starts_stanza(first))
		rewrite->inside = !strcmp(first, "iface") && words[1] &&
				  names_it(words[1], rewrite->name);
	/* A comment or an empty line ends nothing, but is not the stanza's. */
	if (!rewrite->inside || !*first || *first == '#')
		(void)fprintf(rewrite->out, "%.*s%s", (int)line->length,
			      line->text, line->ended ? "\n" : "");
	else if (!rewrite->put)
		put_stanza(rewrite);
	line_free_words(words);
}

static bool brings_up(const struct netfiles *files, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < files->count; i++) {
		const char *at = files->file[i].text;
		struct line line;

		if (files->file[i].kind != NETFILE_IFUPDOWN)
			continue;
		while (line_next(&at, &line)) {
			char **words = line_words(&line);

			if (words && words[0] &&
			    (!strcmp(words[0], "auto") ||
			     !strncmp(words[0], "allow-", 6)))
				for (size_t j = 1; words[j]; j++)
					found |= !strcmp(words[j], name);
			line_free_words(words);
		}
	}
	return found;
}

static int rewrite_file(struct stack_target *target, struct rewrite *rewrite,
			const struct netfile *file, bool last,
			struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	const char *at = file->text;
	struct line line = {.ended = true};
	bool had = rewrite->put;
	int r;

	rewrite->inside = false;
	rewrite->out = open_memstream(&text, &length);
	if (!rewrite->out)
		return error_memory(err);
	while (line_next(&at, &line))
		put_line(rewrite, &line);
	if (last && !rewrite->put) {
		(void)fputs(line.ended ? "" : "\n", rewrite->out);
		if (!brings_up(target->files, rewrite->name))
			(void)fprintf(rewrite->out, "auto %s\n", rewrite->name);
		put_stanza(rewrite);
	}
	r = fclose(rewrite->out) != 0
		    ? error_memory(err)
		    : netfile_write(target->root, file, text, err);
	if (!had && rewrite->put)
		(void)snprintf(target->where, sizeof(target->where), "%s",
			       file->path);
	free(text);
	return r;
}

int ifupdown_set(struct stack_target *target, struct error **err)
{
	struct rewrite rewrite = {.address = target->address};
	const struct netfile *main_file = NULL;
	bool changed = false;

	if (!target->item || !*target->item->name) {
		target->refused = "the interface's name is not known";
		return 0;
	}
	rewrite.name = target->item->name;
	for (size_t i = 0; i < target->files->count; i++) {
		const struct netfile *file = &target->files->file[i];
		int r;

		if (file->kind != NETFILE_IFUPDOWN)
			continue;
		if (!strcmp(file->path, "/etc/network/interfaces"))
			main_file = file;
		r = rewrite_file(target, &rewrite, file, false, err);
		if (r < 0)
			return r;
		changed |= r > 0;
	}
	if (!rewrite.put && main_file) {
		int r = rewrite_file(target, &rewrite, main_file, true, err);

		if (r < 0)
			return r;
		changed |= r > 0;
	}
	if (!rewrite.put)
		target->refused = "there is no /etc/network/interfaces";
	return changed;
}
