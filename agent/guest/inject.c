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
#include "guest/cpio.h"
#include "guest/efi_image.h"
#include "guest/injection.h"
#include "guest/kernel.h"
#include "guest/persist.h"
#include "guest/rebuild.h"
#include "guest/segment.h"
#include "guest/selinux.h"
#include "guest/tree.h"

#define STEP	      "initramfs"
#define SIGNATURE_MAX ((size_t)1 << 20)

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
		r = injection_verify(work, err);
	*ret_added = append.length - append.base;
	return r < 0 ? r : 1;
}

/* What the boot loader checks the initramfs against; -ENOENT: nothing. */
static int read_signature(const struct injection *work, char **ret_bytes,
			  size_t *ret_length)
{
	char *path = NULL;
	int r;

	if (!work->kernel->initramfs)
		return -ENOENT;
	if (asprintf(&path, "%s.sig", work->kernel->initramfs) < 0)
		return -ENOMEM;
	r = tree_load(work->convert->root, path, SIGNATURE_MAX, ret_bytes,
		      ret_length);
	free(path);
	return r;
}

/* GRUB with check_signatures=enforce reads no file that lacks its own. */
static bool is_signed(const struct injection *work)
{
	char *bytes = NULL;
	size_t length = 0;
	bool found = read_signature(work, &bytes, &length) != -ENOENT;

	free(bytes);
	return found;
}

/* The tool, or what it calls, signed what it made. */
static bool is_signed_anew(const struct injection *work, const char *old,
			   size_t old_length)
{
	char *bytes = NULL;
	size_t length = 0;
	int r = read_signature(work, &bytes, &length);
	bool anew =
		r == 0 && bytes &&
		(length != old_length || memcmp(bytes, old, old_length) != 0);

	free(bytes);
	return anew;
}

/* A disk of the live system in it would be looked for in vain. */
static int check_made(struct injection *after, const char *tool,
		      struct error **err)
{
	int r = injection_look(after, err);

	if (r == 0 && after->missing.count)
		r = error_set(err, ERROR_CONVERT, 0, "%s made it without %s",
			      tool, after->missing.driver[0].name);
	if (r == 0 && injection_names_us(after))
		r = error_set(err, ERROR_CONVERT, 0,
			      "%s made it with the name of a device of this "
			      "live system in it",
			      tool);
	return r;
}

static int make_anew(struct convert *convert, const struct injection *work,
		     const char **ret_tool, struct error **err)
{
	const struct rebuild job = {
		.root = work->convert->root,
		.version =
			work->version ? work->version : work->kernel->version,
		.image = work->kernel->image,
		.initramfs = work->kernel->initramfs,
		.unified = work->kernel->unified,
		.uefi = work->convert->uefi,
		.stop = work->convert->stop,
	};
	char *signature = NULL;
	size_t length = 0;
	int has_signature = read_signature(work, &signature, &length);
	int r = selinux_ran(convert, err);

	convert_say(convert,
		    "the system's own tool makes the initramfs of %s anew; "
		    "this can take minutes",
		    job.version);
	if (r == 0)
		r = rebuild_initramfs(&job, ret_tool, err);
	if (r == 0 && has_signature == 0 &&
	    !is_signed_anew(work, signature, length))
		r = (error_set(err, ERROR_CONVERT, 0,
			       "%s made '%s', but did not sign it anew: its "
			       "boot loader takes no other",
			       *ret_tool, job.initramfs),
		     -EPERM);
	free(signature);
	return r;
}

/* What can't be appended to is made anew by the guest's own tool. */
static int rebuild(struct convert *convert, const struct injection *work,
		   const char *why, struct error **err)
{
	struct injection after = {.convert = work->convert,
				  .kernel = work->kernel};
	const struct kernel *kernel = work->kernel;
	struct efi_image before = {0};
	struct efi_image made = {0};
	const char *tool = NULL;
	double began = io_seconds();
	int r;

	if (kernel->unified)
		(void)efi_image_read(convert->root, kernel->image, &before);
	r = make_anew(convert, work, &tool, err);
	if (r == 0)
		r = check_made(&after, tool, err);
	if (r == 0 && kernel->unified)
		(void)efi_image_read(convert->root, kernel->image, &made);
	if (r == 0)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "%s: '%s' made anew by %s in %.1f s (%s)%s",
			  after.version,
			  kernel->unified ? kernel->image : kernel->initramfs,
			  tool, io_seconds() - began, why,
			  before.is_signed && !made.is_signed
				  ? "; it was signed and is not: Secure Boot "
				    "will not start it"
				  : "");
	injection_end(&after);
	return r;
}

