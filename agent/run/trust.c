/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom the servers of a job must be, and who we are to them: the same for the
 * file of the job, the key of the source and the reports.  A pin that is no
 * hash is refused here, before a server that it could never match is asked.
 */
#include "run/trust.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/secret.h"

#define PIN_LETTERS 44U /* of 32 bytes in base64 */

static int check_pin(const char *pin, struct error **err)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789+/";
	char **one = NULL;
	int r = parse_split(pin, ';', &one, err);

	for (size_t i = 0; r == 0 && one[i]; i++)
		if (strncmp(one[i], "sha256//", 8) ||
		    strlen(one[i]) != 8 + PIN_LETTERS ||
		    strspn(one[i] + 8, letters) != PIN_LETTERS - 1 ||
		    one[i][7 + PIN_LETTERS] != '=')
			r = error_set(err, ERROR_CONFIG, 0,
				      "'%s' is not sha256// and the %u letters "
				      "of a SHA-256 in base64",
				      one[i], PIN_LETTERS);
	parse_free_list(one);
	return r;
}

static int read_authorities(const char *text, struct trust *trust,
			    struct error **err)
{
	int r;

	if (!strncmp(text, "sha256//", 8)) {
		trust->pin = strdup(text);
		trust->http.pin = trust->pin;
		return trust->pin ? check_pin(text, err) : error_memory(err);
	}
	r = secret_read_place(text, &trust->authorities,
			      &trust->http.pem_length, err);
	trust->http.pem = trust->authorities;
	return r;
}

static int read_own(const char *text, struct trust *trust, struct error **err)
{
	int r = secret_read_place(text, &trust->own, &trust->http.own_length,
				  err);

	trust->http.own = trust->own;
	return r;
}

int trust_read(const struct config *config, struct trust *ret,
	       struct error **err)
{
	const char *authorities = config_text(config, CONFIG_CACERT);
	const char *own = config_text(config, CONFIG_CLIENTCERT);

	*ret = (struct trust){0};
	if (authorities && read_authorities(authorities, ret, err) < 0)
		return error_wrap(err, "%s: lander.cacert",
				  config_origin(config, CONFIG_CACERT));
	if (own && read_own(own, ret, err) < 0)
		return error_wrap(err, "%s: lander.clientcert",
				  config_origin(config, CONFIG_CLIENTCERT));
	return 0;
}

void trust_done(struct trust *trust)
{
	secret_forget(trust->authorities, trust->http.pem_length);
	secret_forget(trust->own, trust->http.own_length);
	free(trust->pin);
	*trust = (struct trust){0};
}
