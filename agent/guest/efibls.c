/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A menu for a GRUB that can't read /boot/loader/entries by itself.  Only texts
 * that need no quoting get into it.
 */
#include "guest/efibls.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/efigrub.h"
#include "guest/esp.h"
#include "guest/fallback_config.h"
#include "guest/grub_bls.h"
#include "guest/steps.h"
#include "guest/tree.h"

#define STEP  "boot loader"
#define LIMIT ((size_t)4 << 20)

/* What the default entry says. */
struct pattern {
	char *version; /* of its kernel */
	char *kernel;  /* with $2 in place of that */
	char *initrd;  /* "" for none */
	char *options;
};

/* The menu that is to be, and its mark in it; NULL when there is none. */
static char *find_menu(const struct convert *convert, char **ret_path,
		       char **ret_mark)
{
	struct esp_vendor vendor = {0};
	char *place = NULL;
	char *text = NULL;
	bool listed;

	*ret_path = NULL;
	if (esp_find(convert, &place, &listed) &&
	    esp_find_vendor(convert->root, place, &vendor) == 1 &&
	    esp_path(convert->root, vendor.directory, "grub.cfg", ret_path) ==
		    1 &&
	    tree_read(convert->root, *ret_path, LIMIT, &text) < 0)
		text = NULL;
	esp_done_vendor(&vendor);
	free(place);
	*ret_mark = text ? strstr(text, EFIBLS_MARK) : NULL;
	if (*ret_mark)
		return text;
	free(text);
	return NULL;
}

/* "/vmlinuz-5.14" gives "5.14": what of the name is after its first "-". */
static char *find_version(const char *kernel)
{
	const char *name = strrchr(kernel, '/');
	const char *dash = name ? strchr(name, '-') : NULL;

	return dash && dash[1] ? strdup(dash + 1) : NULL;
}

/* Words with another version in each are files of that version. */
static char *put_version(const char *words, size_t length, const char *version)
{
	char *whole = NULL;
	size_t room = 0;
	FILE *out = open_memstream(&whole, &room);
	const char *end = words + length;

	if (!out)
		return NULL;
	while (words < end) {
		if (!strncmp(words, version, strlen(version))) {
			(void)fputs("$2", out);
			words += strlen(version);
		} else {
			(void)fputc(*words++, out);
		}
	}
	if (fclose(out) != 0) {
		free(whole);
		return NULL;
	}
	return whole;
}

/* Both lines are "WORD PATH…". */
static int split(const char *linux_line, const char *initrd_line,
		 struct pattern *pattern)
{
	const char *kernel = linux_line + strlen("linux ");
	size_t length = strcspn(kernel, " \t");
	char *path = strndup(kernel, length);

	pattern->version = path ? find_version(path) : NULL;
	free(path);
	if (!pattern->version)
		return -EINVAL;
	pattern->kernel = put_version(kernel, length, pattern->version);
	pattern->options = strdup(kernel + length);
	if (initrd_line) {
		const char *files = initrd_line + strlen("initrd ");

		files += strspn(files, " ");
		/* $tuned_initrd and the like are not there without blscfg. */
		pattern->initrd = put_version(files, strcspn(files, " \t$"),
					      pattern->version);
	} else {
		pattern->initrd = strdup("");
	}
	return pattern->kernel && pattern->options && pattern->initrd ? 0
								      : -ENOMEM;
}

static int read_pattern(const struct convert *convert, struct pattern *pattern)
{
	const char *menu = efigrub_menu(convert->root);
	char *path = NULL;
	char *text = NULL;
	char *kernel = NULL;
	char *initrd = NULL;
	int r = -ENOENT;

	if (menu && asprintf(&path, "%s/grub.cfg", menu) < 0)
		return -ENOMEM;
	if (path)
		r = tree_read(convert->root, path, LIMIT, &text);
	if (r == 0)
		r = grub_bls_read(convert->root, text, &kernel, &initrd);
	if (r == 0)
		r = split(kernel, initrd, pattern);
	free(path);
	free(text);
	free(kernel);
	free(initrd);
	return r;
}

