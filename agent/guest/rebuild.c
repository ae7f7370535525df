/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Has the guest's own tool make its initramfs, where nothing else will do.  It
 * knows what each tool is to be told, and refuses a system that has none.
 */
#include "guest/rebuild.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/chroot.h"
#include "guest/edit.h"
#include "guest/efi_image.h"
#include "guest/scrap.h"
#include "guest/tree.h"

#define LIMIT_S	    1800
#define CMDLINE_MAX ((size_t)64 << 10)
#define NEW	    ".lander-new"

/* argv[0] is the tool's name. */
static int run(const struct rebuild *rebuild, const char **argv,
	       const char *file, struct error **err)
{
	static const char *const environment[] = {"TMPDIR=" CHROOT_SCRATCH,
						  NULL};
	const char *name = argv[0];
	char program[64];
	const struct chroot_job job = {.root = rebuild->root,
				       .name = name,
				       .argv = argv,
				       .environment = environment,
				       .file = file,
				       .limit_s = LIMIT_S,
				       .uefi = rebuild->uefi,
				       .stop = rebuild->stop};
	int r;

	(void)chroot_program(rebuild->root, name, program);
	argv[0] = program;
	r = chroot_run(&job, err);
	argv[0] = name;
	return r;
}

static bool has(const struct rebuild *rebuild, const char *name)
{
	char program[64];

	return chroot_program(rebuild->root, name, program);
}

static int make_initramfs(const struct rebuild *rebuild, const char **ret_tool,
			  struct error **err)
{
	const char *version = rebuild->version;
	const char *path = rebuild->initramfs;
	const char *update[] = {"update-initramfs",
				tree_has(rebuild->root, path) ? "-u" : "-c",
				"-k", version, NULL};
	const char *dracut[] = {"dracut", "--force", path, version, NULL};
	const char *mkinitcpio[] = {"mkinitcpio", "-k", version,
				    "-g",	  path, NULL};
	const char *mkinitrd[] = {"mkinitrd", "-k", rebuild->image,
				  "-i",	      path, NULL};
	const char *make[] = {"make-initrd", "-k", version, NULL};
	const char *mkinitfs[] = {"mkinitfs", "-o", path, version, NULL};
	const char **tools[] = {update,	  dracut, mkinitcpio,
				mkinitrd, make,	  mkinitfs};

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		if (!has(rebuild, tools[i][0]))
			continue;
		*ret_tool = tools[i][0];
		return run(rebuild, tools[i], NULL, err);
	}
	return error_set(err, ERROR_CONVERT, 0,
			 "the copied system has no tool that makes one (no "
			 "update-initramfs, dracut, mkinitcpio, mkinitrd, "
			 "make-initrd or mkinitfs)"),
	       -ENOENT;
}

/* One line, with which the new kernel is started. */
static char *read_cmdline(const struct rebuild *rebuild)
{
	char *text = NULL;
	size_t length;

	if (tree_read(rebuild->root, "/etc/kernel/cmdline", CMDLINE_MAX,
		      &text) < 0 &&
	    efi_image_section(rebuild->root, rebuild->image, ".cmdline",
			      &text) < 0)
		return NULL;
	for (char *at = text; *at; at++)
		if (*at == '\n' || *at == '\r')
			*at = ' ';
	length = strlen(text);
	while (length && text[length - 1] == ' ')
		text[--length] = '\0';
	return text;
}

/* The system's own installer of kernels makes unified ones. */
static bool installs_unified(const struct rebuild *rebuild)
{
	static const char *const places[] = {"/etc/kernel/install.conf",
					     "/usr/lib/kernel/install.conf"};
	bool found = false;

	for (size_t i = 0; !found && i < 2; i++) {
		char *text = NULL;

		if (tree_read(rebuild->root, places[i], CMDLINE_MAX, &text) < 0)
			continue;
		found = !strncmp(text, "layout=uki", 10) ||
			strstr(text, "\nlayout=uki");
		free(text);
	}
	return found && has(rebuild, "kernel-install");
}

/* The kernel itself, without what it is unified with. */
static bool find_plain(const struct rebuild *rebuild, char path[200])
{
	static const char *const forms[][2] = {
		{"/usr/lib/modules/", "/vmlinuz"},
		{"/lib/modules/", "/vmlinuz"},
		{"/boot/vmlinuz-", ""}};

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, 200, "%s%s%s", forms[i][0],
			       rebuild->version, forms[i][1]);
		if (tree_has(rebuild->root, path))
			return true;
	}
	return false;
}

