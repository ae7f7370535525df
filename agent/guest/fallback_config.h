/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_FALLBACK_CONFIG_H
#define LANDER_GUEST_FALLBACK_CONFIG_H

#include <stdbool.h>

struct convert;

/**
 * fallback_config_read(convert, place, directory, ret): the grub.cfg that
 * stands beside a GRUB in EFI/BOOT, for the one in directory.  A small one that
 * goes on to another file by UUID is the same; a whole menu is not copied, it
 * is gone on to.  Returns 1, 0 when the directory has none, or a negative
 * errno.  Source: GRUB manual, "search", "configfile", "root", "prefix".
 */
int fallback_config_read(const struct convert *convert, const char *place,
			 const char *directory, char **ret_text);

/** fallback_config_is_plain(text, also): ASCII letters, digits and the
 *  characters of also only: a GRUB script may hold it without quotes. */
bool fallback_config_is_plain(const char *text, const char *also);

#endif
