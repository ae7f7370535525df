/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of a conversion: names first, because the rest reads what they
 * stand in; the initramfs last, because a boot menu must name it.  It changes
 * nothing itself.
 */
#include "guest/convert.h"

#include "guest/bootcheck.h"
#include "guest/efibls.h"
#include "guest/fallback.h"
#include "guest/inject.h"
#include "guest/leftovers.h"
#include "guest/names.h"
#include "guest/nics.h"

typedef int (*part_fn)(struct convert *convert, struct error **err);

int convert_run(struct convert *convert, struct error **err)
{
	static const part_fn part[] = {
		names_convert,	leftovers_convert, nics_convert,
		efibls_convert, fallback_convert,  inject_convert,
	};
	enum bootcheck_verdict verdict = BOOTCHECK_UNSURE;
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(part) / sizeof(*part); i++)
		r = part[i](convert, err);
	/* Told, not a reason to stop: firmware and loaders know more ways to
	 * a kernel than anybody can follow on a disk. */
	if (r == 0)
		r = bootcheck_run(convert, NULL, &verdict, err);
	if (r == 0 && verdict != BOOTCHECK_BOOTS)
		steps_add(&convert->steps, STEP_FAILED, "boot check",
			  "as far as the disk "
			  "shows, it %s",
			  bootcheck_word(verdict));
	return r;
}