/* The initramfs first, then both in one. */
static int make_by_ukify(const struct rebuild *rebuild, const char *plain,
			 const char *cmdline, const char *fresh,
			 struct error **err)
{
	char initramfs[200];
	char words[4][400];
	const char *argv[] = {"ukify",	"build",  words[0], words[1],
			      words[2], words[3], NULL,	    NULL};
	struct rebuild part = *rebuild;
	const char *tool = NULL;
	char *line = NULL;
	bool was_there;
	int r;

	(void)snprintf(initramfs, sizeof(initramfs), "/boot/initrd.img-%s",
		       rebuild->version);
	was_there = tree_has(rebuild->root, initramfs);
	part.image = plain;
	part.initramfs = initramfs;
	part.unified = false;
	r = make_initramfs(&part, &tool, err);
	if (r < 0)
		goto out;
	(void)snprintf(words[0], 400, "--linux=%s", plain);
	(void)snprintf(words[1], 400, "--initrd=%s", initramfs);
	(void)snprintf(words[2], 400, "--uname=%s", rebuild->version);
	(void)snprintf(words[3], 400, "--output=%s", fresh);
	if (asprintf(&line, "--cmdline=%s", cmdline) < 0)
		line = NULL;
	argv[6] = line;
	r = line ? run(rebuild, argv, NULL, err) : error_memory(err);
out:
	if (!was_there)
		(void)scrap_remove(rebuild->root, initramfs, NULL);
	free(line);
	return r;
}

static int make_beside(const struct rebuild *rebuild, const char *fresh,
		       const char **ret_tool, struct error **err)
{
	const char *version = rebuild->version;
	char *cmdline = read_cmdline(rebuild);
	char plain[200];
	int r = -ENOENT;

	if (!cmdline)
		return error_set(err, ERROR_CONVERT, 0,
				 "'%s' says no command line", rebuild->image);
	if (has(rebuild, "mkinitcpio")) {
		const char *file = CHROOT_FILE;
		const char *argv[] = {"mkinitcpio", "-k", version, "--cmdline",
				      file,	    "-U", fresh,   NULL};

		*ret_tool = "mkinitcpio";
		r = run(rebuild, argv, cmdline, err);
	} else if (has(rebuild, "dracut") && has(rebuild, "objcopy")) {
		const char *argv[] = {
			"dracut", "--force", "--uefi", "--kernel-cmdline",
			cmdline,  fresh,     version,  NULL};

		*ret_tool = "dracut";
		r = run(rebuild, argv, NULL, err);
	} else if (has(rebuild, "ukify") && find_plain(rebuild, plain)) {
		*ret_tool = "ukify";
		r = make_by_ukify(rebuild, plain, cmdline, fresh, err);
	} else {
		r = (error_set(err, ERROR_CONVERT, 0,
			       "the copied system has no tool that makes a "
			       "unified kernel (no kernel-install with "
			       "layout=uki, mkinitcpio, dracut with objcopy "
			       "or ukify)"),
		     -ENOENT);
	}
	free(cmdline);
	return r;
}

static int make_unified(const struct rebuild *rebuild, const char **ret_tool,
			struct error **err)
{
	char plain[200];
	char *fresh = NULL;
	int r;

	if (installs_unified(rebuild) && find_plain(rebuild, plain)) {
		const char *argv[] = {"kernel-install", "add", rebuild->version,
				      plain, NULL};

		*ret_tool = "kernel-install";
		return run(rebuild, argv, NULL, err);
	}
	if (asprintf(&fresh, "%s" NEW, rebuild->image) < 0)
		return error_memory(err);
	r = scrap_remove(rebuild->root, fresh, err);
	if (r >= 0)
		r = make_beside(rebuild, fresh, ret_tool, err);
	if (r >= 0)
		r = edit_rename(rebuild->root, fresh, rebuild->image, err);
	else
		(void)scrap_remove(rebuild->root, fresh, NULL);
	free(fresh);
	return r < 0 ? r : 0;
}

int rebuild_initramfs(const struct rebuild *rebuild, const char **ret_tool,
		      struct error **err)
{
	int r = rebuild->unified ? make_unified(rebuild, ret_tool, err)
				 : make_initramfs(rebuild, ret_tool, err);

	return r < 0 && r != -ENOENT
		       ? error_wrap(err, "make the initramfs of %s anew",
				    rebuild->version)
		       : r;
}
