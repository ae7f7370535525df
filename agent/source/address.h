/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_ADDRESS_H
#define LANDER_SOURCE_ADDRESS_H

#include <stdbool.h>

struct error;

/** One NBD server and export, as messages and libnbd need it. */
struct address {
	char *uri;
	char *export; /* replaces the URI's export name, or NULL */
	char *place;  /* "10.0.0.5:10809", "/run/x.sock": for messages */
	char *wanted; /* the export name asked for, for messages */
	bool tls;
	bool is_unix;
};

/** address_parse(uri, export, ret, err): check the URI's form.
 *  Errors: ERROR_CONFIG. */
int address_parse(const char *uri, const char *export,
		  struct address *ret_address, struct error **err);
void address_done(struct address *address);

#endif
