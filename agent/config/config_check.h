/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_CHECK_H
#define LANDER_CONFIG_CONFIG_CHECK_H

struct config;
struct error;

/** config_check(config, err): what no single value can show: a source is
 *  there, a prompt has a password, no word asks for what another one rules
 *  out.  Errors: ERROR_CONFIG, all problems, each with the origin of the word.
 */
int config_check(const struct config *config, struct error **err);

/** config_check_words(config, err): the same of words that may not be all of
 *  the job's: a source may be missing.  Those of lander.serve, too. */
int config_check_words(const struct config *config, struct error **err);

/** config_check_serve(config, err): the same of the words of lander.serve: who
 *  may read, and where. */
int config_check_serve(const struct config *config, struct error **err);

#endif
