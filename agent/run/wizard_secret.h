/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_SECRET_H
#define LANDER_RUN_WIZARD_SECRET_H

#include <newt.h>

struct locked;

/** wizard_secret_entry(left, top, width, secret): newt's component for what is
 *  typed into secret, which the caller began. */
newtComponent wizard_secret_entry(int left, int top, int width,
				  struct locked *secret);

#endif
