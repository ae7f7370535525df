/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of a conversion: names first, because the rest reads what they
 * stand in; the initramfs last, because a boot menu must name it.  It changes
 * nothing itself.
 */
#include "guest/convert.h"

#include "guest/bootcheck.h"
#include "guest/bootcheck_initramfs.h"
#include "guest/fallback.h"
#include "guest/inject.h"
#include "guest/leftovers.h"
#include "guest/names.h"
#include "guest/nics.h"

typedef int (*part_fn)(struct convert *convert, struct error **err);

int convert_run(struct convert *convert, struct error **err)
{
	static const part_fn part[] = {
		names_convert,	  leftovers_convert, nics_convert,
		fallback_convert, inject_convert,
	};
	int r = 0;

	convert->boots = BOOTCHECK_UNSURE;
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
