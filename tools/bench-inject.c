/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-inject ROOT MODALIAS…: gives every initramfs of the system in ROOT the
 * drivers for these devices, as a conversion does, and says what was done.
 * Fails unless something was done for each.
 */
#include <stdio.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/inject.h"

int main(int argc, char **argv)
{
	struct convert convert = {.scsi = true};
	struct error *why = NULL;
	int status = 0;

	if (argc < 3)
		return 2;
	convert.root = argv[1];
	convert.modalias = argv + 2;
	if (inject_convert(&convert, &why) < 0) {
		(void)fprintf(stderr, "bench-inject: %s\n", why->msg);
		error_free(why);
		status = 1;
	}
	for (size_t i = 0; i < convert.steps.count; i++) {
		const struct step *step = &convert.steps.step[i];

		(void)printf("%s %s: %s\n", steps_word(step->outcome),
			     step->name, step->text);
		if (step->outcome != STEP_DONE)
			status = 1;
	}
	steps_free(&convert.steps);
	return status;
}