/* Unset variables vanish in GRUB, too. */
static void drop_variables(char *text)
{
	char *to = text;

	while (*text) {
		size_t word = strcspn(text, " \t");
		size_t blank = strspn(text + word, " \t");

		if (!memchr(text, '$', word)) {
			memmove(to, text, word);
			to += word;
			if (blank)
				*to++ = ' ';
		}
		text += word + blank;
	}
	*to = '\0';
}

static bool is_safe(const struct pattern *pattern)
{
	static const char path[] = "$/@._+~-";
	static const char words[] = " /@._+~-=:,%";

	return fallback_config_is_plain(pattern->kernel, path) &&
	       fallback_config_is_plain(pattern->initrd, path) &&
	       fallback_config_is_plain(pattern->options, words) &&
	       strstr(pattern->kernel, "$2");
}

/* $1 is an entry's title, $2 the version. */
static const char menu[] =
	"set bls_args='%s'\n"
	"set default=\n"
	"set timeout=5\n"
	"if [ -s $prefix/grubenv ]; then load_env; fi\n"
	"for bls_file in ($root)%s/loader/entries/*.conf; do\n"
	"  if regexp --set=1:bls_id --set=2:bls_version "
	"'/([0-9a-f]+-([^/]*))\\.conf$' \"$bls_file\"; then\n"
	"    menuentry \"Linux $bls_version\" --id \"$bls_id\" "
	"\"$bls_version\" {\n"
	"      linux ($root)%s $bls_args\n"
	"%s%s%s"
	"    }\n"
	"    set bls_last=\"$bls_id\"\n"
	"  fi\n"
	"done\n"
	"set default=\"$bls_last\"\n"
	"if [ -n \"$saved_entry\" ]; then set default=\"$saved_entry\"; fi\n";

/* The directory that the entries' one is in, as GRUB sees it: that of the
 * prefix, "/boot" of "set prefix=($root)/boot/grub2". */
static char *find_boot(const char *text, const char *mark)
{
	static const char key[] = "set prefix=($root)";
	const char *at = strstr(text, key);
	const char *end;

	if (!at || at > mark)
		return NULL;
	at += strlen(key);
	end = memrchr(at, '/', strcspn(at, "\n"));
	return end ? strndup(at, (size_t)(end - at)) : NULL;
}

static int write_menu(const struct convert *convert, const char *path,
		      const char *text, const char *mark, struct error **err)
{
	struct pattern pattern = {0};
	char *boot = find_boot(text, mark);
	char *whole = NULL;
	int r = boot ? read_pattern(convert, &pattern) : -EINVAL;

	if (r == 0)
		drop_variables(pattern.options);
	if (r == 0 && !is_safe(&pattern))
		r = -EINVAL;
	if (r == 0) {
		bool initrd = *pattern.initrd;
		char *rest = NULL;

		r = asprintf(&rest, menu, pattern.options, boot, pattern.kernel,
			     initrd ? "      initrd ($root)" : "",
			     pattern.initrd, initrd ? "\n" : "") < 0
			    ? -ENOMEM
			    : 0;
		if (r == 0 && asprintf(&whole, "%.*s" EFIBLS_MARK "%s",
				       (int)(mark - text), text, rest) < 0)
			r = -ENOMEM;
		free(rest);
	}
	if (r == 0 && whole)
		r = edit_file(convert->root, path,
			      &(struct edit_content){whole, strlen(whole), 0644,
						     false},
			      err);
	else
		r = error_set(err, ERROR_CONVERT, -r,
			      "a menu of /boot/loader/entries for a GRUB "
			      "without blscfg");
	free(pattern.version);
	free(pattern.kernel);
	free(pattern.initrd);
	free(pattern.options);
	free(whole);
	free(boot);
	return r;
}

int efibls_convert(struct convert *convert, struct error **err)
{
	char *path = NULL;
	char *mark = NULL;
	char *text = find_menu(convert, &path, &mark);
	int r = text ? write_menu(convert, path, text, mark, err) : 0;

	if (text && r >= 0)
		steps_add(&convert->steps, r ? STEP_DONE : STEP_SKIPPED, STEP,
			  "%s: a menu of all /boot/loader/entries, each with "
			  "the kernel parameters that the default one has now: "
			  "change them there, too",
			  path);
	free(text);
	free(path);
	return r < 0 ? r : 0;
}
