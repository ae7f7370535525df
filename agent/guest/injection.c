/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one initramfs lacks for this machine.  It only looks.
 */
#include "guest/injection.h"

#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/cpio.h"
#include "guest/depmod.h"
#include "guest/image.h"
#include "guest/kernel.h"
#include "guest/modalias.h"
#include "guest/segment.h"
#include "guest/stagename.h"
#include "guest/tree.h"

#define SETTING_MAX ((size_t)64 << 10)

void injection_end(struct injection *work)
{
	if (work->parsed)
		initramfs_free(&work->initramfs);
	driver_free(&work->missing);
	driver_close(work->index);
	free(work->version);
	free(work->modules);
	free(work->image);
}

static const char *device_driver(const char *modalias)
{
	const char *usual = modalias_usual_driver(modalias);

	return usual ? usual : modalias;
}

/* What one word needs; refuses when a disk's driver is nowhere. */
static int want(const struct injection *work, const char *word, bool needed,
		struct drivers *drivers, struct error **err)
{
	const char *usual = modalias_usual_driver(word);
	enum driver_answer answer = DRIVER_NONE;
	int r = driver_add(work->index, word, drivers, &answer);

	/* Old kernels do not say what their built-in drivers drive. */
	if (r == 0 && answer == DRIVER_NONE && usual)
		r = driver_add(work->index, usual, drivers, &answer);
	if (r < 0)
		return error_memory(err);
	if (answer == DRIVER_NONE && needed)
		return error_set(err, ERROR_CONVERT, 0,
				 "no driver %s for this machine's disk in '%s'",
				 device_driver(word), work->modules),
		       -ENODEV;
	return 0;
}

/* A network card waits for the real root, where its driver must be. */
static int look_at_card(struct injection *work, const char *modalias,
			struct error **err)
{
	const char *usual = modalias_usual_driver(modalias);
	struct drivers drivers = {0};
	enum driver_answer answer = DRIVER_NONE;
	int r = driver_add(work->index, modalias, &drivers, &answer);

	if (r == 0 && answer == DRIVER_NONE && usual)
		r = driver_add(work->index, usual, &drivers, &answer);
	if (r == 0 && answer == DRIVER_NONE)
		work->no_network = usual ? usual : modalias;
	driver_free(&drivers);
	return r < 0 ? error_memory(err) : 0;
}

static int find_missing(struct injection *work, struct error **err)
{
	struct drivers drivers = {0};
	char **modalias = work->convert->modalias;
	int r = driver_open(work->convert->root, work->modules, &work->index,
			    err);

	for (; r == 0 && modalias && *modalias; modalias++) {
		if (modalias_for_network(*modalias))
			r = look_at_card(work, *modalias, err);
		else
			r = want(work, *modalias, modalias_for_disk(*modalias),
				 &drivers, err);
	}
	if (r == 0 && work->convert->scsi)
		r = want(work, "sd_mod", true, &drivers, err);
	for (size_t i = 0; r == 0 && i < drivers.count; i++) {
		const struct driver *driver = &drivers.driver[i];
		struct driver *grown;

		if (work->parsed && segment_holds(&work->initramfs,
						  work->version, driver->name))
			continue;
		grown = reallocarray(work->missing.driver,
				     work->missing.count + 1, sizeof(*grown));
		if (!grown) {
			r = error_memory(err);
			break;
		}
		work->missing.driver = grown;
		grown[work->missing.count++] = *driver;
	}
	driver_free(&drivers);
	return r;
}

/* Which kernel it is for, and where that one's modules are. */
static int find_version(struct injection *work, struct error **err)
{
	const char *wanted = work->kernel->version;
	int r = work->parsed ? initramfs_version(&work->initramfs, wanted,
						 &work->version)
			     : -ENOENT;

	if (r == -ENOENT) {
		work->version = strdup(wanted);
		r = work->version ? 0 : -ENOMEM;
	}
	if (r == -ENOTUNIQ)
		return error_set(err, ERROR_CONVERT, 0,
				 "it has modules of several kernels, and none "
				 "of %s",
				 wanted),
		       -ENOTSUP;
	if (r < 0)
		return error_memory(err);
	if (!image_is_version(work->version))
		return error_set(err, ERROR_CONVERT, 0,
				 "no word in it says which kernel it is"),
		       -ENOENT;
	work->modules = kernel_modules(work->convert->root, work->version);
	return 0;
}

