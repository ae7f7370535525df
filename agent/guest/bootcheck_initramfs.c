/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether an initramfs gets this machine to its root.  It judges by modules
 * and programs that are there, not by what a hook of the guest would do with
 * them; what it can't read it does not judge.
 */
#include "guest/bootcheck_initramfs.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "disk/layers.h"
#include "disk/volume.h"
#include "guest/bootcheck.h"
#include "guest/convert.h"
#include "guest/entry.h"
#include "guest/image.h"
#include "guest/injection.h"
#include "guest/kernel.h"
#include "guest/modalias.h"
#include "guest/tree.h"

/* What puts a root's volume together, in an initramfs of any make. */
static const struct tool {
	enum layers layer;
	const char *name;
	const char *program[2];
	const char *module;
} tools[] = {
	{LAYERS_LVM, "LVM", {"lvm", NULL}, "dm_mod"},
	{LAYERS_LUKS, "LUKS", {"cryptsetup", "systemd-cryptsetup"}, "dm_crypt"},
	{LAYERS_MD, "MD", {"mdadm", "mdassemble"}, "md_mod"},
};

#define TOOLS (sizeof(tools) / sizeof(*tools))

static const char *const places[] = {
	"usr/sbin", "usr/bin", "sbin", "bin", "usr/lib/systemd", "lib/systemd"};

/* 1 when the module can be loaded; 0 and what it lacks. */
static int loads(const struct injection *work, const char *name,
		 char **ret_missing)
{
	struct drivers all = {0};
	int r = driver_need(work->index, name, &all);

	for (size_t i = 0; r == 0 && i < all.count; i++)
		if (!injection_holds(work, all.driver[i].name)) {
			if (!*ret_missing)
				*ret_missing = strdup(all.driver[i].name);
			driver_free(&all);
			return *ret_missing ? 0 : -ENOMEM;
		}
	driver_free(&all);
	return r < 0 ? r : 1;
}

/* Something that answers to the word can be loaded, or is built in. */
static int answers(const struct injection *work, const char *word,
		   char **ret_missing)
{
	struct drivers match = {0};
	enum driver_answer answer = DRIVER_NONE;
	int r = driver_match(work->index, word, &match, &answer);

	if (r == 0)
		r = answer != DRIVER_MODULE;
	for (size_t i = 0; r == 0 && i < match.count; i++)
		r = loads(work, match.driver[i].name, ret_missing);
	driver_free(&match);
	return r;
}

/* The usual driver of a device first: it is the one to name. */
static int reaches(const struct injection *work, const char *modalias,
		   char **ret_missing)
{
	const char *usual = modalias_usual_driver(modalias);
	enum driver_answer answer = DRIVER_NONE;
	struct drivers match = {0};
	int r = 0;

	if (usual)
		r = driver_match(work->index, usual, &match, &answer);
	driver_free(&match);
	if (r == 0 && answer == DRIVER_BUILTIN)
		return 1;
	if (r == 0 && answer == DRIVER_MODULE)
		r = loads(work, usual, ret_missing);
	return r == 0 ? answers(work, modalias, ret_missing) : r;
}

int bootcheck_initramfs_reaches(const struct injection *work, char **ret_name)
{
	char **modalias = work->convert->modalias;
	int r = 1;

	*ret_name = NULL;
	/* Without modules injection_look() has seen to it. */
	if (!work->modules)
		return 1;
	for (; r == 1 && modalias && *modalias; modalias++)
		if (modalias_for_disk(*modalias))
			r = reaches(work, *modalias, ret_name);
	if (r == 1 && work->convert->scsi)
		r = answers(work, "sd_mod", ret_name);
	if (r != 0) {
		free(*ret_name);
		*ret_name = NULL;
	}
	return r;
}

/* 1 when the kernel can mount it; one that was never asked to is not here. */
static int check_fs(const struct injection *work, const char *fs,
		    char **ret_text)
{
	char *missing = NULL;
	char *alias = NULL;
	int r;

	if (asprintf(&alias, "fs-%s", fs) < 0)
		return -ENOMEM;
	r = answers(work, alias, &missing);
	if (r == 1)
		r = answers(work, fs, &missing);
	if (r == 0 &&
	    asprintf(ret_text,
		     "kernel %s: the root's file system is %s, and %s is not "
		     "in the initramfs",
		     work->version, fs, missing) < 0)
		r = -ENOMEM;
	free(missing);
	free(alias);
	return r;
}

static bool has_program(const struct injection *work, const char *name)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "%s/%s", places[i], name);
		if (overlay_find(&work->initramfs.tree, path))
			return true;
	}
	return false;
}

/* 1 when it has both the tool and the driver. */
static int check_tool(const struct injection *work, const struct tool *tool,
		      const char *module, char **ret_text)
{
	char *missing = NULL;
	int r = answers(work, module, &missing);

	if (r == 0)
		r = asprintf(ret_text,
			     "kernel %s: the root is on %s, and %s is not in "
			     "the initramfs",
			     work->version, tool->name, missing) < 0
			    ? -ENOMEM
			    : 0;
	else if (r == 1 && !has_program(work, tool->program[0]) &&
		 !(tool->program[1] && has_program(work, tool->program[1])))
		r = asprintf(ret_text,
			     "kernel %s: the root is on %s, and %s is not in "
			     "the initramfs",
			     work->version, tool->name, tool->program[0]) < 0
			    ? -ENOMEM
			    : 0;
	free(missing);
	return r;
}

