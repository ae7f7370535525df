/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_INSPECTION_TABLE_H
#define LANDER_RUN_INSPECTION_TABLE_H

#include <jansson.h>
#include <stdio.h>

/** inspection_table(json, out): what inspection_run() found, for a person. */
void inspection_table(const json_t *json, FILE *out);

#endif