/* Without a directory of modules: is what such devices need today in it? */
static int check_without_modules(struct injection *work, struct error **err)
{
	char **modalias = work->convert->modalias;

	for (; modalias && *modalias; modalias++) {
		const char *usual = modalias_usual_driver(*modalias);

		if (modalias_for_disk(*modalias) &&
		    !(usual && work->parsed &&
		      segment_holds(&work->initramfs, work->version, usual)))
			return error_set(err, ERROR_CONVERT, 0,
					 "no directory of modules for %s, and "
					 "%s is not in the initramfs",
					 work->version,
					 device_driver(*modalias)),
			       -ENOENT;
	}
	return 0;
}

static int read_image(struct injection *work, struct error **err)
{
	const struct kernel *kernel = work->kernel;
	const char *path =
		kernel->initramfs ? kernel->initramfs : kernel->image;
	int r = kernel->initramfs
			? tree_load(work->convert->root, path, INITRAMFS_LIMIT,
				    &work->image, &work->length)
			: image_section(work->convert->root, path, ".initrd",
					&work->image, &work->length);

	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r, "read '%s'", path);
	r = initramfs_parse((uint8_t *)work->image, work->length,
			    &work->initramfs, err);
	if (r < 0) {
		(void)error_wrap(err, "'%s'", path);
		return r;
	}
	work->parsed = true;
	return 0;
}

/* Reads it, and finds what is missing in it. */
int injection_look(struct injection *work, struct error **err)
{
	int r = 0;

	if (work->kernel->initramfs || work->kernel->unified)
		r = read_image(work, err);
	if (r == 0)
		r = find_version(work, err);
	if (r == 0)
		r = work->modules ? find_missing(work, err)
				  : check_without_modules(work, err);
	return r;
}

/* What was appended is an archive of its own, and small. */
static bool is_appended(const struct initramfs *initramfs, const char *name)
{
	struct cpio_entry member;
	size_t at = 0;

	while (initramfs->ours && at < initramfs->ours_length &&
	       cpio_next(initramfs->ours, initramfs->ours_length, &at,
			 &member) > 0) {
		char module[64];

		if (depmod_module_name(member.name, module, sizeof(module)) &&
		    !strcmp(module, name))
			return true;
	}
	return false;
}

bool injection_holds(const struct injection *work, const char *name)
{
	return work->parsed &&
	       (segment_holds(&work->initramfs, work->version, name) ||
		is_appended(&work->initramfs, name));
}

/* The file now, read again: nothing may be missing in all of it. */
int injection_verify(const struct injection *work, struct error **err)
{
	char *bytes = NULL;
	size_t length = 0;
	struct initramfs initramfs = {0};
	int r = tree_load(work->convert->root, work->kernel->initramfs,
			  INITRAMFS_LIMIT, &bytes, &length);

	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r, "read '%s' again",
				 work->kernel->initramfs);
	r = initramfs_parse((uint8_t *)bytes, length, &initramfs, err);
	if (r < 0) {
		free(bytes);
		return error_wrap(err, "what was appended to '%s'",
				  work->kernel->initramfs);
	}
	for (size_t i = 0; r == 0 && i < work->missing.count; i++)
		if (!is_appended(&initramfs, work->missing.driver[i].name))
			r = error_set(err, ERROR_CONVERT, EBADMSG,
				      "what was appended to '%s' is not there",
				      work->kernel->initramfs);
	initramfs_free(&initramfs);
	free(bytes);
	return r;
}

bool injection_names_us(const struct injection *work)
{
	const struct overlay *tree = &work->initramfs.tree;

	for (size_t i = 0; work->parsed && i < tree->count; i++) {
		const struct overlay_entry *entry = &tree->entry[i];

		if (S_ISREG(entry->mode) && entry->size < SETTING_MAX &&
		    (!strncmp(entry->path, "etc/", 4) ||
		     !strncmp(entry->path, "conf/", 5) ||
		     strstr(entry->path, "dracut/hooks/")) &&
		    stagename_in((const char *)entry->data, entry->size))
			return true;
	}
	return false;
}
