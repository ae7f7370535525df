/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The form of fingerprints and digests: a slip in one is told with all the
 * others, not when a machine has been waited for.  Whose they are is not known
 * here.
 */
#include "config/config_digest.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "net/ssh_hostkey.h"

#define HEXADECIMAL   "0123456789abcdefABCDEF"
#define SHA256_DIGITS 64U

static void check_hostkey(const struct config *config, enum config_key key,
			  struct error **all)
{
	const char *text = config_text(config, key);
	struct error *one = NULL;

	if (!text || ssh_hostkey_check(text, &one) == 0)
		return;
	(void)error_wrap(&one, "%s: lander.%s", config_origin(config, key),
			 config_parameter(key)->name);
	error_gather(all, one);
}

static void check_sha256(const struct config *config, struct error **all)
{
	const char *text = config_text(config, CONFIG_CONFIG_SHA256);
	struct error *one = NULL;

	if (!text || (strlen(text) == SHA256_DIGITS &&
		      strspn(text, HEXADECIMAL) == SHA256_DIGITS))
		return;
	(void)error_set(&one, ERROR_CONFIG, 0,
			"%s: lander.config.sha256: '%.80s' is not 64 "
			"hexadecimal digits",
			config_origin(config, CONFIG_CONFIG_SHA256), text);
	error_gather(all, one);
}

int config_digest_check(const struct config *config, struct error **err)
{
	struct error *all = NULL;

	check_hostkey(config, CONFIG_HOSTKEY, &all);
	if (config_text(config, CONFIG_JUMP))
		check_hostkey(config, CONFIG_JUMP_HOSTKEY, &all);
	check_sha256(config, &all);
	if (!all)
		return 0;
	if (err)
		*err = all;
	else
		error_free(all);
	return -1;
}
