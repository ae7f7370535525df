/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LUKS containers by cryptsetup.  It makes, opens and closes; it never changes
 * a header, a slot or a token, and it asks nobody for a passphrase.
 */
#include "disk/luks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "base/process.h"
#include "disk/mapper.h"

#define TIMEOUT_S 300 /* a key derivation made for a faster machine */
#define PATIENCE  10.0

/* cryptsetup(8), "RETURN CODES". */
enum { CODE_NO_KEY = 2, CODE_NO_MEMORY = 3 };

int luks_open(const char *device, const char *name, const struct luks_key *key,
	      bool read_only, struct error **err)
{
	const char *argv[10] = {
		"cryptsetup",	"open",		"--type", "luks",
		"--batch-mode", "--key-file=-", device,	  name};
	const struct process process = {.argv = argv,
					.input = key->bytes,
					.input_length = key->length,
					.timeout_s = TIMEOUT_S};
	char *output = NULL;
	int r;

	if (read_only)
		argv[8] = "--readonly";
	r = process_run(&process, &output, err);
	if (output)
		parse_make_printable(output);
	if (r == CODE_NO_KEY)
		r = error_set(err, ERROR_CONVERT, EACCES,
			      "the key opens none of its slots");
	else if (r == CODE_NO_MEMORY)
		r = error_set(err, ERROR_CONVERT, ENOMEM,
			      "its key derivation wants more memory than this "
			      "machine has now");
	else if (r > 0)
		r = error_set(err, ERROR_CONVERT, 0,
			      "cryptsetup exited with %d: %.200s", r,
			      output ? output : "");
	free(output);
	return r < 0 ? error_wrap(err, "open '%s'", device) : 0;
}

int luks_close(const char *name, struct error **err)
{
	return mapper_remove(name, io_seconds() + PATIENCE, err);
}

int luks_format(const char *device, const struct luks_make *make,
		const struct luks_key *key, struct error **err)
{
	const char *argv[16] = {"cryptsetup",
				"luksFormat",
				"--batch-mode",
				"--type",
				make->version == 1 ? "luks1" : "luks2",
				"--key-file=-"};
	const struct process process = {.argv = argv,
					.input = key->bytes,
					.input_length = key->length,
					.timeout_s = TIMEOUT_S};
	size_t n = 6;
	int r;

	if (*make->uuid) {
		argv[n++] = "--uuid";
		argv[n++] = make->uuid;
	}
	/* GRUB knows no Argon2 (2.12, disk/luks2.c). */
	if (make->version != 1 && make->for_loader) {
		argv[n++] = "--pbkdf";
		argv[n++] = "pbkdf2";
	}
	argv[n] = device;
	r = process_check(&process, ERROR_TARGET, err);
	return r < 0 ? error_wrap(err, "encrypt '%s'", device) : 0;
}
