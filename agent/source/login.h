/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_LOGIN_H
#define LANDER_SOURCE_LOGIN_H

#include "net/locked.h"
#include "net/ssh.h"

struct error;
struct login_kind;
struct source_spec;

/** Where to log in for one disk; peer's texts belong to it. */
struct login {
	struct ssh_peer peer;
	struct login *jump; /* through which machine, or NULL */
	char *user;
	char *host;
	char *port;
	char *hostkey;
	char *identity;
	struct locked key;
	struct locked password;
	char *name;
	char *disk; /* "sda", "/dev/sda", a path; "" for none named */
	const struct login_kind *kind; /* of login.c's */
};

/**
 * login_parse(spec, ret, err): ssh://[user@]host[:port]/[disk] and what
 * belongs to it; spec->export replaces the disk.  user is root, port 22.
 * The key is spec->key, or read here: identity "cred:NAME" is a credential that
 * systemd was given, or it is a path.  Of spec->jump there is no disk.
 * Errors: ERROR_CONFIG.
 */
int login_parse(const struct source_spec *spec, struct login *ret,
		struct error **err);
void login_done(struct login *login);

#endif
