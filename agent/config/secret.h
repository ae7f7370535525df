/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_SECRET_H
#define LANDER_CONFIG_SECRET_H

#include <stddef.h>

struct error;

/**
 * secret_read(text, ret, ret_length, err): the bytes that a secret parameter
 * means: "file:NAME", a file on the volume LANDER; "fw_cfg:NAME", an item such
 * as opt/lander/key; any other text is the secret itself.  One line of text
 * loses its line end, everything else is taken byte for byte.  For
 * secret_forget().
 * Errors: ERROR_CONFIG, with the place that it was looked for in.
 */
int secret_read(const char *text, void **ret, size_t *ret_length,
		struct error **err);
/** secret_read_file(path, ret, ret_length, err): the same of any file here. */
int secret_read_file(const char *path, void **ret, size_t *ret_length,
		     struct error **err);
void secret_forget(void *secret, size_t length);

#endif
