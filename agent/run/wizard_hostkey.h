/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_HOSTKEY_H
#define LANDER_RUN_WIZARD_HOSTKEY_H

#include "run/wizard_flow.h"

struct error;

/** wizard_hostkey_accept(host, shown): a person compares "ED25519 SHA256:…",
 *  which that host showed, with the host's own. */
enum wizard_turn wizard_hostkey_accept(const char *host, const char *shown);

/** wizard_hostkey_tell(title, error): what went wrong with a machine, and back
 *  to where it can be mended; frees the error. */
enum wizard_turn wizard_hostkey_tell(const char *title, struct error *error);

#endif
