/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logging in over SSH: the host key is compared with the pinned one before a
 * user's name is said; then a private key, and nothing else.  It refuses to
 * trust a key that nobody named, and it asks for no password.
 * Source: libssh2's manual pages, RFC 4252 and 4253.
 */
#include "net/ssh.h"

#include <sys/socket.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libssh2.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "net/locked.h"
#include "net/ssh_hostkey.h"
#include "net/ssh_session.h"
#include "net/ssh_stream.h"

/* A server shows the first kind of key it has of those we name: to see the one
 * that is pinned, each kind is named alone, on a connection of its own. */
static const char *const kinds[] = {
	"ssh-ed25519",
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521",
	"rsa-sha2-512,rsa-sha2-256,ssh-rsa",
};
#define KINDS ((unsigned int)(sizeof(kinds) / sizeof(kinds[0])))

static const char ciphers[] =
	"aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
	"chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr";
static const char macs[] =
	"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	"hmac-sha2-256,hmac-sha2-512,hmac-sha1";

static void begin(void)
{
	(void)libssh2_init(0);
}

int ssh_session_failed(struct ssh *ssh, const char *doing, struct error **err)
{
	char *words = NULL;
	int code = libssh2_session_last_error(ssh->session, &words, NULL, 0);

	switch (code) {
	case LIBSSH2_ERROR_SOCKET_DISCONNECT:
	case LIBSSH2_ERROR_SOCKET_RECV:
	case LIBSSH2_ERROR_SOCKET_SEND:
		return error_set(err, ERROR_NETWORK, 0,
				 "%s closed the connection", ssh->peer->name);
	case LIBSSH2_ERROR_BANNER_RECV:
	case LIBSSH2_ERROR_PROTO:
		return error_set(err, ERROR_SOURCE, 0,
				 "%s does not speak SSH: %s", ssh->peer->name,
				 words && *words ? words : "no banner");
	default:
		return error_set(err, ERROR_NETWORK, 0, "%s: %s: %s",
				 ssh->peer->name, doing,
				 words && *words ? words : "failed");
	}
}

static int prefer(struct ssh *ssh, unsigned int kind, struct error **err)
{
	LIBSSH2_SESSION *session = ssh->session;

	if (libssh2_session_method_pref(session, LIBSSH2_METHOD_HOSTKEY,
					kinds[kind]) ||
	    libssh2_session_method_pref(session, LIBSSH2_METHOD_CRYPT_CS,
					ciphers) ||
	    libssh2_session_method_pref(session, LIBSSH2_METHOD_CRYPT_SC,
					ciphers) ||
	    libssh2_session_method_pref(session, LIBSSH2_METHOD_MAC_CS, macs) ||
	    libssh2_session_method_pref(session, LIBSSH2_METHOD_MAC_SC, macs))
		return ssh_session_failed(ssh, "choosing ciphers", err);
	return 0;
}

static void note_step(const struct ssh *ssh, enum ssh_step step)
{
	struct ssh_trail *trail = ssh->peer->trail;

	if (trail && trail->step < step)
		trail->step = step;
}

static void note_server(const struct ssh *ssh)
{
	const char *words = libssh2_session_banner_get(ssh->session);
	struct ssh_trail *trail = ssh->peer->trail;

	if (!trail || !words || strncmp(words, "SSH-", 4))
		return;
	note_step(ssh, SSH_STEP_SSH);
	(void)snprintf(trail->server, sizeof(trail->server), "%s", words);
	parse_make_printable(trail->server);
}

/* TCP, versions and keys.  1: the server has no host key of this kind. */
static int shake_hands(struct ssh *ssh, unsigned int kind, double end,
		       struct error **err)
{
	struct ssh_trail *trail = ssh->peer->trail;
	double began = io_seconds();
	int r = tcp_open(&ssh->peer->place, end, ssh->stop, &ssh->fd, err);
	int code;

