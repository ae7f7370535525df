/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INSPECT_LOADER_H
#define LANDER_GUEST_INSPECT_LOADER_H

#include <jansson.h>

struct convert;

/** inspect_loader_list(convert): the boot loaders whose files are there, in
 *  the EFI System Partition and for BIOS; "firmware", "kind", "path",
 *  "version". */
json_t *inspect_loader_list(const struct convert *convert);

/** inspect_loader_entry(convert): what the loader would start by default on
 *  this machine; or its "problem". */
json_t *inspect_loader_entry(const struct convert *convert);

/** inspect_loader_check(convert): bootcheck_run() of the system as it is:
 *  "verdict" and "stations".  Takes the steps of convert. */
json_t *inspect_loader_check(struct convert *convert);

#endif
