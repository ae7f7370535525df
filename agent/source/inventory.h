/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_INVENTORY_H
#define LANDER_SOURCE_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** inventory_is_name(name): whether a disk of Linux could be called so. */
bool inventory_is_name(const char *name);

/**
 * inventory_disks(name, text, length, ret_names, err): the names of a source
 * machine's own disks, NULL-terminated, for parse_free_list(): those that are
 * not removable.  text: what lander-source says of its machine, JSON; name: of
 * the machine, for messages.  Errors: ERROR_SOURCE.
 */
int inventory_disks(const char *name, const uint8_t *text, size_t length,
		    char ***ret_names, struct error **err);

/** inventory_words(text, length): the same disks for people, "sda (20.0 GiB,
 *  serial X), ..."; NULL: no memory. */
char *inventory_words(const uint8_t *text, size_t length);

#endif
