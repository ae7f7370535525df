/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CREDENTIAL_H
#define LANDER_RUN_CREDENTIAL_H

struct error;
struct locked;
struct migrate;
struct source_spec;

/**
 * credential_take(m, spec, err): what the source is shown to let us in, from
 * where lander.identity says: spec's key and the name it may have in messages.
 * Got once and kept in locked memory, also over tries of a job that failed: a
 * URL for one use gives it only once.  What spec points to is valid until
 * credential_forget().  For "code" that is run/code.h.  A path is left to
 * the source.  A source that is not entered over SSH is shown nothing.
 *
 * Errors: ERROR_CONFIG, http_fetch()'s.
 */
int credential_take(struct migrate *m, struct source_spec *spec,
		    struct error **err);

/** credential_take_jump(m, spec, err): the same for its jump host alone. */
int credential_take_jump(struct migrate *m, struct source_spec *spec,
			 struct error **err);

/** credential_give(source, password, err): a person has typed it for this
 *  lander.source already; takes it over. */
int credential_give(const char *source, struct locked *password,
		    struct error **err);

/** credential_forget(): wipes it. */
void credential_forget(void);

#endif
