/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guest's own settings for the initramfs that it makes itself, later.
 * It changes what is set up, and sets up nothing that is not.
 */
#include "guest/persist.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/modalias.h"
#include "guest/tree.h"

#define STEP	  "initramfs setting"
#define TEXT_MAX  ((size_t)1 << 20)
#define NAMES_MAX 32
#define BEGIN	  "# lander: drivers of this machine's disk\n"
#define END	  "# lander: end\n"

struct names {
	const char *name[NAMES_MAX];
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->name[i], name))
			return;
	if (names->count < NAMES_MAX)
		names->name[names->count++] = name;
}

static void find_names(const struct convert *convert, struct names *names)
{
	char **modalias = convert->modalias;

	for (; modalias && *modalias; modalias++) {
		const char *usual = modalias_usual_driver(*modalias);

		if (usual && !modalias_for_network(*modalias))
			add_name(names, usual);
	}
	if (convert->scsi)
		add_name(names, "sd_mod");
}

/* "before", the names with what goes around each, "after". */
static void print_names(FILE *out, const struct names *names,
			const char *between, const char *behind)
{
	for (size_t i = 0; i < names->count; i++)
		(void)fprintf(out, "%s%s%s", i ? between : "", names->name[i],
			      behind);
}

/* A text that is written to out; NULL without memory. */
static FILE *begin_text(char **text, size_t *size)
{
	*text = NULL;
	return open_memstream(text, size);
}

/* Writes it, and says so; a failure of the disk only is returned. */
static int put(struct convert *convert, const char *path, const char *text,
	       struct error **err)
{
	struct error *why = NULL;
	int r = edit_text(convert->root, path, text, &why);

	if (r >= 0) {
		steps_add(&convert->steps, r ? STEP_DONE : STEP_SKIPPED, STEP,
			  r ? "'%s' names the drivers"
			    : "'%s' names the drivers already",
			  path);
		return 0;
	}
	steps_add(&convert->steps, STEP_FAILED, STEP, "%s", why->msg);
	if (why->code == EIO && err) {
		*err = why;
		return -EIO;
	}
	error_free(why);
	return 0;
}

/* Ends the text and writes it. */
static int finish(struct convert *convert, const char *path, FILE *out,
		  char **text, struct error **err)
{
	int r = fclose(out) ? error_memory(err) : 0;

	if (r == 0)
		r = put(convert, path, *text, err);
	free(*text);
	return r;
}

static int initramfs_tools(struct convert *convert, const struct names *names,
			   struct error **err)
{
	static const char path[] = "/etc/initramfs-tools/modules";
	char *old = NULL;
	char *text = NULL;
	size_t size = 0;
	size_t length;
	char *from;
	char *to;
	FILE *out;
	int r = tree_read(convert->root, path, TEXT_MAX, &old);

	if (r < 0 && r != -ENOENT) {
		steps_add(&convert->steps, STEP_FAILED, STEP, "read '%s': %s",
			  path, strerror(-r));
		return 0;
	}
	out = begin_text(&text, &size);
	if (!out) {
		free(old);
		return error_memory(err);
	}
	from = old ? strstr(old, BEGIN) : NULL;
	to = from ? strstr(from, END) : NULL;
	/* The block stays where it is. */
	length = to ? (size_t)(from - old) : old ? strlen(old) : 0;
	if (length) {
		(void)fwrite(old, 1, length, out);
		if (old[length - 1] != '\n')
			(void)fputc('\n', out);
	}
	(void)fputs(BEGIN, out);
	print_names(out, names, "", "\n");
	(void)fputs(END, out);
	if (to)
		(void)fputs(to + strlen(END), out);
	free(old);
	return finish(convert, path, out, &text, err);
}

static int dracut(struct convert *convert, const struct names *names,
		  struct error **err)
{
	char *text;
	size_t size;
	FILE *out = begin_text(&text, &size);

	if (!out)
		return error_memory(err);
	(void)fputs(BEGIN "add_drivers+=\" ", out);
	print_names(out, names, " ", "");
	(void)fputs(" \"\n", out);
	return finish(convert, "/etc/dracut.conf.d/90-lander.conf", out, &text,
		      err);
}

static int mkinitcpio(struct convert *convert, const struct names *names,
		      struct error **err)
{
	char *text;
	size_t size;
	FILE *out;

	if (!tree_has(convert->root, "/etc/mkinitcpio.conf.d")) {
		steps_add(&convert->steps, STEP_SKIPPED, STEP,
			  "this mkinitcpio reads no /etc/mkinitcpio.conf.d; "
			  "its autodetect hook looks at the machine itself");
		return 0;
	}
	out = begin_text(&text, &size);
	if (!out)
		return error_memory(err);
	(void)fputs(BEGIN "MODULES+=(", out);
	/* With "?" it does not fail where a kernel has none. */
	print_names(out, names, " ", "?");
	(void)fputs(")\n", out);
	return finish(convert, "/etc/mkinitcpio.conf.d/lander.conf", out, &text,
		      err);
}

static bool has_word(const char *list, size_t length, const char *word)
{
	for (const char *at = list; at < list + length;) {
		size_t n = strcspn(at, " \t\"");

		if (n == strlen(word) && !strncmp(at, word, n))
			return true;
		at += n + 1;
	}
	return false;
}

/* INITRD_MODULES="…" of SUSE's mkinitrd, where there is such a line. */
static int sysconfig(struct convert *convert, const struct names *names,
		     struct error **err)
{
	static const char path[] = "/etc/sysconfig/kernel";
	static const char key[] = "\nINITRD_MODULES=\"";
	char *old = NULL;
	char *text = NULL;
	size_t size = 0;
	const char *list;
	size_t length;
	FILE *out;

	if (tree_read(convert->root, path, TEXT_MAX, &old) < 0)
		return 0;
	list = strncmp(old, key + 1, strlen(key + 1)) == 0
		       ? old + strlen(key + 1)
		       : strstr(old, key);
	if (!list) {
		free(old);
		return 0;
	}
	if (*list == '\n')
		list += strlen(key);
	length = strcspn(list, "\"\n");
	out = list[length] == '"' ? begin_text(&text, &size) : NULL;
	if (!out) {
		free(old);
		return 0;
	}
	(void)fwrite(old, 1, (size_t)(list - old) + length, out);
	for (size_t i = 0; i < names->count; i++)
		if (!has_word(list, length, names->name[i]))
			(void)fprintf(out, "%s%s", i || length ? " " : "",
				      names->name[i]);
	(void)fputs(list + length, out);
	free(old);
	return finish(convert, path, out, &text, err);
}

int persist_drivers(struct convert *convert, struct error **err)
{
	static const struct {
		const char *sign;
		int (*set)(struct convert *convert, const struct names *names,
			   struct error **err);
	} tools[] = {
		{"/etc/initramfs-tools", initramfs_tools},
		{"/usr/lib/dracut", dracut},
		{"/etc/mkinitcpio.conf", mkinitcpio},
		{"/etc/sysconfig/kernel", sysconfig},
	};
	struct names names = {0};
	int r = 0;

	find_names(convert, &names);
	for (size_t i = 0;
	     r == 0 && names.count && i < sizeof(tools) / sizeof(*tools); i++)
		if (tree_has(convert->root, tools[i].sign))
			r = tools[i].set(convert, &names, err);
	return r;
}
