/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds and reads the files that configure a system's network, and writes them
 * back.  It knows where they are and which of them count, not what they mean.
 */
#include "guest/netfile.h"

#include <sys/stat.h>

#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "guest/edit.h"
#include "guest/line.h"
#include "guest/steps.h"
#include "guest/tree.h"

#define BYTES_MAX ((size_t)256 << 10)
#define FILES_MAX 1024
#define DEPTH_MAX 4

struct collect {
	const char *root;
	struct steps *steps;
	struct netfiles *files;
	int r;
};

static const struct {
	enum netfile_kind kind;
	const char *directory;
	const char *pattern;
} places[] = {
	{NETFILE_NETPLAN, "/etc/netplan", "*.yaml"},
	{NETFILE_KEYFILE, "/etc/NetworkManager/system-connections", "*"},
	{NETFILE_IFCFG, "/etc/sysconfig/network-scripts", "ifcfg-*"},
	{NETFILE_IFCFG, "/etc/sysconfig/network", "ifcfg-*"},
	{NETFILE_NETWORK, "/etc/systemd/network", "*.network"},
	{NETFILE_NETDEV, "/etc/systemd/network", "*.netdev"},
	{NETFILE_LINK, "/etc/systemd/network", "*.link"},
	{NETFILE_UDEV, "/etc/udev/rules.d", "*persistent-net.rules"},
	{NETFILE_UDEV, "/etc/udev/rules.d", "*net_persistent_names.rules"},
	{NETFILE_UDEV, "/etc/udev/rules.d", "70-lander-net.rules"},
	{NETFILE_SWAP, "/etc/systemd", "lander-net-names"},
};

/* Left by editors and package managers; no stack reads them. */
static bool is_leftover(const char *name)
{
	static const char *const ending[] = {
		"~",	   ".bak",	".old",	     ".orig",
		".rej",	   ".rpmnew",	".rpmsave",  ".rpmorig",
		EDIT_KEPT, ".dpkg-old", ".dpkg-new", ".dpkg-dist"};
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++) {
		size_t tail = strlen(ending[i]);

		if (length >= tail && !strcmp(name + length - tail, ending[i]))
			return true;
	}
	return *name == '.';
}

static bool is_known(const struct netfiles *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (!strcmp(files->file[i].path, path))
			return true;
	return false;
}

/* A zero byte hides what is behind it from everything that works on text. */
static int read_text(const char *root, const char *path, char **ret_text)
{
	struct stat st;
	int fd = tree_open(root, path);
	char *text = NULL;
	int r = fd;

	if (fd < 0)
		return r;
	r = fstat(fd, &st) < 0 ? -errno
			       : tree_read(root, path, BYTES_MAX, &text);
	(void)close(fd);
	if (r < 0 || !text)
		return r < 0 ? r : -EIO;
	if (strlen(text) != (uint64_t)st.st_size) {
		free(text);
		return -EILSEQ;
	}
	*ret_text = text;
	return 0;
}

static const struct netfile *take(struct collect *collect,
				  enum netfile_kind kind, const char *path)
{
	struct netfiles *files = collect->files;
	struct netfile *grown;
	struct netfile file = {.kind = kind};
	int r;

	if (collect->r < 0 || is_known(files, path))
		return NULL;
	if (files->count == FILES_MAX) {
		steps_add(collect->steps, STEP_FAILED, "nics",
			  "%s is left alone: more than %d files", path,
			  FILES_MAX);
		return NULL;
	}
	r = read_text(collect->root, path, &file.text);
	if (r == -ENOENT)
		return NULL;
	if (r < 0) {
		steps_add(collect->steps, STEP_FAILED, "nics",
			  "%s is left alone: %s", path,
			  r == -EFBIG	 ? "it is too large"
			  : r == -EILSEQ ? "it is no text"
			  : r == -EINVAL ? "it is no plain file"
					 : strerror(-r));
		return NULL;
	}
	file.path = strdup(path);
	file.own = strstr(path, "/10-lander-") || strstr(path, "/05-lander-") ||
		   strstr(path, "/lander.nmconnection") ||
		   strstr(path, "/70-lander-net.rules") || kind == NETFILE_SWAP;
	grown = reallocarray(files->file, files->count + 1, sizeof(*grown));
	if (grown)
		files->file = grown;
	if (!grown || !file.path) {
		free(file.path);
		free(file.text);
		collect->r = -ENOMEM;
		return NULL;
	}
	files->file[files->count] = file;
	return &files->file[files->count++];
}

static void take_interfaces(struct collect *collect, const char *path,
			    int depth);

/* interfaces(5): source-directory takes names of these characters only. */
static bool is_plain_name(const char *name)
{
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_-")] == '\0';
}

