/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_DESCRIPTION_H
#define LANDER_SOURCE_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/wire.h"

struct error;

/** What lander-source says of a disk at one moment. */
struct description {
	struct wire_disk disk;
	char writers[512]; /* who may write to it, in words; "": nobody */
};

/** description_take(name, bytes, length, ret, err): the payload of OPENED or
 *  CHECKED, of the source of this name. */
int description_take(const char *name, const uint8_t *bytes, size_t length,
		     struct description *ret, struct error **err);

/** description_state(disk): changes with every write to it, never 0. */
uint64_t description_state(const struct wire_disk *disk);

/** description_same(name, then, now, err): still the very same disk.
 *  Errors: ERROR_SOURCE, ESTALE. */
int description_same(const char *name, const struct description *then,
		     const struct description *now, struct error **err);

/** description_untouched(name, then, now, err): and nobody wrote to it. */
int description_untouched(const char *name, const struct description *then,
			  const struct description *now, struct error **err);

#endif
