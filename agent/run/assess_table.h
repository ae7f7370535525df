/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ASSESS_TABLE_H
#define LANDER_RUN_ASSESS_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/** assess_table_print(sources, details, out): objects of assess_json for
 *  people: one line each, and with details all that is known. */
void assess_table_print(const json_t *sources, bool details, FILE *out);

#endif
