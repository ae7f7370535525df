/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reaches an NBD server: connect with a deadline, TLS, negotiation, the
 * export.  Everything here is asynchronous libnbd driven by one bounded loop,
 * because its synchronous calls wait for ever on a server that says nothing.
 * It refuses unverified TLS and knows nothing of reads.
 * Source: the NBD protocol (doc/proto.md), libnbd(3), nbd_connect_uri(3).
 */
#include "source/dial.h"

#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnbd.h>

#include "base/error.h"
#include "base/io.h"
#include "source/location.h"

#define POLL_MS	    100
#define NAMES_MAX   256
#define NAMES_SHOWN 8

/* libnbd's words for the last error of this thread, without its prefixes. */
static const char *last_words(void)
{
	const char *text = nbd_get_error();
	const char *colon;

	if (!text)
		return "closed by the server";
	while (strncmp(text, "nbd_", 4) == 0 && (colon = strstr(text, ": ")))
		text = colon + 2;
	return text;
}

int dial_closed(const struct location *location, struct error **err)
{
	return error_set(err, ERROR_NETWORK, 0, "%s closed the connection",
			 location->place);
}

int dial_lost(const struct location *location, const char *doing,
	      struct error **err)
{
	int code = nbd_get_errno();

	if (code == ECONNREFUSED)
		return error_set(err, ERROR_NETWORK, 0,
				 "connection refused by %s", location->place);
	/* How a hang-up shows depends on what was under way. */
	if (code == ECONNRESET || code == EPIPE)
		return dial_closed(location, err);
	if (code == ENOENT && location->is_unix)
		return error_set(err, ERROR_NETWORK, code,
				 "no server at socket '%s'", location->place);
	if (location->tls && strncmp(last_words(), "gnutls", 6) == 0)
		return error_set(err, ERROR_NETWORK, 0, "TLS with %s: %s",
				 location->place, last_words());
	/* libnbd has no errno of its own for an answer that breaks the
	 * protocol. */
	if (strncmp(last_words(), "handshake:", 10) == 0)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s does not speak NBD: %s", location->place,
				 last_words());
	return error_set(err, ERROR_NETWORK, 0, "%s %s: %s", doing,
			 location->place, last_words());
}

static bool is_down(struct nbd_handle *nbd)
{
	return nbd_aio_is_dead(nbd) || nbd_aio_is_closed(nbd);
}

static bool is_stopped(const _Atomic bool *stop)
{
	return stop && atomic_load(stop);
}

/* One turn of a negotiation.  0: go on. */
static int turn(const struct location *location, struct nbd_handle *nbd,
		double end, const _Atomic bool *stop, struct error **err)
{
	if (is_stopped(stop))
		return error_set(err, ERROR_ABORTED, ECANCELED,
				 "connecting to %s", location->place);
	if (io_seconds() > end)
		return error_set(err, ERROR_NETWORK, ETIMEDOUT,
				 "no answer from %s", location->place);
	if (nbd_poll(nbd, POLL_MS) >= 0 && !is_down(nbd))
		return 0;
	if (location->tls)
		return error_set(err, ERROR_NETWORK, 0, "TLS with %s: %s",
				 location->place, last_words());
	if (nbd_get_errno() == EINVAL || nbd_get_errno() == EPROTO)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s does not speak NBD: %s", location->place,
				 last_words());
	return dial_lost(location, "connecting to", err);
}

static struct nbd_handle *new_handle(void)
{
	struct nbd_handle *nbd = nbd_create();

	if (!nbd)
		return NULL;
	if (nbd_set_opt_mode(nbd, true) < 0 ||
	    nbd_set_uri_allow_transports(
		    nbd, LIBNBD_ALLOW_TRANSPORT_TCP |
				 LIBNBD_ALLOW_TRANSPORT_UNIX) < 0 ||
	    nbd_set_uri_allow_local_file(nbd, true) < 0 ||
	    nbd_set_pread_initialize(nbd, false) < 0 ||
	    nbd_add_meta_context(nbd, LIBNBD_CONTEXT_BASE_ALLOCATION) < 0) {
		nbd_close(nbd);
		return NULL;
	}
	return nbd;
}

/* A host that vanishes without a word is found out in half a minute. */
static void keep_alive(struct nbd_handle *nbd)
{
	int fd = nbd_aio_get_fd(nbd);
	int on = 1;
	int idle_s = 10;
	int probe_s = 5;
	int probes = 4;

	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s,
			 sizeof(idle_s));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &probe_s,
			 sizeof(probe_s));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

/* Until options can be negotiated (or an old server is ready at once). */
static int reach(const struct location *location, struct nbd_handle *nbd,
		 double end, const _Atomic bool *stop, struct error **err)
{
	int r = 0;

	if (nbd_aio_connect_uri(nbd, location->uri) < 0) {
		if ((nbd_get_errno() == EINVAL ||
		     nbd_get_errno() == ENAMETOOLONG) &&
		    nbd_aio_is_created(nbd))
			return error_set(err, ERROR_CONFIG, 0,
					 "source '%s': %s", location->uri,
					 last_words());
		return dial_lost(location, "connecting to", err);
	}
	while (r == 0 && nbd_aio_is_connecting(nbd))
		r = turn(location, nbd, end, stop, err);
	if (r < 0)
		return r;
	if (location->tls && nbd_get_tls_verify_peer(nbd) != 1)
		return error_set(err, ERROR_CONFIG, EPERM,
				 "source '%s': TLS without verification",
				 location->uri);
	if (location->tls && nbd_get_tls_negotiated(nbd) != 1)
		return error_set(err, ERROR_NETWORK, 0, "%s does not offer TLS",
				 location->place);
	if (!location->is_unix)
		keep_alive(nbd);
	return 0;
}

