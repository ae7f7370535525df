/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses of SSH sources, and fingerprints of host keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "net/locked.h"
#include "net/ssh_hostkey.h"
#include "source/login.h"
#include "source/source.h"

static void addresses_are_taken_apart(void **state)
{
	static const struct {
		const char *uri;
		const char *name; /* with user, host and port */
		const char *disk;
	} good[] = {
		{"ssh://web01", "root@web01:22", ""},
		{"ssh://web01/", "root@web01:22", ""},
		{"ssh://web01/sda", "root@web01:22", "sda"},
		{"ssh://web01//dev/sda", "root@web01:22", "/dev/sda"},
		{"ssh://me@web01:2222/sda", "me@web01:2222", "sda"},
		{"ssh://[fe80::1%eth0]:7/x", "root@fe80::1%eth0:7", "x"},
		{"ssh://a@[::1]", "a@::1:22", ""},
		{"ssh://10.0.0.5:65535/", "root@10.0.0.5:65535", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct source_spec spec = {.uri = good[i].uri};
		struct login login;

		assert_int_equal(login_parse(&spec, &login, NULL), 0);
		assert_string_equal(login.name, good[i].name);
		assert_string_equal(login.disk, good[i].disk);
		assert_null(login.peer.hostkey);
		login_done(&login);
	}
}

static void wrong_addresses_are_refused(void **state)
{
	static const char *const bad[] = {
		"ssh://",
		"ssh:///sda",
		"ssh://@web01",
		"ssh://web01:",
		"ssh://web01:0",
		"ssh://web01:65536",
		"ssh://web01:22x",
		"ssh://[::1",
		"ssh://[::1]x:22",
		"ssh://fe80::1",
		"ssh://web01/a?b",
		"ssh://web01/a#b",
		"ssh://me:pw@web01/",
		"ssh://:22",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct source_spec spec = {.uri = bad[i]};
		struct login login;
		struct error *err = NULL;

		if (login_parse(&spec, &login, &err) == 0)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(err->kind, ERROR_CONFIG);
		assert_null(strstr(err->msg, "pw"));
		error_free(err);
	}
}

static int parse_identity(struct source_spec *spec, struct login *login)
{
	struct error *err = NULL;
	int r = login_parse(spec, login, &err);

	if (r < 0) {
		assert_int_equal(err->kind, ERROR_CONFIG);
		assert_non_null(strstr(err->msg, "lander.identity"));
	}
	error_free(err);
	return r;
}

static void identities_are_read_at_once(void **state)
{
	static const char *const bad[] = {
		"/nonexistent/key", "/dev/null",   "/proc/self", "cred:",
		"cred:../x",	    "cred:nobody", "key",	 "https://x/y"};
	struct source_spec spec = {.uri = "ssh://h", .identity = "/etc/passwd"};
	struct login login;

	(void)state;
	assert_int_equal(parse_identity(&spec, &login), 0);
	assert_true(login.peer.key->length > 10);
	assert_int_equal(strlen(login.key.at), login.key.length);
	login_done(&login);
	assert_null(login.key.at);
	spec.identity = "file:key";
	spec.key = "the key";
	spec.key_length = 7;
	assert_int_equal(parse_identity(&spec, &login), 0);
	assert_string_equal(login.peer.key->at, "the key");
	login_done(&login);
	spec.key_length = 1 << 20;
	assert_true(parse_identity(&spec, &login) < 0);
	spec.key = NULL;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		spec.identity = bad[i];
		assert_true(parse_identity(&spec, &login) < 0);
	}
}

static void jump_hosts_are_parsed(void **state)
{
	static const char *const bad[] = {
		"web01",     "nbd://web01", "ssh://",	    "ssh://g/sda",
		"ssh://g:0", "ssh://@g",    "ssh://a:pw@g", "ssh://g/?x"};
	struct source_spec jump = {.uri = "ssh://me@gate:2222"};
	struct source_spec spec = {.uri = "ssh://h/sda",
				   .identity = "file:key",
				   .key = "the key",
				   .key_length = 7,
				   .jump = &jump};
	struct login login;

	(void)state;
	assert_int_equal(login_parse(&spec, &login, NULL), 0);
	assert_string_equal(login.peer.jump->name, "jump host me@gate:2222");
	assert_string_equal(login.peer.jump->key->at, "the key");
	assert_string_equal(login.peer.jump->identity_word, "lander.identity");
	assert_null(login.peer.jump->password);
	assert_null(login.peer.jump->hostkey);
	login_done(&login);
	jump.identity = "file:other";
	jump.key = "another";
	jump.key_length = 7;
	jump.hostkey = "SHA256:x";
	assert_int_equal(login_parse(&spec, &login, NULL), 0);
	assert_string_equal(login.peer.key->at, "the key");
	assert_string_equal(login.peer.jump->key->at, "another");
	assert_string_equal(login.peer.jump->hostkey, "SHA256:x");
	assert_string_equal(login.peer.jump->identity_word,
			    "lander.jump.identity");
	login_done(&login);
	/* The source's password is for the source. */
	spec.key = NULL;
	spec.identity = jump.identity = NULL;
	spec.password = "pw";
	assert_int_equal(login_parse(&spec, &login, NULL), 0);
	assert_string_equal(login.password.at, "pw");
	assert_null(login.peer.jump->password);
	assert_null(login.peer.jump->key->at);
	login_done(&login);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct error *err = NULL;

		jump.uri = bad[i];
		if (login_parse(&spec, &login, &err) == 0)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(err->kind, ERROR_CONFIG);
		assert_non_null(strstr(err->msg, "jump"));
		assert_null(strstr(err->msg, "pw"));
		error_free(err);
	}
}

/* printf '' | openssl dgst -sha256 -binary | base64 */
static const char empty[] =
	"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
static const unsigned char digest[SSH_HOSTKEY_RAW] = {
	0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
	0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
	0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};

static void fingerprints_are_compared(void **state)
{
	char text[SSH_HOSTKEY_TEXT];
	char list[200];

	(void)state;
	ssh_hostkey_print(digest, text);
	assert_string_equal(text, empty);
	assert_true(ssh_hostkey_fits(empty, digest));
	(void)snprintf(list, sizeof(list), "SHA256:%043d,%s=", 0, empty);
	assert_true(ssh_hostkey_fits(list, digest));
	assert_int_equal(ssh_hostkey_check(list, NULL), 0);
	list[60] ^= 1;
	assert_false(ssh_hostkey_fits(list, digest));
	assert_false(ssh_hostkey_fits("", digest));
	assert_false(ssh_hostkey_fits("SHA256:", digest));
	(void)snprintf(list, sizeof(list), "%.20s", empty);
	assert_false(ssh_hostkey_fits(list, digest));
	assert_true(ssh_hostkey_check(list, NULL) < 0);
	assert_true(ssh_hostkey_check("", NULL) < 0);
	assert_true(ssh_hostkey_check("MD5:00:11", NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_taken_apart),
		cmocka_unit_test(wrong_addresses_are_refused),
		cmocka_unit_test(identities_are_read_at_once),
		cmocka_unit_test(jump_hosts_are_parsed),
		cmocka_unit_test(fingerprints_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
