/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of the live system's devices in a copied system, left by its own tools
 * that ran there.  It looks only; what it finds is a reason to stop.
 */
#include "guest/stagename.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/tree.h"

#define LIMIT ((size_t)4 << 20)

bool stagename_in(const char *text, size_t length)
{
	static const char loop[] = "/dev/loop";
	static const char stage[] = "lander-stage-";
	const char *end = text + length;

	if (memmem(text, length, stage, strlen(stage)))
		return true;
	while ((text = memmem(text, (size_t)(end - text), loop,
			      strlen(loop)))) {
		text += strlen(loop);
		if (text < end && isdigit((unsigned char)*text))
			return true;
	}
	return false;
}

int stagename_convert(struct convert *convert, struct error **err)
{
	static const char *const files[] = {
		"/boot/grub/grub.cfg",		 "/boot/grub2/grub.cfg",
		"/boot/grub/device.map",	 "/boot/grub2/device.map",
		"/boot/grub/i386-pc/load.cfg",	 "/boot/grub2/i386-pc/load.cfg",
		"/boot/grub/x86_64-efi/load.cfg"};

	if (!convert->ran)
		return 0;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char *text = NULL;
		size_t length = 0;
		bool bad = tree_load(convert->root, files[i], LIMIT, &text,
				     &length) == 0 &&
			   stagename_in(text, length);

		free(text);
		if (bad)
			return error_set(err, ERROR_CONVERT, EILSEQ,
					 "%s names a device that is only in "
					 "the live system",
					 files[i]);
	}
	return 0;
}
