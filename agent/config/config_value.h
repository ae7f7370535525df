/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_VALUE_H
#define LANDER_CONFIG_CONFIG_VALUE_H

struct config_parameter;
struct error;

/** config_value_check(row, text, err): that this row of the table takes this
 *  text.  Errors: ERROR_CONFIG, without the name of the row. */
int config_value_check(const struct config_parameter *row, const char *text,
		       struct error **err);

#endif