/* 1 when the root can be found and mounted; what it needs is told. */
static int check_root(const struct injection *work, char **ret_text)
{
	const struct volume *volume = work->convert->root_volume;
	char *level = NULL;
	unsigned int layers = volume ? layers_read(volume->device, &level) : 0;
	int r = volume && volume->fs ? check_fs(work, volume->fs, ret_text) : 1;

	for (size_t i = 0; r == 1 && i < TOOLS; i++)
		if (layers & tools[i].layer)
			r = check_tool(work, &tools[i], tools[i].module,
				       ret_text);
	/* "raid1" is also what its driver is called by, as an alias. */
	if (r == 1 && layers & LAYERS_MD && level) {
		char alias[40];

		(void)snprintf(alias, sizeof(alias), "md-%.30s", level);
		r = check_tool(work, &tools[TOOLS - 1], alias, ret_text);
	}
	free(level);
	if (r == 1 &&
	    asprintf(ret_text, "kernel %s: it has this machine's drivers%s%s%s",
		     work->version, volume && volume->fs ? " and " : "",
		     volume && volume->fs ? volume->fs : "",
		     layers ? ", and what its volumes need" : "") < 0)
		r = -ENOMEM;
	return r;
}

static bool is_same(const char *root, const char *path, int fd)
{
	struct stat one;
	struct stat other;
	int found = path ? tree_open(root, path) : -1;
	bool same = found >= 0 && fstat(found, &one) == 0 &&
		    fstat(fd, &other) == 0 && one.st_dev == other.st_dev &&
		    one.st_ino == other.st_ino;

	if (found >= 0)
		(void)close(found);
	return same;
}

/* One that was made for the answer, from several. */
static bool has_no_name(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink == 0;
}

static int judge(const struct convert *convert, const struct kernel *kernel,
		 char **ret_text)
{
	struct injection work = {.convert = convert, .kernel = kernel};
	struct error *why = NULL;
	char *name = NULL;
	int r = injection_look(&work, &why);

	if (r == -ENODEV) {
		r = asprintf(ret_text, "kernel %s: %s", kernel->version,
			     why->msg) < 0
			    ? -ENOMEM
			    : 2;
	} else if (r < 0) {
		if (r != -ENOMEM && r != -EIO)
			*ret_text = strdup(why->msg);
	} else {
		r = bootcheck_initramfs_reaches(&work, &name);
		if (r == 0)
			r = asprintf(ret_text,
				     "kernel %s: %s, which this machine's disk "
				     "needs, is not in '%s'",
				     work.version, name,
				     kernel->initramfs ? kernel->initramfs
						       : kernel->image) < 0
				    ? -ENOMEM
				    : 2;
		else if (r == 1 && work.modules)
			r = check_root(&work, ret_text);
		else if (r == 1 &&
			 asprintf(ret_text,
				  "kernel %s has no directory of modules",
				  kernel->version) >= 0)
			r = -ENODATA;
		if (r == 0 || r == 1)
			r = !r;
	}
	free(name);
	error_free(why);
	injection_end(&work);
	return r;
}

/* By its initramfs; several of a menu entry are one file that no directory
 * has, and then by the kernel: the others are microcode. */
static const struct kernel *find_kernel(const struct convert *convert,
					const struct kernels *kernels,
					const struct entry *entry)
{
	for (size_t i = 0; i < kernels->count; i++)
		if (is_same(convert->root, kernels->kernel[i].initramfs,
			    entry->initrd_fd))
			return &kernels->kernel[i];
	for (size_t i = 0; i < kernels->count; i++)
		if (kernels->kernel[i].initramfs &&
		    is_same(convert->root, kernels->kernel[i].image,
			    entry->kernel_fd) &&
		    has_no_name(entry->initrd_fd))
			return &kernels->kernel[i];
	return NULL;
}

int bootcheck_initramfs_look(const struct convert *convert,
			     const struct entry *entry, char **ret_text)
{
	struct kernels kernels = {0};
	const struct kernel *kernel;
	int r = -ENOENT;

	*ret_text = NULL;
	if (entry->kernel_fd < 0) {
		struct kernel unified = {.image = entry->kernel};

		unified.version = image_version(convert->root, entry->kernel,
						&unified.unified);
		unified.unified = true;
		r = unified.version ? judge(convert, &unified, ret_text)
				    : -ENOEXEC;
		free(unified.version);
		return r;
	}
	if (kernel_list(convert->root, &kernels, NULL) < 0)
		return -ENOMEM;
	kernel = find_kernel(convert, &kernels, entry);
	if (kernel)
		r = judge(convert, kernel, ret_text);
	else
		*ret_text = strdup("it is not named like a kernel's");
	kernel_free(&kernels);
	return r;
}
