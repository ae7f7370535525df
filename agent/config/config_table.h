/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_TABLE_H
#define LANDER_CONFIG_CONFIG_TABLE_H

#include "config/config.h"

/** The row of each parameter; others ask config_parameter(). */
extern const struct config_parameter config_table[CONFIG_KEYS];

#endif
