/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of a served machine, from the words of the job.  It takes a public
 * key from anywhere and a private one from no command line; a word that is no
 * key lets nobody in.
 */
#include "run/serve_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/secret.h"

/* Keys stand between commas or at lines of their own, as in a .pub file. */
static int read_list(char *text, struct serve_keys *keys, struct error **err)
{
	char *save = NULL;

	for (char *line = strtok_r(text, ",\n", &save); line;
	     line = strtok_r(NULL, ",\n", &save)) {
		line += strspn(line, " \t\r");
		if (!*line || *line == '#')
			continue;
		if (keys->readers == SERVE_KEYS_MAX)
			return error_set(err, ERROR_CONFIG, 0,
					 "more than %d keys", SERVE_KEYS_MAX);
		if (ssh_public_read(line, &keys->reader[keys->readers], err) <
		    0)
			return -EINVAL;
		keys->readers++;
	}
	if (!keys->readers)
		return error_set(err, ERROR_CONFIG, 0, "no key is in it");
	return 0;
}

static int read_text(const char *from, struct serve_keys *keys,
		     struct error **err)
{
	void *bytes = NULL;
	char *text = NULL;
	size_t length = 0;
	int r = secret_read(from, &bytes, &length, err);

	if (r < 0)
		return r;
	text = strndup(bytes, length);
	secret_forget(bytes, length);
	if (!text)
		return error_memory(err);
	r = read_list(text, keys, err);
	free(text);
	return r;
}

int serve_keys_readers(const struct config *config, enum config_key key,
		       struct serve_keys *ret, struct error **err)
{
	int r = read_text(config_text(config, key), ret, err);

	return r < 0 ? error_wrap(err, "%s: lander.%s",
				  config_origin(config, key),
				  config_parameter(key)->name)
		     : 0;
}

static int read_host(const struct config *config, struct serve_keys *keys,
		     struct error **err)
{
	const char *from = config_text(config, CONFIG_SERVE_HOSTKEY);
	void *bytes = NULL;
	size_t length = 0;
	char *text = NULL;
	int r;

	if (!from)
		return ssh_key_of(NULL, &keys->host, err);
	r = secret_read_place(from, &bytes, &length, err);
	/* OpenSSH wants the end of its last line, which was cut off. */
	if (r == 0) {
		text = malloc(length + 2);
		if (text) {
			memcpy(text, bytes, length);
			memcpy(text + length, "\n", 2);
			r = ssh_key_read(text, length + 1, &keys->host, err);
		} else {
			r = error_memory(err);
		}
		secret_forget(text, length);
	}
	secret_forget(bytes, length);
	return r < 0 ? error_wrap(err, "%s: lander.serve.hostkey",
				  config_origin(config, CONFIG_SERVE_HOSTKEY))
		     : 0;
}

static int make_code(struct serve_keys *keys, struct error **err)
{
	struct ssh_code_keys made = {0};
	int r = ssh_code_make(keys->code, err);

	if (r == 0)
		r = ssh_code_keys(keys->code, &made, err);
	if (r < 0)
		return r;
	keys->host = made.host;
	made.host = (struct ssh_key){0};
	keys->reader[0] = made.reader.public;
	keys->readers = 1;
	ssh_code_keys_done(&made);
	return 0;
}

int serve_keys_read(const struct config *config, struct serve_keys *ret,
		    struct error **err)
{
	int r;

	if (config_is(config, CONFIG_SERVE_KEY, "code")) {
		r = make_code(ret, err);
	} else {
		r = serve_keys_readers(config, CONFIG_SERVE_KEY, ret, err);
		if (r == 0)
			r = read_host(config, ret, err);
	}
	if (r < 0)
		serve_keys_done(ret);
	return r;
}

void serve_keys_done(struct serve_keys *keys)
{
	ssh_key_done(&keys->host);
	explicit_bzero(keys, sizeof(*keys));
}
