/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_KICKSTART_H
#define LANDER_CONFIG_KICKSTART_H

#include <stddef.h>

struct config;
struct error;

/** A whole kickstart file, and one script in it, in bytes. */
#define KICKSTART_LIMIT	       ((size_t)256 << 10)
#define KICKSTART_SCRIPT_LIMIT ((size_t)64 << 10)

/**
 * kickstart_read(config, text, origin, rank, err): a job as a file of lines
 *
 *   NAME VALUE                 a parameter, without "lander."; "…" keeps blanks
 *                              and "#" in it; a switch may stand alone
 *   # …                        a comment, at the start of a line or behind a
 *                              blank
 *   %post [--interpreter=PATH] a script, up to a line that is %end;
 *   …                          %pre, %firstboot, %final and %fail take the
 *   %end                       same; without the option /bin/sh runs it
 *   %include PLACE [--sha256=HEX]   another such file
 *
 * Parameters go into config_set(), scripts into config_script_add(), the names
 * of other files into config_include_add(), and nobody reads those here.  Ends
 * of lines may be CR LF, in scripts too.  Origins get ":LINE", a script's is
 * that of its first line.  Errors: ERROR_CONFIG with all problems, not only the
 * first.
 */
int kickstart_read(struct config *config, const char *text, const char *origin,
		   int rank, struct error **err);

#endif
