/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which kernels a copied system has, by the files that boot loaders read.  No
 * package database is asked: it may be missing, broken, or of another system.
 */
#include "guest/kernel.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/image.h"
#include "guest/tree.h"

#define ENTRY_MAX   ((size_t)64 << 10)
#define KERNELS_MAX 1024

/* Where an EFI system partition, or the boot partition, is mounted. */
static const char *const partitions[] = {"/boot", "/boot/efi", "/efi"};

static char *join(const char *a, const char *b, const char *c)
{
	char *text;

	return asprintf(&text, "%s%s%s", a, b, c) < 0 ? NULL : text;
}

char *kernel_modules(const char *root, const char *version)
{
	static const char *const places[] = {"/lib/modules/",
					     "/usr/lib/modules/"};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char *path = join(places[i], version, "");

		if (path && tree_has(root, path))
			return path;
		free(path);
	}
	return NULL;
}

static bool same_file(const char *root, const char *one, const char *other)
{
	char *a = NULL;
	char *b = NULL;
	bool same = (!one && !other) ||
		    (one && other && tree_path(root, one, &a) == 0 &&
		     tree_path(root, other, &b) == 0 && !strcmp(a, b));

	free(a);
	free(b);
	return same;
}

static bool is_file(const char *root, const char *path)
{
	char **names = NULL;

	if (tree_list(root, path, &names) == -ENOTDIR)
		return true;
	tree_free_list(names);
	return false;
}

static void free_one(struct kernel *kernel)
{
	free(kernel->version);
	free(kernel->image);
	free(kernel->initramfs);
	free(kernel->modules);
}

/* Takes over image and initramfs (which may be NULL).  A pair that is known,
 * or a further image for an initramfs that is, is dropped. */
static int add(const char *root, struct kernels *kernels, char *image,
	       char *initramfs, const char *named)
{
	struct kernel kernel = {.image = image, .initramfs = initramfs};
	struct kernel *grown;
	size_t i = 0;

	while (i < kernels->count &&
	       !same_file(root, initramfs ? initramfs : image,
			  initramfs ? kernels->kernel[i].initramfs
				    : kernels->kernel[i].image))
		i++;
	if (!image || !is_file(root, image) || i < kernels->count ||
	    kernels->count >= KERNELS_MAX) {
		free_one(&kernel);
		return image ? 0 : -ENOMEM;
	}
	kernel.version = image_version(root, image, &kernel.unified);
	kernel.unified = kernel.unified && !initramfs;
	if (!kernel.version)
		kernel.version = strdup(named);
	if (kernel.version && image_is_version(kernel.version))
		kernel.modules = kernel_modules(root, kernel.version);
	grown = reallocarray(kernels->kernel, kernels->count + 1,
			     sizeof(*grown));
	if (grown)
		kernels->kernel = grown;
	if (!grown || !kernel.version) {
		free_one(&kernel);
		return -ENOMEM;
	}
	grown[kernels->count++] = kernel;
	return 0;
}

/* A kernel in /boot, with each initramfs that is named like it. */
static int add_named(const char *root, struct kernels *kernels,
		     const char *file, const char *named)
{
	static const char *const forms[][2] = {
		{"/boot/initrd.img-", ""},
		{"/boot/initramfs-", ".img"},
		{"/boot/initrd-", ""},
		{"/boot/initrd-", ".img"},
		{"/boot/initramfs-", ""},
		{"/boot/initramfs-", "-fallback.img"},
	};
	bool found = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(forms) / sizeof(*forms); i++) {
		char *initramfs = join(forms[i][0], named, forms[i][1]);

		if (initramfs && !tree_has(root, initramfs)) {
			free(initramfs);
			continue;
		}
		found = true;
		r = initramfs ? add(root, kernels, join("/boot/", file, ""),
				    initramfs, named)
			      : -ENOMEM;
	}
	if (r == 0 && !found)
		r = add(root, kernels, join("/boot/", file, ""), NULL, named);
	return r;
}

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name);

	return length > strlen(end) &&
	       !strcmp(name + length - strlen(end), end);
}

static int add_boot(const char *root, struct kernels *kernels)
{
	static const char *const prefixes[] = {"vmlinuz-", "vmlinux-",
					       "kernel-"};
	char **names = NULL;
	int r = 0;

	if (tree_list(root, "/boot", &names) < 0)
		return 0;
	for (size_t p = 0; p < sizeof(prefixes) / sizeof(*prefixes); p++)
		for (size_t i = 0; r == 0 && names[i]; i++) {
			size_t length = strlen(prefixes[p]);

			if (!strncmp(names[i], prefixes[p], length) &&
			    !strstr(names[i], "kdump") &&
			    !ends_with(names[i], ".gz") &&
			    !strstr(names[i], ".lander"))
				r = add_named(root, kernels, names[i],
					      names[i] + length);
		}
	tree_free_list(names);
	return r;
}

/* What a word of an entry names: from the partition that the entry is on, or
 * from the root. */
