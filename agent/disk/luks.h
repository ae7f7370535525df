/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_LUKS_H
#define LANDER_DISK_LUKS_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/** A passphrase or the bytes of a key file. */
struct luks_key {
	void *bytes;
	size_t length;
};

/**
 * luks_open(device, name, key, read_only, err): /dev/mapper/NAME, by
 * cryptsetup(8), which gets the key as its standard input: no argument and
 * no file holds it.  LUKS1 and LUKS2.
 * Errors: EACCES (ERROR_CONVERT): the key opens none of its slots; ENOMEM:
 * its key derivation wants more memory than this machine has.
 */
int luks_open(const char *device, const char *name, const struct luks_key *key,
	      bool read_only, struct error **err);

/** What a new container is. */
struct luks_make {
	const char *uuid;
	unsigned int version; /* LUKS 1 or 2 */
	bool for_loader;      /* its key is derived as GRUB can, by PBKDF2 */
};

/** luks_format(device, make, key, err): a new container, opened by key and by
 *  nothing else; what was there is lost.  Source: cryptsetup-luksFormat(8). */
int luks_format(const char *device, const struct luks_make *make,
		const struct luks_key *key, struct error **err);

/** luks_close(name, err): waits a moment while it is busy. */
int luks_close(const char *name, struct error **err);

#endif