/* The completion of one option; code is -1 until it came. */
static int note_code(void *user_data, int *error)
{
	*(int *)user_data = *error;
	return 1;
}

struct names {
	char **name; /* room for NAMES_MAX and the NULL */
	size_t count;
};

static int note_name(void *user_data, const char *name, const char *text)
{
	struct names *names = user_data;
	char *copy = names->count < NAMES_MAX ? strdup(name) : NULL;

	(void)text;
	if (copy)
		names->name[names->count++] = copy;
	return 0;
}

/* Asks a negotiating connection for its exports.  No answer: no names. */
static void ask_names(const struct location *location, struct nbd_handle *nbd,
		      double end, struct names *names)
{
	struct error *ignored = NULL;
	int code = -1;

	if (!nbd_aio_is_negotiating(nbd) ||
	    nbd_aio_opt_list(nbd,
			     (nbd_list_callback){.callback = note_name,
						 .user_data = names},
			     (nbd_completion_callback){.callback = note_code,
						       .user_data = &code}) < 0)
		return;
	while (code < 0 && turn(location, nbd, end, NULL, &ignored) == 0)
		;
	error_free(ignored);
}

/* "no export 'x'; the server offers: a, b" */
static int no_export(const struct location *location, struct nbd_handle *nbd,
		     double end, struct error **err)
{
	struct names names = {calloc(NAMES_MAX + 1, sizeof(char *)), 0};
	char *text = NULL;
	size_t length = 0;
	FILE *to = open_memstream(&text, &length);
	int r;

	if (names.name)
		ask_names(location, nbd, end, &names);
	for (size_t i = 0; to && i < names.count; i++) {
		if (i < NAMES_SHOWN)
			(void)fprintf(to, "%s'%s'", i ? ", " : "",
				      names.name[i]);
		free(names.name[i]);
	}
	if (to && names.count > NAMES_SHOWN)
		(void)fprintf(to, " and %zu more", names.count - NAMES_SHOWN);
	if (to)
		(void)fclose(to);
	r = error_set(err, ERROR_SOURCE, 0, "%s has no export '%s'%s%s",
		      location->place, location->wanted,
		      names.count ? "; it offers " : "",
		      names.count && text ? text : "");
	free(names.name);
	free(text);
	return r;
}

/* Chooses the export and makes the connection ready for reads. */
static int enter(const struct location *location, struct nbd_handle *nbd,
		 double end, const _Atomic bool *stop, struct error **err)
{
	int code = -1;
	int r = 0;

	if (!nbd_aio_is_negotiating(nbd))
		return 0;
	if (location->export && nbd_set_export_name(nbd, location->export) < 0)
		return error_set(err, ERROR_CONFIG, 0, "export '%s': %s",
				 location->export, last_words());
	if (nbd_aio_opt_go(nbd, (nbd_completion_callback){.callback = note_code,
							  .user_data = &code}) <
	    0)
		return dial_lost(location, "negotiating with", err);
	while (code < 0 && r == 0)
		r = turn(location, nbd, end, stop, err);
	if (r < 0)
		return r;
	if (code == ENOENT)
		return no_export(location, nbd, end, err);
	if (code > 0 || !nbd_aio_is_ready(nbd))
		return error_set(err, ERROR_SOURCE, 0,
				 "%s refuses export '%s': %s", location->place,
				 location->wanted, last_words());
	return 0;
}

int dial_open(const struct location *location, unsigned int timeout_s,
	      const _Atomic bool *stop, struct nbd_handle **ret_nbd,
	      struct error **err)
{
	struct nbd_handle *nbd = new_handle();
	double end = io_seconds() + timeout_s;
	int r;

	if (!nbd)
		return error_memory(err);
	r = reach(location, nbd, end, stop, err);
	if (r == 0)
		r = enter(location, nbd, end, stop, err);
	if (r < 0) {
		nbd_close(nbd);
		return r;
	}
	*ret_nbd = nbd;
	return 0;
}

int dial_list(const struct location *location, unsigned int timeout_s,
	      char ***ret_names, struct error **err)
{
	struct nbd_handle *nbd = new_handle();
	char **list = calloc(NAMES_MAX + 1, sizeof(char *));
	struct names names = {.name = list};
	double end = io_seconds() + timeout_s;
	int r;

	r = nbd && list ? reach(location, nbd, end, NULL, err)
			: error_memory(err);
	if (r < 0) {
		free(list);
		nbd_close(nbd);
		return r;
	}
	ask_names(location, nbd, end, &names);
	/* It can't tell: the default export. */
	if (!names.count)
		list[0] = strdup("");
	nbd_close(nbd);
	*ret_names = list;
	return 0;
}