/* interfaces(5): a relative path is one from the directory of the file. */
static void take_source(struct collect *collect, const char *from,
			const char *word, bool directory, int depth)
{
	char *path = NULL;
	char **names = NULL;
	char *slash;

	if (asprintf(&path, "%.*s%s%s",
		     *word == '/' ? 0 : (int)(strrchr(from, '/') - from + 1),
		     from, word, directory ? "/*" : "") < 0) {
		collect->r = -ENOMEM;
		return;
	}
	slash = strrchr(path, '/');
	if (!strpbrk(slash, "*?[")) {
		take_interfaces(collect, path, depth + 1);
		free(path);
		return;
	}
	*slash = '\0';
	(void)tree_list(collect->root, *path ? path : "/", &names);
	for (size_t i = 0; names && names[i]; i++) {
		char *whole = NULL;

		if (fnmatch(slash + 1, names[i], FNM_PERIOD) != 0 ||
		    (directory && !is_plain_name(names[i])) ||
		    asprintf(&whole, "%s/%s", path, names[i]) < 0)
			continue;
		take_interfaces(collect, whole, depth + 1);
		free(whole);
	}
	tree_free_list(names);
	free(path);
}

static void take_interfaces(struct collect *collect, const char *path,
			    int depth)
{
	const struct netfile *file;
	const char *at;
	struct line line;
	char *text;

	if (depth > DEPTH_MAX)
		return;
	file = take(collect, NETFILE_IFUPDOWN, path);
	text = file ? strdup(file->text) : NULL;
	for (at = text ? text : ""; line_next(&at, &line);) {
		char **words = line_words(&line);

		for (size_t i = 1; words && words[0] && words[i]; i++) {
			if (!strcmp(words[0], "source"))
				take_source(collect, path, words[i], false,
					    depth);
			else if (!strcmp(words[0], "source-directory"))
				take_source(collect, path, words[i], true,
					    depth);
		}
		line_free_words(words);
	}
	free(text);
}

static void take_place(struct collect *collect, size_t place)
{
	char **names = NULL;

	if (tree_list(collect->root, places[place].directory, &names) < 0)
		return;
	for (size_t i = 0; names[i]; i++) {
		char *path = NULL;

		if (is_leftover(names[i]) ||
		    fnmatch(places[place].pattern, names[i], 0) != 0)
			continue;
		if (asprintf(&path, "%s/%s", places[place].directory,
			     names[i]) < 0) {
			collect->r = -ENOMEM;
			break;
		}
		(void)take(collect, places[place].kind, path);
		free(path);
	}
	tree_free_list(names);
}

int netfile_collect(const char *root, struct steps *steps, struct netfiles *ret)
{
	struct collect collect = {.root = root, .steps = steps, .files = ret};

	*ret = (struct netfiles){0};
	take_interfaces(&collect, "/etc/network/interfaces", 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		take_place(&collect, i);
	if (collect.r < 0)
		netfile_free(ret);
	return collect.r;
}

void netfile_free(struct netfiles *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->file[i].path);
		free(files->file[i].text);
	}
	free(files->file);
	*files = (struct netfiles){0};
}

/* Directories of which each file counts, whatever it ends in.  Source:
 * initscripts' network (it discards .bak, .old, .orig, .rpm* and "~" only),
 * NetworkManager's nms_keyfile_utils_ignore_filename(), and "source
 * interfaces.d/" with a "*" in Debian's /etc/network/interfaces. */
static bool reads_all(const struct netfile *file)
{
	return file->kind == NETFILE_KEYFILE || file->kind == NETFILE_IFCFG ||
	       (file->kind == NETFILE_IFUPDOWN &&
		strcmp(file->path, "/etc/network/interfaces") != 0);
}

static int keep_above(const char *root, const struct netfile *file,
		      struct error **err)
{
	const char *slash = strrchr(file->path, '/');
	const char *above =
		memrchr(file->path, '/', (size_t)(slash - file->path));
	char *path = NULL;
	int r = 0;

	if (!above)
		above = file->path;
	if (asprintf(&path, "%.*s%s" EDIT_KEPT, (int)(above - file->path),
		     file->path, slash) < 0)
		return error_memory(err);
	if (!tree_has(root, path))
		r = edit_file(root, path,
			      &(struct edit_content){file->text,
						     strlen(file->text), 0600,
						     false},
			      err);
	free(path);
	return r < 0 ? r : 0;
}

int netfile_write(const char *root, const struct netfile *file,
		  const char *text, struct error **err)
{
	int r = 0;

	if (!strcmp(file->text, text))
		return 0;
	if (!reads_all(file))
		return edit_text(root, file->path, text, err);
	r = keep_above(root, file, err);
	if (r == 0)
		r = edit_file(
			root, file->path,
			&(struct edit_content){text, strlen(text), 0600, false},
			err);
	return r;
}
