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
/** secret_read_place(from, ret, ret_length, err): the same of a place that a
 *  parameter names: "file:NAME", "fw_cfg:NAME", "cred:NAME" (a credential that
 *  systemd took from SMBIOS or fw_cfg, systemd.exec(5)), or the path of a file.
 *  Errors: ERROR_CONFIG, also for anything else. */
int secret_read_place(const char *from, void **ret, size_t *ret_length,
		      struct error **err);
/** secret_read_whole(): the same, with every line end that it has. */
int secret_read_whole(const char *from, void **ret, size_t *ret_length,
		      struct error **err);
void secret_forget(void *secret, size_t length);

#endif
