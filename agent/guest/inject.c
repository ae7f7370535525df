/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks at each kernel's initramfs and adds the drivers it lacks.  One that
 * has them is not touched, and nothing that a person appended is removed.
 */
#include "guest/inject.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "guest/append.h"
#include "guest/convert.h"
#include "guest/driver.h"
#include "guest/initramfs.h"
#include "guest/kernel.h"
#include "guest/modalias.h"
#include "guest/rebuild.h"
#include "guest/segment.h"
#include "guest/tree.h"
#include "guest/unified.h"

#define STEP "initramfs"

/* One kernel at work. */
struct injection {
	struct convert *convert;
	const struct kernel *kernel;
	char *image;
	size_t length;
	struct initramfs initramfs;
	bool parsed;
	char *version;
	char *modules;
	struct driver_index *index;
	struct drivers missing; /* their names are the index's */
};

static void end(struct injection *work)
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
static int want(struct injection *work, const char *word, bool needed,
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
		return error_set(err, ERROR_CONVERT, ENODEV,
				 "no driver %s for this machine's disk in '%s'",
				 device_driver(word), work->modules);
	return 0;
}

static int find_missing(struct injection *work, struct error **err)
{
	struct drivers drivers = {0};
	char **modalias = work->convert->modalias;
	int r = driver_open(work->convert->root, work->modules, &work->index,
			    err);

	for (; r == 0 && modalias && *modalias; modalias++)
		if (!modalias_for_network(*modalias))
			r = want(work, *modalias, modalias_for_disk(*modalias),
				 &drivers, err);
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
		return error_set(err, ERROR_CONVERT, ENOTSUP,
				 "it has modules of several kernels, and none "
				 "of %s",
				 wanted);
	if (r < 0)
		return error_memory(err);
	if (!kernel_is_version(work->version))
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "no word in it says which kernel it is");
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
			return error_set(err, ERROR_CONVERT, ENOENT,
					 "no directory of modules for %s, and "
					 "%s is not in the initramfs",
					 work->version,
					 device_driver(*modalias));
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
			: unified_read(work->convert->root, path, ".initrd",
				       INITRAMFS_LIMIT, &work->image,
				       &work->length);

	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r, "read '%s'", path);
	r = initramfs_parse((uint8_t *)work->image, work->length,
			    &work->initramfs, err);
	if (r < 0)
		return error_wrap(err, "'%s'", path);
	work->parsed = true;
	return 0;
}

/* Reads it, and finds what is missing in it. */
static int look(struct injection *work, struct error **err)
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

/* The file now, read again: nothing may be missing in all of it. */
static int verify(const struct injection *work, struct error **err)
{
	char *bytes = NULL;
	size_t length = 0;
	struct initramfs initramfs = {0};
	struct overlay ours = {0};
	struct cpio_entry member;
	size_t at = 0;
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
	while (r >= 0 && initramfs.ours && at < initramfs.ours_length &&
	       (r = cpio_next(initramfs.ours, initramfs.ours_length, &at,
			      &member)) > 0)
		r = overlay_add(&ours, &member);
	for (size_t i = 0; r >= 0 && i < work->missing.count; i++) {
		bool found = false;

		for (size_t k = 0; !found && k < ours.count; k++) {
			char name[64];

			found = driver_module_name(ours.entry[k].path, name,
						   sizeof(name)) &&
				!strcmp(name, work->missing.driver[i].name);
		}
		r = found ? 0 : -EBADMSG;
	}
	if (r < 0)
		r = error_set(err, ERROR_CONVERT, -r,
			      "what was appended to '%s' is not there",
			      work->kernel->initramfs);
	overlay_free(&ours);
	initramfs_free(&initramfs);
	free(bytes);
	return r < 0 ? r : 0;
}

static char *names_of(const struct drivers *drivers)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < drivers->count; i++)
		(void)fprintf(out, "%s%s", i ? " " : "",
			      drivers->driver[i].name);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* Appends what is missing.  1, or 0 when just that was appended before. */
static int append_missing(struct injection *work, bool *ret_in_place,
			  size_t *ret_added, struct error **err)
{
	struct initramfs *initramfs = &work->initramfs;
	struct segment segment = {.root = work->convert->root,
				  .modules = work->modules,
				  .version = work->version,
				  .initramfs = initramfs,
				  .drivers = &work->missing};
	struct append append = {.root = work->convert->root,
				.path = work->kernel->initramfs,
				.base = initramfs->base_length};
	struct cpio archive = {0};
	uint8_t *image = NULL;
	int r = segment_build(&segment, &archive, err);

	if (r < 0)
		return r;
	if (append_same(initramfs, &archive)) {
		free(archive.data);
		return 0;
	}
	r = append_make(initramfs, &archive, &image, &append.length, err);
	free(archive.data);
	append.image = image;
	if (r == 0)
		r = append_write(&append, ret_in_place, err);
	free(image);
	if (r == 0)
		r = verify(work, err);
	*ret_added = append.length - append.base;
	return r < 0 ? r : 1;
}