/* Whether the guest's own tool may do better than an append. */
static bool is_refusal(int r)
{
	return r == -ENOTSUP || r == -EBADMSG || r == -ESTALE || r == -EFBIG ||
	       r == -E2BIG || r == -ENODATA || r == -EPERM;
}

static int append_and_say(struct convert *convert, struct injection *work,
			  struct error **err)
{
	struct steps *steps = &convert->steps;
	const char *path = work->kernel->initramfs;
	double began = io_seconds();
	bool in_place = false;
	size_t added = 0;
	char size[24];
	char *names;
	int r;

	if (is_signed(work))
		return error_set(err, ERROR_CONVERT, 0,
				 "'%s' is signed (.sig beside it): its boot "
				 "loader takes no other",
				 path),
		       -EPERM;
	r = append_missing(work, &in_place, &added, err);

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

static int serve(struct convert *convert, struct injection *work,
		 struct error **err)
{
	const char *reason =
		convert->layout ? "it may name the old layout" : "as asked for";
	struct error *why = NULL;
	bool asked = work->convert->rebuild &&
		     (work->kernel->initramfs || work->kernel->unified);
	int r = injection_look(work, &why);

	if (work->no_network)
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "%s: no driver %s for this machine's network card",
			  work->version, work->no_network);

	if (r == 0 && !work->missing.count && !asked) {
		steps_add(&convert->steps, STEP_SKIPPED, STEP,
			  "%s: '%s' has the drivers already", work->version,
			  work->kernel->initramfs ? work->kernel->initramfs
						  : work->kernel->image);
		return 0;
	}
	if (r == 0 && !work->kernel->initramfs && !work->kernel->unified)
		return error_set(err, ERROR_CONVERT, 0,
				 "it has no initramfs, and %s is a module",
				 work->missing.driver[0].name),
		       -ENOENT;
	if (r == 0 && work->kernel->unified)
		return rebuild(convert, work,
			       asked ? reason
				     : "a unified kernel can't be "
				       "appended to",
			       err);
	if (r == 0 && !asked)
		r = append_and_say(convert, work, &why);
	if (asked || (r < 0 && is_refusal(r))) {
		const char *refusal = r < 0 ? why->msg : NULL;

		r = rebuild(convert, work, asked ? reason : refusal, err);
		if (r < 0 && refusal)
			(void)error_wrap(err, "%s; and then", refusal);
		error_free(why);
		return r;
	}
	if (r >= 0)
		return 0;
	if (err)
		*err = why;
	else
		error_free(why);
	return r;
}

/* The plain file of a kernel that is started as a unified one. */
static bool is_part(const struct kernels *kernels, const struct kernel *kernel)
{
	bool part = false;

	for (size_t i = 0; !part && i < kernels->count; i++)
		part = kernels->kernel[i].unified &&
		       !strcmp(kernels->kernel[i].version, kernel->version);
	return part && !kernel->unified && !kernel->initramfs;
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
	if (!kernels.count) {
		/* It was started from outside, or not at all. */
		steps_add(&convert->steps, STEP_FAILED, STEP,
			  "no kernel in /boot, in boot entries or in "
			  "/usr/lib/modules of the copied system");
		return 0;
	}
	r = persist_drivers(convert, err);
	broken = r < 0;
	for (size_t i = 0; !broken && i < kernels.count; i++) {
		struct injection work = {.convert = convert,
					 .kernel = &kernels.kernel[i]};
		struct error *why = NULL;
		int done;

		if (is_part(&kernels, work.kernel))
			continue;
		done = serve(convert, &work, &why);
		if (done == 0) {
			good++;
		} else {
			broken = why->code == EIO;
			steps_add(&convert->steps, STEP_FAILED, STEP, "%s: %s",
				  work.kernel->version, why->msg);
			if (broken || !first) {
				error_free(first);
				first = why;
				r = done;
				why = NULL;
				(void)error_wrap(&first, "kernel %s",
						 work.kernel->version);
			}
		}
		error_free(why);
		injection_end(&work);
	}
	kernel_free(&kernels);
	if (first && (broken || !good)) {
		if (err)
			*err = first;
		else
			error_free(first);
		return r;
	}
	error_free(first);
	return broken ? r : 0;
}