	if (r < 0)
		return r;
	if (trail && trail->step < SSH_STEP_TCP)
		trail->connect_s = io_seconds() - began;
	note_step(ssh, SSH_STEP_TCP);
	ssh->session = libssh2_session_init();
	if (!ssh->session)
		return error_memory(err);
	libssh2_session_set_blocking(ssh->session, 0);
	r = prefer(ssh, kind, err);
	while (r == 0) {
		code = libssh2_session_handshake(ssh->session, ssh->fd);
		note_server(ssh);
		if (code == 0)
			break;
		if (code == LIBSSH2_ERROR_KEX_FAILURE ||
		    code == LIBSSH2_ERROR_METHOD_NONE)
			return 1;
		if (code != LIBSSH2_ERROR_EAGAIN)
			return ssh_session_failed(ssh, "key exchange", err);
		r = ssh_stream_wait(ssh, end, err);
	}
	return r;
}

static void hang_up(struct ssh *ssh)
{
	/* What libssh2 still has to say goes nowhere: a good-bye would wait
	 * for the server.  The number of the socket must stay ours till then.
	 */
	if (ssh->fd >= 0)
		(void)shutdown(ssh->fd, SHUT_RDWR);
	if (ssh->session)
		(void)libssh2_session_free(ssh->session);
	if (ssh->fd >= 0)
		(void)close(ssh->fd);
	ssh->fd = -1;
	ssh->session = NULL;
	ssh->channel = NULL;
}

/* One line per key that was seen, for the person who compares. */
static void note_key(char *seen, size_t room, LIBSSH2_SESSION *session,
		     const char *digest)
{
	static const char *const names[] = {
		[LIBSSH2_HOSTKEY_TYPE_RSA] = "RSA",
		[LIBSSH2_HOSTKEY_TYPE_ECDSA_256] = "ECDSA",
		[LIBSSH2_HOSTKEY_TYPE_ECDSA_384] = "ECDSA",
		[LIBSSH2_HOSTKEY_TYPE_ECDSA_521] = "ECDSA",
		[LIBSSH2_HOSTKEY_TYPE_ED25519] = "ED25519",
	};
	char text[SSH_HOSTKEY_TEXT];
	size_t length = strlen(seen);
	const char *name = NULL;
	int type = 0;

	(void)libssh2_session_hostkey(session, NULL, &type);
	if (type > 0 && (size_t)type < sizeof(names) / sizeof(names[0]))
		name = names[type];
	ssh_hostkey_print((const unsigned char *)digest, text);
	(void)snprintf(seen + length, room - length, "%s%s %s",
		       length ? ", " : "", name ? name : "?", text);
}

static int no_key_fits(const struct ssh *ssh, const char *seen,
		       struct error **err)
{
	const char *name = ssh->peer->name;

	if (!*seen)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s has no host key of a kind that is known "
				 "here (ed25519, ecdsa, rsa)",
				 name);
	if (!ssh->peer->hostkey)
		return error_set(
			err, ERROR_CONFIG, 0,
			"lander.hostkey is missing, and nobody is "
			"trusted unseen; %s shows %s; when `ssh-keygen "
			"-lf /etc/ssh/ssh_host_ed25519_key.pub` on "
			"the source's own console prints the same, "
			"give lander.hostkey=SHA256:…",
			name, seen);
	return error_set(err, ERROR_NETWORK, EKEYREJECTED,
			 "%s is not the machine that lander.hostkey names: it "
			 "shows %s and not %s; nothing was said to it",
			 name, seen, ssh->peer->hostkey);
}

/* Connects until the pinned key is shown, kind by kind. */
static int meet(struct ssh *ssh, double end, struct error **err)
{
	struct ssh_peer *peer = ssh->peer;
	unsigned int first = atomic_load(&peer->kind);
	char seen[SSH_SEEN] = "";

	for (unsigned int i = 0; i < KINDS; i++) {
		unsigned int kind = (first + i) % KINDS;
		const char *digest;
		int r = shake_hands(ssh, kind, end, err);

		if (r < 0)
			return r;
		digest = r ? NULL
			   : libssh2_hostkey_hash(ssh->session,
						  LIBSSH2_HOSTKEY_HASH_SHA256);
		if (digest)
			note_key(seen, sizeof(seen), ssh->session, digest);
		if (peer->trail)
			memcpy(peer->trail->hostkeys, seen, sizeof(seen));
		if (digest && peer->hostkey &&
		    ssh_hostkey_fits(peer->hostkey,
				     (const unsigned char *)digest)) {
			atomic_store(&peer->kind, kind);
			note_step(ssh, SSH_STEP_HOSTKEY);
			return 0;
		}
		hang_up(ssh);
	}
	return no_key_fits(ssh, seen, err);
}

