/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logging in over SSH: the host key is compared with the pinned one before a
 * user's name is said, and who we are comes after that (ssh_login).  It refuses
 * to trust a key that nobody named. Source: libssh2's manual pages, RFC 4252
 * and 4253.
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
#include "net/ssh_jump.h"
#include "net/ssh_login.h"
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
	const char *why = ssh_jump_why(ssh->jump);

	if (why)
		return error_set(err, ERROR_NETWORK, 0, "%s: %s",
				 ssh->peer->name, why);
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

/* What libssh2 holds while we log in may be a key or a password: it is wiped.
 * Afterwards that would only cost time. */
static LIBSSH2_ALLOC_FUNC(new_memory)
{
	(void)abstract;
	return malloc(count);
}

static LIBSSH2_REALLOC_FUNC(more_memory)
{
	const struct ssh *ssh = *abstract;

	return ssh->inside ? realloc(ptr, count) : locked_realloc(ptr, count);
}

static LIBSSH2_FREE_FUNC(end_memory)
{
	const struct ssh *ssh = *abstract;

	if (ssh->inside)
		free(ptr);
	else
		locked_free(ptr);
}

/* TCP, by itself or by another machine. */
static int connect_to(struct ssh *ssh, double end, struct error **err)
{
	struct ssh_trail *trail = ssh->peer->trail;
	double began = io_seconds();
	int r;

	if (!ssh->peer->jump) {
		r = tcp_open(&ssh->peer->place, end, ssh->stop, &ssh->fd, err);
	} else {
		r = ssh_jump_open(ssh->peer, end, ssh->stop, &ssh->jump, err);
		ssh->fd = r < 0 ? -1 : ssh_jump_fd(ssh->jump);
	}
	if (r < 0)
		return r;
	if (trail && trail->step < SSH_STEP_TCP)
		trail->connect_s = io_seconds() - began;
	note_step(ssh, SSH_STEP_TCP);
	return 0;
}

/* TCP, versions and keys.  1: the server has no host key of this kind. */
static int shake_hands(struct ssh *ssh, unsigned int kind, double end,
		       struct error **err)
{
	int r = connect_to(ssh, end, err);
	int code;

	if (r < 0)
		return r;
	ssh->session = libssh2_session_init_ex(new_memory, end_memory,
					       more_memory, ssh);
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
	ssh_jump_close(ssh->jump);
	ssh->jump = NULL;
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
	const char *word = ssh->peer->hostkey_word;

	if (!*seen)
		return error_set(err, ERROR_SOURCE, 0,
				 "%s has no host key of a kind that is known "
				 "here (ed25519, ecdsa, rsa)",
				 name);
	if (!ssh->peer->hostkey)
		return error_set(
			err, ERROR_CONFIG, 0,
			"%s is missing, and nobody is "
			"trusted unseen; %s shows %s; when `ssh-keygen "
			"-lf /etc/ssh/ssh_host_ed25519_key.pub` on "
			"its own console prints the same, give "
			"%s=SHA256:…",
			word, name, seen, word);
	return error_set(err, ERROR_NETWORK, EKEYREJECTED,
			 "%s is not the machine that %s names: it "
			 "shows %s and not %s; nothing was said to it",
			 name, word, seen, ssh->peer->hostkey);
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
	if (r < 0)
		(void)error_wrap(err, "%s", peer->hostkey_word);
	if (r == 0)
		r = meet(ssh, end, err);
	if (r == 0)
		r = ssh_login(ssh, end, err);
	if (r == 0)
		note_step(ssh, SSH_STEP_LOGIN);
	ssh->inside = r == 0;
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
