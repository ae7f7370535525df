/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_LOGIN_H
#define LANDER_SOURCE_LOGIN_H

#include "net/locked.h"
#include "net/ssh.h"

struct error;
struct source_spec;

/** Where to log in for one disk; peer's texts belong to it. */
struct login {
	struct ssh_peer peer;
	char *user;
	char *host;
	char *port;
	char *hostkey;
	char *identity;
	struct locked key;
	struct locked password;
	char *name;
	char *disk; /* "sda", "/dev/sda", a path; "" for none named */
};

/**
 * login_parse(spec, ret, err): ssh://[user@]host[:port]/[disk] and what
 * belongs to it; spec->export replaces the disk.  user is root, port 22.
 * The key is spec->key, or read here: identity "cred:NAME" is a credential that
 * systemd was given, or it is a path.
 * Errors: ERROR_CONFIG.
 */
int login_parse(const struct source_spec *spec, struct login *ret,
		struct error **err);
void login_done(struct login *login);

#endif
