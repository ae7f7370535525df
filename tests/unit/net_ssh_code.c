/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of SSH that are read, made, and agreed on by a code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "net/ssh_code.h"

/* Made with ssh-keygen. */
#define ED25519 \
	"AAAAC3NzaC1lZDI1NTE5AAAAIDunkJTI+ssBJyiTUljBcvxFXCpn8zn3s0q1aBK9wxlc"

#define CODE	    "SE24A-7FBM1-CP2ZP-Q9GF6"
#define CODE_HOST   "SHA256:YoGviG38lRlPJRxYE4+NveVBBy9l74qd6R8bD/yYHAU"
#define CODE_READER "SHA256:7vy3WozSjD4u0cvo9lhAN2LLIdIROwnlWSkZt3YHPhI"

static void public_keys(void **state)
{
	static const char *const good[] = {
		ED25519,
		"ssh-ed25519 " ED25519,
		"  ssh-ed25519\t" ED25519 " me@work and more\n",
		ED25519 "\r\n",
	};
	static const char *const bad[] = {
		"",
		" ",
		"AAAA",
		"ssh-ed25519",
		"ssh-rsa " ED25519,
		"ssh-ed25519" ED25519,
		"command=\"x\" ssh-ed25519 " ED25519,
		"restrict " ED25519,
		"AAAAC3NzaC1lZDI1NTE5AAAAIDunkJTI+ssBJyiTUljBcvxFXCpn8zn3s0q1aB"
		"K9",
		ED25519 "AAAA",
		ED25519 "=",
		"AAAAB3NzaC1kc3MAAAAA",
		"AAAA////////////////////////",
		"AAAAC3NzaC1lZDI1NTE5AAAAIDunkJTI+ssBJyiTUljBcvxFXCpn8zn3s0q1aB"
		"K9wxl\x80",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct ssh_public public = {0};

		assert_int_equal(ssh_public_read(good[i], &public, NULL), 0);
		assert_string_equal(public.type, "ssh-ed25519");
		assert_string_equal(public.text, ED25519);
		assert_string_equal(ssh_public_word(&public), "ED25519");
		assert_int_equal(strlen(public.print), 50);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct ssh_public public = {0};
		struct error *error = NULL;

		assert_true(ssh_public_read(bad[i], &public, &error) < 0);
		assert_int_equal(error->kind, ERROR_CONFIG);
		error_free(error);
	}
}

/* Every cut of a key, and every byte of it changed, is no crash. */
static void hostile_keys(void **state)
{
	uint8_t raw[51] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
	struct ssh_public public;

	(void)state;
	assert_int_equal(ssh_public_take(raw, sizeof(raw), &public, NULL), 0);
	for (size_t i = 0; i < sizeof(raw); i++)
		assert_true(ssh_public_take(raw, i, &public, NULL) < 0);
	for (size_t i = 0; i < sizeof(raw); i++)
		for (unsigned int value = 0; value < 256; value++) {
			uint8_t old = raw[i];

			raw[i] = (uint8_t)value;
			(void)ssh_public_take(raw, sizeof(raw), &public, NULL);
			raw[i] = old;
		}
}