/* What can't be appended to is made anew by the guest's own tool. */
static int rebuild(const struct injection *work, const char *why,
		   struct error **err)
{
	const struct rebuild job = {
		.root = work->convert->root,
		.version =
			work->version ? work->version : work->kernel->version,
		.image = work->kernel->image,
		.initramfs = work->kernel->initramfs,
		.uefi = work->convert->uefi,
	};
	struct injection after = {.convert = work->convert,
				  .kernel = work->kernel};
	const char *tool = NULL;
	double began = io_seconds();
	int r;

	if (work->kernel->unified)
		return error_set(err, ERROR_CONVERT, ENOTSUP,
				 "a unified kernel image can't be appended to");
	r = rebuild_initramfs(&job, &tool, err);
	if (r == 0)
		r = look(&after, err);
	if (r == 0 && after.missing.count)
		r = error_set(err, ERROR_CONVERT, 0, "%s made it without %s",
			      tool, after.missing.driver[0].name);
	end(&after);
	if (r == 0)
		steps_add(&work->convert->steps, STEP_DONE, STEP,
			  "%s: '%s' made anew by %s in %.1f s (%s)",
			  job.version, job.initramfs, tool,
			  io_seconds() - began, why);
	return r;
}

/* Whether the guest's own tool may do better than an append. */
static bool is_refusal(const struct error *why)
{
	return why->code == ENOTSUP || why->code == EBADMSG ||
	       why->code == ESTALE || why->code == EFBIG ||
	       why->code == E2BIG || why->code == ENODATA;
}

static int append_and_say(struct injection *work, struct error **err)
{
	struct steps *steps = &work->convert->steps;
	const char *path = work->kernel->initramfs;
	double began = io_seconds();
	bool in_place = false;
	size_t added = 0;
	char size[24];
	char *names;
	int r = append_missing(work, &in_place, &added, err);

	if (r < 0)
		return r;
	names = names_of(&work->missing);
	if (r == 0)
		steps_add(steps, STEP_SKIPPED, STEP,
			  "%s: '%s' has what was appended before: %s",
			  work->version, path, names ? names : "");
	else
		steps_add(steps, STEP_DONE, STEP,
			  "%s: appended to '%s' (%s%s, %s, %.0f ms): %s",
			  work->version, path,
			  codec_name(work->initramfs.codec),
			  in_place ? ", in place" : "",
			  parse_format_size(added, size, sizeof(size)),
			  (io_seconds() - began) * 1000, names ? names : "");
	free(names);
	return 0;
}

static int serve(struct injection *work, struct error **err)
{
	struct error *why = NULL;
	bool asked = work->convert->rebuild && work->kernel->initramfs;
	int r = look(work, &why);

	if (r == 0 && !work->missing.count && !asked) {
		steps_add(&work->convert->steps, STEP_SKIPPED, STEP,
			  "%s: '%s' has the drivers already", work->version,
			  work->kernel->initramfs ? work->kernel->initramfs
						  : work->kernel->image);
		return 0;
	}
	if (r == 0 && !work->kernel->initramfs && !work->kernel->unified)
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "it has no initramfs, and %s is a module",
				 work->missing.driver[0].name);
	if (r == 0 && work->kernel->unified)
		return rebuild(work, "", err);
	if (r == 0 && !asked)
		r = append_and_say(work, &why);
	if (asked || (r < 0 && is_refusal(why))) {
		r = rebuild(work, asked ? "as asked for" : why->msg, err);
		if (r < 0 && why)
			r = error_wrap(err, "%s; and then", why->msg);
		error_free(why);
		return r;
	}
	if (r < 0 && err)
		*err = why;
	else
		error_free(why);
	return r;
}

int inject_convert(struct convert *convert, struct error **err)
{
	struct kernels kernels = {0};
	struct error *first = NULL;
	size_t good = 0;
	bool broken = false;
	int r = kernel_list(convert->root, &kernels, err);

	if (r < 0)
		return r;
	if (!kernels.count)
		return error_set(err, ERROR_CONVERT, ENOENT,
				 "no kernel in /boot, in boot entries or in "
				 "/usr/lib/modules of the copied system");
	for (size_t i = 0; !broken && i < kernels.count; i++) {
		struct injection work = {.convert = convert,
					 .kernel = &kernels.kernel[i]};
		struct error *why = NULL;

		if (serve(&work, &why) == 0) {
			good++;
		} else {
			broken = why->code == EIO;
			steps_add(&convert->steps, STEP_FAILED, STEP, "%s: %s",
				  work.kernel->version, why->msg);
			if (broken || !first) {
				error_free(first);
				first = why;
				why = NULL;
				(void)error_wrap(&first, "kernel %s",
						 work.kernel->version);
			}
		}
		error_free(why);
		end(&work);
	}
	kernel_free(&kernels);
	if (first && (broken || !good)) {
		r = -(first->code ? first->code : EIO);
		if (err)
			*err = first;
		else
			error_free(first);
		return r;
	}
	error_free(first);
	return 0;
}
