/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_CARD_H
#define LANDER_CONFIG_CONFIG_CARD_H

struct config;
struct error;

/** config_card_check(config, err): lander.network and lander.nics.
 *  Errors: ERROR_CONFIG, "origin: lander.KEY: what is wrong". */
int config_card_check(const struct config *config, struct error **err);

#endif
