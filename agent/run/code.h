/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CODE_H
#define LANDER_RUN_CODE_H

struct error;
struct migrate;
struct source_spec;

/**
 * code_ask(m, spec, err): when identity= is "code": the code that a served
 * machine shows is asked for on the consoles, once for all connections of this
 * program, and spec gets the keys that it stands for, valid until code_forget()
 * or code_refused(); hostkey= is obeyed when it is given, too.  Else nothing
 * happens.
 * Errors: ERROR_CONFIG (nobody could type it), ERROR_ABORTED.
 */
int code_ask(struct migrate *m, struct source_spec *spec, struct error **err);

/** code_refused(spec, r, err): another try failed with r: a code that is not
 *  this source's is said to be so, and asked for again next time. */
int code_refused(const struct source_spec *spec, int r, struct error **err);

/** code_give(text, err): a person has typed it already.  Errors: ERROR_CONFIG.
 *  code_fill(spec): what it stands for. */
int code_give(const char *text, struct error **err);
void code_fill(struct source_spec *spec);

/** code_forget(): wipes what a code stood for. */
void code_forget(void);

#endif
