/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who we are, shown to a server that has proved who it is: a private key, else
 * a password that a person typed.  It never tries the one after the other: who
 * gave a key does not want a password to travel.  A server that asks for more
 * than a password is refused, because nobody is there to answer.
 */
#include "net/ssh_login.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libssh2.h>

#include "base/error.h"
#include "base/io.h"
#include "net/locked.h"
#include "net/ssh_session.h"
#include "net/ssh_stream.h"

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

/* --- a private key ------------------------------------------------------- */

static int key_refused(struct ssh *ssh, const char *methods, struct error **err)
{
	static const char no_key[] = "without lander.identity a person at the "
				     "console is asked for the password";
	static const char no_password[] = "nobody is asked for its password";
	const struct ssh_peer *peer = ssh->peer;

	if (methods && !strstr(methods, "publickey"))
		return error_set(err, ERROR_NETWORK, EACCES,
				 "%s takes no keys, only %s; %s", peer->name,
				 methods,
				 peer->password ? no_key : no_password);
	return error_set(err, ERROR_NETWORK, EACCES,
			 "%s does not take the key of %s: is its "
			 "public half in ~%s/.ssh/authorized_keys there?",
			 peer->name, peer->identity_word, peer->user);
}

static int show_key(struct ssh *ssh, const char *methods, double end,
		    struct error **err)
{
	const struct locked *key = ssh->peer->key;
	const char *user = ssh->peer->user;
	int code;
	int r = 0;

	while (r == 0) {
		code = libssh2_userauth_publickey_frommemory(
			ssh->session, user, strlen(user), NULL, 0, key->at,
			key->length, NULL);
		if (code == 0)
			break;
		if (code == LIBSSH2_ERROR_EAGAIN)
			r = ssh_stream_wait(ssh, end, err);
		else if (code == LIBSSH2_ERROR_AUTHENTICATION_FAILED ||
			 code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED)
			r = key_refused(ssh, methods, err);
		else if (code == LIBSSH2_ERROR_FILE ||
			 code == LIBSSH2_ERROR_ALGO_UNSUPPORTED ||
			 code == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED)
			r = error_set(err, ERROR_CONFIG, 0,
				      "%s: '%s' is no private key "
				      "without a passphrase (ed25519, ecdsa or "
				      "rsa, as ssh-keygen makes them)",
				      ssh->peer->identity_word,
				      ssh->peer->identity);
		else
			r = ssh_session_failed(ssh, "logging in", err);
	}
	return r;
}

/* --- a password ---------------------------------------------------------- */

/* Questions of the server (RFC 4256): the first that is answered unseen is the
 * one for the password. */
static LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC(answer_questions)
{
	struct ssh *ssh = *abstract;

	(void)name, (void)name_len, (void)instruction, (void)instruction_len;
	for (int i = 0; i < num_prompts; i++) {
		bool mine = !prompts[i].echo && !ssh->answered;
		const char *text = mine ? ssh->peer->password->at : "";

		ssh->answered = ssh->answered || mine;
		ssh->asked_more = ssh->asked_more || !mine;
		responses[i].text = strdup(text);
		responses[i].length =
			responses[i].text ? (unsigned int)strlen(text) : 0;
	}
}

static int say_password(struct ssh *ssh, bool questions)
{
	const struct locked *password = ssh->peer->password;
	const char *user = ssh->peer->user;

	if (questions)
		return libssh2_userauth_keyboard_interactive_ex(
			ssh->session, user, (unsigned int)strlen(user),
			answer_questions);
	return libssh2_userauth_password_ex(
		ssh->session, user, (unsigned int)strlen(user), password->at,
		(unsigned int)password->length, NULL);
}

static int password_refused(struct ssh *ssh, struct error **err)
{
	const char *name = ssh->peer->name;

	if (ssh->asked_more)
		return error_set(err, ERROR_NETWORK, EACCES,
				 "%s asks for more than a password; lander "
				 "needs a key for it (lander.identity)",
				 name);
	return error_set(err, ERROR_NETWORK, EACCES,
			 "%s does not take the password (of root, many servers "
			 "take none: PermitRootLogin in sshd_config(5))",
			 name);
}

static int show_password(struct ssh *ssh, const char *methods, double end,
			 struct error **err)
{
	const char *name = ssh->peer->name;
	bool questions = methods && !strstr(methods, "password");
	int code;
	int r = 0;

	if (questions && !strstr(methods, "keyboard-interactive"))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s takes no passwords, only %s: give "
				 "lander.identity",
				 name, methods);
	while (r == 0) {
		code = say_password(ssh, questions);
		if (code == 0)
			break;
		if (code == LIBSSH2_ERROR_EAGAIN)
			r = ssh_stream_wait(ssh, end, err);
		else if (code == LIBSSH2_ERROR_PASSWORD_EXPIRED)
			r = error_set(err, ERROR_CONFIG, 0,
				      "%s wants the password changed first",
				      name);
		else if (code == LIBSSH2_ERROR_AUTHENTICATION_FAILED)
			r = password_refused(ssh, err);
		else
			r = ssh_session_failed(ssh, "logging in", err);
	}
	return r;
}

int ssh_login(struct ssh *ssh, double end, struct error **err)
{
	const struct locked *key = ssh->peer->key;
	const struct locked *password = ssh->peer->password;
	const char *methods;

	if ((!key || !key->at) && !password)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.jump.identity is missing: the "
				 "private key to log in with; nobody is asked "
				 "for its password",
				 ssh->peer->name);
	if ((!key || !key->at) && !password->at)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.identity is missing: the private "
				 "key to log in with, and nobody is at a "
				 "terminal to be asked for a password",
				 ssh->peer->name);
	methods = ask_methods(ssh, end);
	/* Who lets anybody in has done so by now. */
	if (libssh2_userauth_authenticated(ssh->session))
		return 0;
	return key && key->at ? show_key(ssh, methods, end, err)
			      : show_password(ssh, methods, end, err);
}