static void keys_of_seeds(void **state)
{
	/* RFC 8032 7.1, test 1 */
	static const uint8_t seed[SSH_KEY_SEED] = {
		0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
		0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
		0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
		0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
	struct ssh_key one = {0};
	struct ssh_key two = {0};

	(void)state;
	assert_int_equal(ssh_key_of(seed, &one, NULL), 0);
	/* d75a9801 82b10ab7 d54bfed3 c964073a 0ee172f3 daa62325 af021a68 … */
	assert_string_equal(
		one.public.text,
		"AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGm"
		"j3B1Ea");
	ssh_key_done(&one);
	assert_int_equal(ssh_key_of(NULL, &one, NULL), 0);
	assert_int_equal(ssh_key_of(NULL, &two, NULL), 0);
	assert_string_not_equal(one.public.text, two.public.text);
	ssh_key_done(&one);
	ssh_key_done(&two);
}

static void private_keys(void **state)
{
	static const char *const bad[] = {
		"x",
		"-----BEGIN OPENSSH PRIVATE KEY-----\n",
		"-----BEGIN OPENSSH PRIVATE KEY-----\n"
		"-----END OPENSSH PRIVATE KEY-----\n",
		"-----BEGIN OPENSSH PRIVATE KEY-----\n"
		"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAA/w==\n"
		"-----END OPENSSH PRIVATE KEY-----\n",
		/* With a passphrase. */
		"-----BEGIN OPENSSH PRIVATE KEY-----\n"
		"b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAAB"
		"A=\n"
		"-----END OPENSSH PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n"
		"-----END PRIVATE KEY-----\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct ssh_key key = {0};
		struct error *error = NULL;

		assert_true(ssh_key_read(bad[i], strlen(bad[i]), &key, &error) <
			    0);
		assert_int_equal(error->kind, ERROR_CONFIG);
		assert_null(strstr(error->msg, "b3Bl"));
		assert_null(key.private.at);
		error_free(error);
	}
}

static void codes(void **state)
{
	char code[SSH_CODE_TEXT];
	char typed[SSH_CODE_TEXT * 2];
	struct ssh_code_keys one = {0};
	struct ssh_code_keys two = {0};
	size_t used = 0;

	(void)state;
	assert_int_equal(ssh_code_make(code, NULL), 0);
	assert_int_equal(strlen(code), 23);
	assert_int_equal(ssh_code_keys(code, &one, NULL), 0);
	assert_string_not_equal(one.host.public.text, one.reader.public.text);
	/* Small letters, blanks for dashes, o for 0. */
	for (const char *at = code; *at; at++) {
		if (*at == '-')
			typed[used++] = ' ';
		else if (*at == '0')
			typed[used++] = 'o';
		else if (*at == '1')
			typed[used++] = 'l';
		else
			typed[used++] = (char)(*at | (*at >= 'A' ? 32 : 0));
	}
	typed[used] = '\0';
	assert_int_equal(ssh_code_keys(typed, &two, NULL), 0);
	assert_string_equal(one.host.public.text, two.host.public.text);
	assert_string_equal(one.reader.private.at, two.reader.private.at);
	ssh_code_keys_done(&one);
	ssh_code_keys_done(&two);
}

/* The same code means the same keys in every version. */
static void known_code(void **state)
{
	struct ssh_code_keys keys = {0};

	(void)state;
	assert_int_equal(ssh_code_keys(CODE, &keys, NULL), 0);
	assert_string_equal(keys.host.public.print, CODE_HOST);
	assert_string_equal(keys.reader.public.print, CODE_READER);
	ssh_code_keys_done(&keys);
}

static void mistyped_codes(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	static const char *const bad[] = {"",
					  "A",
					  "code",
					  "AAAAA-AAAAA-AAAAA-AAAAA-A",
					  "UUUUU-UUUUU",
					  "AAAAA-AAAAA-AAAAA-AAAA\x80"};
	unsigned int passed = 0;
	unsigned int tried = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct ssh_code_keys keys = {0};

		assert_true(ssh_code_keys(bad[i], &keys, NULL) < 0);
		assert_null(keys.host.private.at);
	}
	for (size_t at = 0; at < strlen(CODE); at++)
		for (size_t i = 0; CODE[at] != '-' && i < 32; i++) {
			struct ssh_code_keys keys = {0};
			char code[] = CODE;

			if (code[at] == alphabet[i])
				continue;
			code[at] = alphabet[i];
			tried++;
			if (ssh_code_keys(code, &keys, NULL) == 0)
				passed++;
			ssh_code_keys_done(&keys);
		}
	/* One slip in a thousand is not found out. */
	assert_int_equal(tried, 620);
	assert_true(passed <= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_keys),
		cmocka_unit_test(hostile_keys),
		cmocka_unit_test(keys_of_seeds),
		cmocka_unit_test(private_keys),
		cmocka_unit_test(codes),
		cmocka_unit_test(known_code),
		cmocka_unit_test(mistyped_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
