/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes an NBD URI apart as far as lander's own messages and checks need it;
 * libnbd parses it again to connect.  It refuses what libnbd would read as
 * something else: a port beyond 65535 wraps round there.
 * Source: the NBD URI specification (doc/uri.md), nbd_connect_uri(3).
 */
#include "source/location.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"

/* A copy of text[0, length) with %XX undone; NULL when out of memory. */
static char *unescape(const char *text, size_t length)
{
	char *copy = malloc(length + 1);
	size_t used = 0;

	for (size_t i = 0; copy && i < length; i++) {
		char hex[3] = {0};

		if (text[i] == '%' && i + 2 < length) {
			char *end;

			memcpy(hex, text + i + 1, 2);
			copy[used] = (char)strtoul(hex, &end, 16);
			if (end == hex + 2 && copy[used]) {
				used++;
				i += 2;
				continue;
			}
		}
		copy[used++] = text[i];
	}
	if (copy)
		copy[used] = '\0';
	return copy;
}

/* "user@host" becomes "host:10809". */
static char *tcp_place(const char *authority, size_t length)
{
	const char *at = memrchr(authority, '@', length);
	const char *colon;
	const char *bracket;
	char *place = NULL;

	if (at) {
		length -= (size_t)(at + 1 - authority);
		authority = at + 1;
	}
	colon = memrchr(authority, ':', length);
	bracket = memrchr(authority, ']', length);
	if (asprintf(&place, "%.*s%s", (int)length, authority,
		     colon && (!bracket || colon > bracket) ? "" : ":10809") <
	    0)
		return NULL;
	return place;
}

static char *unix_place(const char *query)
{
	const char *socket = query ? strstr(query, "socket=") : NULL;

	if (!socket)
		return strdup("");
	socket += strlen("socket=");
	return unescape(socket, strcspn(socket, "&"));
}

/* The port behind "host" or "[v6]", in 1..65535 when there is one. */
static int check_port(const char *uri, const char *place, struct error **err)
{
	const char *colon = strrchr(place, ':');
	uint64_t port;

	if (!colon || strchr(colon, ']'))
		return 0;
	if (parse_number(colon + 1, 1, 65535, &port, err) < 0)
		return error_wrap(err, "source '%s': port", uri);
	return 0;
}

int location_parse(const char *uri, const char *export,
		   struct location *ret_location, struct error **err)
{
	struct location location = {0};
	const char *authority = strstr(uri, "://");
	const char *path;
	size_t length;
	int r = 0;

	if (!authority)
		return error_set(err, ERROR_CONFIG, EINVAL, "source '%s'", uri);
	authority += 3;
	length = strcspn(authority, "/?");
	path = authority + length;
	path += *path == '/';
	location.tls = strncmp(uri, "nbds", 4) == 0;
	location.is_unix = memmem(uri, (size_t)(authority - uri), "+unix", 5);
	location.uri = strdup(uri);
	location.place = location.is_unix ? unix_place(strchr(uri, '?'))
					  : tcp_place(authority, length);
	location.export = export ? strdup(export) : NULL;
	location.wanted =
		export ? strdup(export) : unescape(path, strcspn(path, "?"));
	if (!location.uri || !location.place || !location.wanted ||
	    (export && !location.export))
		r = error_memory(err);
	else if (!location.place[0] || location.place[0] == ':')
		r = error_set(err, ERROR_CONFIG, EINVAL, "source '%s': no %s",
			      uri, location.is_unix ? "?socket=PATH" : "host");
	else if (strstr(uri, "tls-verify-peer"))
		r = error_set(err, ERROR_CONFIG, EPERM,
			      "source '%s': TLS without verification", uri);
	else if (!location.is_unix)
		r = check_port(uri, location.place, err);
	if (r < 0)
		location_done(&location);
	else
		*ret_location = location;
	return r;
}

void location_done(struct location *location)
{
	free(location->uri);
	free(location->export);
	free(location->place);
	free(location->wanted);
	memset(location, 0, sizeof(*location));
}
