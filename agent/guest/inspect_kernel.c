/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernels of a system, and what each one's initramfs lacks for this
 * machine.  It reads them as conversion does, and changes none.
 */
#include "guest/inspect_kernel.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "guest/bootcheck_initramfs.h"
#include "guest/convert.h"
#include "guest/injection.h"
#include "guest/inspect.h"
#include "guest/kernel.h"

static const char *const tool_name[] = {
	[INITRAMFS_OTHER] = NULL,
	[INITRAMFS_TOOLS] = "initramfs-tools",
	[INITRAMFS_DRACUT] = "dracut",
	[INITRAMFS_MKINITCPIO] = "mkinitcpio",
};

static json_t *list_missing(const struct injection *work)
{
	json_t *list = json_array();

	for (size_t i = 0; i < work->missing.count; i++)
		if (!injection_holds(work, work->missing.driver[i].name))
			(void)json_array_append_new(
				list,
				inspect_text(work->missing.driver[i].name));
	return list;
}

/* Of an initramfs that could be read. */
static void describe_image(const struct injection *work, json_t *json)
{
	const struct initramfs *initramfs = &work->initramfs;

	(void)json_object_set_new(json, "codec",
				  inspect_text(codec_name(initramfs->codec)));
	(void)json_object_set_new(json, "made_by",
				  inspect_text(tool_name[initramfs->tool]));
	(void)json_object_set_new(json, "bytes",
				  json_integer((json_int_t)work->length));
	(void)json_object_set_new(json, "appended",
				  json_boolean(initramfs->ours != NULL));
}

static json_t *describe(const struct convert *convert,
			const struct kernel *kernel)
{
	struct injection work = {.convert = convert, .kernel = kernel};
	struct error *why = NULL;
	char *name = NULL;
	json_t *json = json_pack("{s:o, s:o, s:o, s:b, s:n, s:n, s:n, s:n}",
				 "version", inspect_text(kernel->version),
				 "image", inspect_text(kernel->image),
				 "initramfs", inspect_text(kernel->initramfs),
				 "unified", kernel->unified, "codec", "made_by",
				 "ready", "problem");
	int r = injection_look(&work, &why);

	(void)json_object_set_new(
		json, "modules",
		inspect_text(work.modules ? work.modules : kernel->modules));
	if (work.parsed)
		describe_image(&work, json);
	(void)json_object_set_new(json, "missing", list_missing(&work));
	if (r == 0 && work.modules) {
		r = bootcheck_initramfs_reaches(&work, &name);
		if (r >= 0 && convert->modalias)
			(void)json_object_set_new(json, "ready",
						  json_boolean(r == 1));
	} else if (r == -ENODEV) {
		(void)json_object_set_new(json, "ready", json_false());
	}
	if (why)
		(void)json_object_set_new(json, "problem",
					  inspect_text(why->msg));
	free(name);
	error_free(why);
	injection_end(&work);
	return json;
}

json_t *inspect_kernel_list(const struct convert *convert)
{
	struct kernels kernels = {0};
	json_t *list = json_array();

	if (kernel_list(convert->root, &kernels, NULL) < 0)
		return list;
	for (size_t i = 0; i < kernels.count; i++)
		(void)json_array_append_new(
			list, describe(convert, &kernels.kernel[i]));
	kernel_free(&kernels);
	return list;
}