static char *entry_path(const char *root, const char *partition,
			const char *word)
{
	char *path = join(partition, *word == '/' ? "" : "/", word);

	if (path && !tree_has(root, path)) {
		free(path);
		path = join(word, "", "");
	}
	return path;
}

/* The last word of the last line with that key that is a path: microcode
 * comes first. */
static char *entry_value(const char *text, const char *key)
{
	size_t length = strlen(key);
	char *value = NULL;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, " \t\n");
		if (strncmp(line, key, length) != 0 ||
		    !isblank((uint8_t)line[length]))
			continue;
		for (const char *at = line + length; *at && *at != '\n';
		     at += strcspn(at, " \t\r\n")) {
			size_t word;

			at += strspn(at, " \t\r");
			word = strcspn(at, " \t\r\n");
			if (*at != '/')
				continue;
			free(value);
			value = strndup(at, word);
		}
	}
	return value;
}

static int add_entry(const char *root, struct kernels *kernels,
		     const char *partition, const char *path)
{
	char *text = NULL;
	char *image;
	char *initrd;
	int r = 0;

	if (tree_read(root, path, ENTRY_MAX, &text) < 0)
		return 0;
	image = entry_value(text, "linux");
	if (!image)
		image = entry_value(text, "efi");
	initrd = entry_value(text, "initrd");
	if (image) {
		const char *slash = strrchr(image, '/');
		const char *named = strchr(slash, '-');
		char *initramfs =
			initrd ? entry_path(root, partition, initrd) : NULL;

		if (initramfs && !tree_has(root, initramfs)) {
			free(initramfs);
			initramfs = NULL;
		}
		r = add(root, kernels, entry_path(root, partition, image),
			initramfs, named ? named + 1 : slash + 1);
	}
	free(image);
	free(initrd);
	free(text);
	return r;
}

/* Entries and unified images of one partition. */
static int add_partition(const char *root, struct kernels *kernels,
			 const char *partition)
{
	static const char *const places[][2] = {{"/loader/entries", ".conf"},
						{"/EFI/Linux", ".efi"}};
	int r = 0;

	for (size_t p = 0; r == 0 && p < 2; p++) {
		char *place = join(partition, places[p][0], "");
		char **names = NULL;

		if (!place)
			return -ENOMEM;
		if (tree_list(root, place, &names) < 0)
			names = NULL;
		for (size_t i = 0; r == 0 && names && names[i]; i++) {
			char *path;

			if (!ends_with(names[i], places[p][1]))
				continue;
			path = join(place, "/", names[i]);
			if (!path) {
				r = -ENOMEM;
			} else if (p == 0) {
				r = add_entry(root, kernels, partition, path);
				free(path);
			} else {
				r = add(root, kernels, path, NULL, names[i]);
			}
		}
		tree_free_list(names);
		free(place);
	}
	return r;
}

/* Kernels beside their modules, where no boot partition has them. */
static int add_modules(const char *root, struct kernels *kernels)
{
	char **names = NULL;
	int r = 0;

	if (tree_list(root, "/usr/lib/modules", &names) < 0)
		return 0;
	for (size_t i = 0; r == 0 && names[i]; i++) {
		char *place = join("/usr/lib/modules/", names[i], "");
		char *initramfs =
			place ? join(place, "/initramfs.img", "") : NULL;
		size_t k = 0;

		while (k < kernels->count &&
		       strcmp(kernels->kernel[k].version, names[i]) != 0)
			k++;
		if (!initramfs) {
			r = -ENOMEM;
		} else if (k == kernels->count) {
			if (!tree_has(root, initramfs)) {
				free(initramfs);
				initramfs = NULL;
			}
			r = add(root, kernels, join(place, "/vmlinuz", ""),
				initramfs, names[i]);
			initramfs = NULL;
		}
		free(initramfs);
		free(place);
	}
	tree_free_list(names);
	return r;
}

static int newest_first(const void *a, const void *b)
{
	const struct kernel *one = a;
	const struct kernel *other = b;
	int order = strverscmp(other->version, one->version);

	return order ? order
		     : strcmp(one->initramfs ? one->initramfs : one->image,
			      other->initramfs ? other->initramfs
					       : other->image);
}

int kernel_list(const char *root, struct kernels *ret_kernels,
		struct error **err)
{
	struct kernels kernels = {0};
	int r = add_boot(root, &kernels);

	for (size_t i = 0;
	     r == 0 && i < sizeof(partitions) / sizeof(*partitions); i++)
		r = add_partition(root, &kernels, partitions[i]);
	if (r == 0)
		r = add_modules(root, &kernels);
	if (r < 0) {
		kernel_free(&kernels);
		return error_memory(err);
	}
	if (kernels.count)
		qsort(kernels.kernel, kernels.count, sizeof(*kernels.kernel),
		      newest_first);
	*ret_kernels = kernels;
	return 0;
}

void kernel_free(struct kernels *kernels)
{
	for (size_t i = 0; i < kernels->count; i++)
		free_one(&kernels->kernel[i]);
	free(kernels->kernel);
	*kernels = (struct kernels){0};
}
