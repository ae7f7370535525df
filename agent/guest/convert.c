/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of a conversion: names first, because the rest reads what they
 * stand in; the initramfs late, because a boot menu must name it; then the
 * job's own scripts, which find a converted system.  It changes nothing itself.
 */
#include "guest/convert.h"

#include <stdarg.h>
#include <stdio.h>

#include "guest/biosgrub.h"
#include "guest/bootcheck.h"
#include "guest/bootcheck_initramfs.h"
#include "guest/chroot.h"
#include "guest/efibls.h"
#include "guest/fallback.h"
#include "guest/inject.h"
#include "guest/label.h"
#include "guest/leftovers.h"
#include "guest/names.h"
#include "guest/nics.h"
#include "guest/script.h"
#include "guest/selinux.h"
#include "guest/stagename.h"

typedef int (*part_fn)(struct convert *convert, struct error **err);

void convert_say(const struct convert *convert, const char *format, ...)
{
	char text[300];
	va_list args;

	if (!convert->say)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	convert->say(convert->owner, text);
}

int convert_run(struct convert *convert, struct error **err)
{
	static const part_fn part[] = {
		names_convert,	  leftovers_convert, nics_convert,
		efibls_convert,	  fallback_convert,  inject_convert,
		biosgrub_convert, script_convert,    stagename_convert,
		selinux_convert,
	};
	int r = 0;

	convert->boots = BOOTCHECK_UNSURE;
	chroot_sweep(convert->root);
	label_begin();
	for (size_t i = 0; r == 0 && i < sizeof(part) / sizeof(*part); i++)
		r = part[i](convert, err);
	/* Told, and no reason to stop but for what is certain: firmware and
	 * loaders know more ways to a kernel than anybody can follow on a disk.
	 */
	if (r == 0)
		r = bootcheck_run(convert, bootcheck_initramfs_look,
				  &convert->boots, err);
	if (r == 0 && convert->boots != BOOTCHECK_BOOTS)
		steps_add(&convert->steps, STEP_FAILED, BOOTCHECK_STEP,
			  "as far as the disk "
			  "shows, it %s",
			  bootcheck_word(convert->boots));
	return r;
}
