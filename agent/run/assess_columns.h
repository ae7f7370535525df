/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ASSESS_COLUMNS_H
#define LANDER_RUN_ASSESS_COLUMNS_H

#include <stdbool.h>

struct assess_list;
struct error;

/** assess_columns_named(text): whether its first line names columns, one of
 *  them the host or the source. */
bool assess_columns_named(const char *text);

/** assess_columns_read(list, name, text, err): its rows; name: of the file.
 *  text is changed.  Errors: as assess_list_read(). */
int assess_columns_read(struct assess_list *list, const char *name, char *text,
			struct error **err);

#endif
