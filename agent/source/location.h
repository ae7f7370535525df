/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_LOCATION_H
#define LANDER_SOURCE_LOCATION_H

#include <stdbool.h>

struct error;

/** One NBD server and export, as messages and libnbd need it. */
struct location {
	char *uri;
	char *export; /* replaces the URI's export name, or NULL */
	char *place;  /* "10.0.0.5:10809", "/run/x.sock": for messages */
	char *wanted; /* the export name asked for, for messages */
	bool tls;
	bool is_unix;
};

/** location_parse(uri, export, ret, err): check the URI's form.
 *  Errors: ERROR_CONFIG. */
int location_parse(const char *uri, const char *export,
		   struct location *ret_address, struct error **err);
void location_done(struct location *location);

#endif
