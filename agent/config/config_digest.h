/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_DIGEST_H
#define LANDER_CONFIG_CONFIG_DIGEST_H

struct config;
struct error;

/** config_digest_check(config, err): lander.hostkey, lander.jump.hostkey and
 *  lander.config.sha256, all that is wrong.
 *  Errors: ERROR_CONFIG, "origin: lander.KEY: what is wrong". */
int config_digest_check(const struct config *config, struct error **err);

#endif
