/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_STAGENAME_H
#define LANDER_GUEST_STAGENAME_H

#include <stdbool.h>
#include <stddef.h>

struct convert;
struct error;

/** stagename_in(text, length): it names a device that is only in the live
 *  system: "/dev/loop" and a number, or the stage device. */
bool stagename_in(const char *text, size_t length);

/** stagename_convert(convert, err): after programs of the copied system ran in
 *  it, none of the files that they write for GRUB names such a device.
 *  Errors: ERROR_CONVERT with the file: it would not start. */
int stagename_convert(struct convert *convert, struct error **err);

#endif