/* What the server would take, for the message; NULL when it does not say. */
static const char *ask_methods(struct ssh *ssh, double end)
{
	const char *user = ssh->peer->user;
	char *list;
	double began = io_seconds();

	while (!(list = libssh2_userauth_list(ssh->session, user,
					      (unsigned int)strlen(user)))) {
		if (libssh2_session_last_errno(ssh->session) !=
			    LIBSSH2_ERROR_EAGAIN ||
		    ssh_stream_wait(ssh, end, NULL) < 0)
			return NULL;
	}
	/* Two questions, one after the other.  TCP itself knows the way to the
	 * next hop of a tunnel only. */
	ssh->round_trip = (io_seconds() - began) / 2;
	return list;
}

static int refused(struct ssh *ssh, const char *methods, struct error **err)
{
	const struct ssh_peer *peer = ssh->peer;

	if (methods && !strstr(methods, "publickey"))
		return error_set(err, ERROR_NETWORK, EACCES,
				 "%s takes no keys, only %s; lander asks for "
				 "no password",
				 peer->name, methods);
	return error_set(err, ERROR_NETWORK, EACCES,
			 "%s does not take the key of lander.identity: is its "
			 "public half in ~%s/.ssh/authorized_keys there?",
			 peer->name, peer->user);
}

static int show_key(struct ssh *ssh, const struct locked *key, double end,
		    struct error **err)
{
	const char *user = ssh->peer->user;
	const char *methods = ask_methods(ssh, end);
	int code;
	int r = 0;

	/* Who lets anybody in has done so by now. */
	while (r == 0 && !libssh2_userauth_authenticated(ssh->session)) {
		code = libssh2_userauth_publickey_frommemory(
			ssh->session, user, strlen(user), NULL, 0, key->at,
			key->length, NULL);
		if (code == 0)
			break;
		if (code == LIBSSH2_ERROR_EAGAIN)
			r = ssh_stream_wait(ssh, end, err);
		else if (code == LIBSSH2_ERROR_AUTHENTICATION_FAILED ||
			 code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED)
			r = refused(ssh, methods, err);
		else if (code == LIBSSH2_ERROR_FILE ||
			 code == LIBSSH2_ERROR_ALGO_UNSUPPORTED ||
			 code == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED)
			r = error_set(err, ERROR_CONFIG, 0,
				      "lander.identity: '%s' is no private key "
				      "without a passphrase (ed25519, ecdsa or "
				      "rsa, as ssh-keygen makes them)",
				      ssh->peer->identity);
		else
			r = ssh_session_failed(ssh, "logging in", err);
	}
	return r;
}

static int log_in(struct ssh *ssh, double end, struct error **err)
{
	const struct locked *key = ssh->peer->key;

	if (!key || !key->at)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.identity is missing: the private "
				 "key to log in with (passwords are not asked "
				 "for)",
				 ssh->peer->name);
	return show_key(ssh, key, end, err);
}

int ssh_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
	     struct ssh **ret_ssh, struct error **err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct ssh *ssh = calloc(1, sizeof(*ssh));
	int r = 0;

	if (!ssh)
		return error_memory(err);
	(void)pthread_once(&once, begin);
	ssh->peer = peer;
	ssh->stop = stop;
	ssh->fd = -1;
	if (peer->hostkey)
		r = ssh_hostkey_check(peer->hostkey, err);
	if (r == 0)
		r = meet(ssh, end, err);
	if (r == 0)
		r = log_in(ssh, end, err);
	if (r == 0)
		note_step(ssh, SSH_STEP_LOGIN);
	if (r < 0)
		ssh_close(ssh);
	else
		*ret_ssh = ssh;
	return r;
}

void ssh_close(struct ssh *ssh)
{
	if (!ssh)
		return;
	hang_up(ssh);
	free(ssh);
}

void ssh_obey(struct ssh *ssh, const _Atomic bool *stop)
{
	ssh->stop = stop;
}
