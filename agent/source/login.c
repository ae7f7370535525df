/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An SSH source's address taken apart.  It refuses what would be something
 * else than it seems: passwords, queries, ports that are none.
 */
#include "source/login.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "source/source.h"

#define SCHEME "ssh://"

/* What is told of whom. */
struct login_kind {
	const char *word; /* of the job */
	const char *hostkey_word;
	const char *identity_word;
};

static const struct login_kind of_source = {"source", "lander.hostkey",
					    "lander.identity"};
static const struct login_kind of_jump = {"jump", "lander.jump.hostkey",
					  "lander.jump.identity"};

static int bad(const struct login *login, const char *uri, const char *words,
	       struct error **err)
{
	return error_set(err, ERROR_CONFIG, EINVAL, "%s '%s': %s",
			 login->kind->word, uri, words);
}

static int take_user(const char *uri, const char **at, size_t *length,
		     struct login *login, struct error **err)
{
	const char *end = memrchr(*at, '@', *length);
	size_t user = end ? (size_t)(end - *at) : 0;

	if (end && memchr(*at, ':', user))
		return error_set(err, ERROR_CONFIG, EPERM,
				 "%s: no password belongs into an address",
				 login->kind->word);
	if (end && !user)
		return bad(login, uri, "no user before '@'", err);
	login->user = end ? strndup(*at, user) : strdup("root");
	if (!login->user)
		return error_memory(err);
	if (end) {
		*length -= user + 1;
		*at = end + 1;
	}
	return 0;
}

static int take_host(const char *uri, const char *at, size_t length,
		     struct login *login, struct error **err)
{
	const char *bracket = *at == '[' ? memchr(at, ']', length) : NULL;
	const char *colon = bracket ? bracket + 1 : memrchr(at, ':', length);
	const char *end = at + length;
	uint64_t port;

	if (*at == '[' && !bracket)
		return bad(login, uri, "'[' without ']'", err);
	if (colon == end)
		colon = NULL;
	if (bracket && colon && *colon != ':')
		return bad(login, uri, "something between ']' and ':'", err);
	if (!bracket && colon && memchr(at, ':', (size_t)(colon - at)))
		return bad(login, uri, "an IPv6 address needs [ ]", err);
	login->port = colon ? strndup(colon + 1, (size_t)(end - colon - 1))
			    : strdup("22");
	if (bracket)
		login->host = strndup(at + 1, (size_t)(bracket - at - 1));
	else
		login->host =
			strndup(at, colon ? (size_t)(colon - at) : length);
	if (!login->port || !login->host)
		return error_memory(err);
	if (!*login->host)
		return bad(login, uri, "no host", err);
	if (parse_number(login->port, 1, 65535, &port, err) < 0)
		return error_wrap(err, "%s '%s': port", login->kind->word, uri);
	return 0;
}

/* A path; other places are the job's to look in.  What is none may be a secret:
 * it is not repeated. */
static int read_identity(const char *identity, struct locked *ret,
			 struct error **err)
{
	if (*identity == '/')
		return locked_read(identity, ret, err);
	return error_set(err, ERROR_CONFIG, 0,
			 "what is given is none of https://…, cred:NAME, "
			 "file:NAME, fw_cfg:NAME and the path of a file");
}

static int take_identity(const struct source_spec *spec, struct login *login,
			 struct error **err)
{
	int r;

	login->identity = strdup(spec->identity);
	if (!login->identity)
		return error_memory(err);
	if (spec->key)
		r = locked_copy(spec->key, spec->key_length, &login->key, err);
	else
		r = read_identity(spec->identity, &login->key, err);
	return r < 0 ? error_wrap(err, "%s", login->kind->identity_word) : 0;
}

static int take_rest(const struct source_spec *spec, const char *path,
		     struct login *login, struct error **err)
{
	const char *disk = spec->export ? spec->export : path;
	int r = 0;

	if (strpbrk(path, "?#"))
		return bad(login, spec->uri, "'?' and '#' mean nothing here",
			   err);
	login->disk = strdup(disk);
	if (spec->hostkey)
		login->hostkey = strdup(spec->hostkey);
	if (spec->identity)
		r = take_identity(spec, login, err);
	else if (spec->password)
		r = locked_copy(spec->password, strlen(spec->password),
				&login->password, err);
	if (r < 0)
		return r;
	if (asprintf(&login->name, "%s@%s:%s", login->user, login->host,
		     login->port) < 0)
		login->name = NULL;
	if (!login->disk || !login->name || (spec->hostkey && !login->hostkey))
		return error_memory(err);
	return 0;
}

static int parse(const struct source_spec *spec, const struct login_kind *kind,
		 struct login *ret, struct error **err)
{
	const char *at = spec->uri + strlen(SCHEME);
	size_t length = strcspn(at, "/");
	const char *path = at + length;
	int r;

	*ret = (struct login){.kind = kind};
	path += *path == '/';
	r = take_user(spec->uri, &at, &length, ret, err);
	if (r == 0)
		r = take_host(spec->uri, at, length, ret, err);
	if (r == 0)
		r = take_rest(spec, path, ret, err);
	if (r < 0)
		return r;
	ret->peer.place = (struct tcp_place){ret->host, ret->port};
	ret->peer.user = ret->user;
	ret->peer.hostkey = ret->hostkey;
	ret->peer.hostkey_word = kind->hostkey_word;
	ret->peer.identity = ret->identity;
	ret->peer.identity_word = kind->identity_word;
	ret->peer.key = &ret->key;
	ret->peer.password = &ret->password;
	ret->peer.name = ret->name;
	return 0;
}

/* The machine in between gets no password: it would be the source's. */
static int parse_jump(const struct source_spec *spec, struct login *login,
		      struct error **err)
{
	struct source_spec way = *spec->jump;
	struct login *jump = calloc(1, sizeof(*jump));
	bool own = way.identity;
	char *name = NULL;
	int r;

	if (!jump)
		return error_memory(err);
	login->jump = jump;
	if (strncmp(way.uri, SCHEME, strlen(SCHEME)))
		return error_set(err, ERROR_CONFIG, EINVAL,
				 "jump '%s' is not ssh://[user@]host[:port]",
				 way.uri);
	way.password = NULL;
	if (!own) {
		way.identity = spec->identity;
		way.key = spec->key;
		way.key_length = spec->key_length;
	}
	r = parse(&way, &of_jump, jump, err);
	if (r < 0)
		return r;
	if (*jump->disk)
		return bad(jump, way.uri, "nothing belongs behind the host",
			   err);
	if (asprintf(&name, "jump host %s", jump->name) < 0)
		return error_memory(err);
	free(jump->name);
	jump->peer.name = jump->name = name;
	jump->peer.password = NULL;
	if (!own)
		jump->peer.identity_word = of_source.identity_word;
	login->peer.jump = &jump->peer;
	return 0;
}

int login_parse(const struct source_spec *spec, struct login *ret,
		struct error **err)
{
	int r = parse(spec, &of_source, ret, err);

	if (r == 0 && spec->jump)
		r = parse_jump(spec, ret, err);
	if (r < 0)
		login_done(ret);
	return r;
}

void login_done(struct login *login)
{
	if (login->jump)
		login_done(login->jump);
	free(login->jump);
	free(login->user);
	free(login->host);
	free(login->port);
	free(login->hostkey);
	free(login->identity);
	locked_done(&login->key);
	locked_done(&login->password);
	free(login->name);
	free(login->disk);
	*login = (struct login){0};
}
