/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_VALUE_H
#define LANDER_CONFIG_CONFIG_VALUE_H

#include <stddef.h>

struct config_parameter;
struct error;

/** config_value_check(row, text, err): that this row of the table takes this
 *  text.  Errors: ERROR_CONFIG, without the name of the row. */
int config_value_check(const struct config_parameter *row, const char *text,
		       struct error **err);

/** config_value_shown(row, text, buf, room): what may be shown of a value, in
 *  buf or elsewhere; "-" for NULL, "(set)" for what is a secret or may be one,
 *  of a URL no more than the host. */
const char *config_value_shown(const struct config_parameter *row,
			       const char *text, char *buf, size_t room);

#endif
