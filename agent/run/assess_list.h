/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ASSESS_LIST_H
#define LANDER_RUN_ASSESS_LIST_H

#include <stddef.h>

struct error;

/** One source that is to be looked at, as somebody wrote it. */
struct assess_source {
	char *origin;  /* "hosts.csv:12", "argument" */
	char *text;    /* what was written, for who gets no name for it */
	char *uri;     /* "ssh://…"; NULL: it is none, and problem says why */
	char *problem; /* or NULL */
	char *hostkey; /* or NULL, likewise the others */
	char *identity;
	char *jump;
	char *jump_hostkey;
	char *jump_identity;
	char **disks; /* NULL-terminated */
};

struct assess_list {
	struct assess_source *source;
	size_t count;
	char *ignored; /* columns that mean nothing here, or NULL */
};

/** assess_list_begin(list, origin, text, ret, err): one more source, empty.
 *  assess_list_set(source, name, value, err): "source" of it, or what
 *  assess_list_key() knows.  assess_list_complain(source, what, word, err):
 * what is wrong with it; the first time counts.  Errors: out of memory. */
int assess_list_begin(struct assess_list *list, const char *origin,
		      const char *text, struct assess_source **ret,
		      struct error **err);
int assess_list_set(struct assess_source *source, const char *name,
		    const char *value, struct error **err);
int assess_list_complain(struct assess_source *source, const char *what,
			 const char *word, struct error **err);

/** assess_list_key(word): which of "hostkey", "identity", "disks", "jump",
 *  "jump.hostkey" and "jump.identity" word gives a value to, "KEY=VALUE"; NULL:
 *  none. */
const char *assess_list_key(const char *word);

/** assess_list_add(list, origin, line, err): "[ssh://][user@]host… [KEY=…]…".
 * What is wrong with it becomes its problem. Errors: out of memory. */
int assess_list_add(struct assess_list *list, const char *origin,
		    const char *line, struct error **err);

/**
 * assess_list_read(list, name, text, err): a whole list: a source a line, or
 * CSV when its first line names columns (host, user, port, hostkey, identity,
 * disks, source, jump, jump.hostkey, jump.identity, in any order, between
 * commas, semicolons or tabs).  text is changed.  Errors: ERROR_CONFIG (no such
 * column, a quote without its end).
 */
int assess_list_read(struct assess_list *list, const char *name, char *text,
		     struct error **err);

/** assess_list_defaults(list, word, err): "KEY=VALUE" for all that have none of
 *  their own.  Errors: ERROR_CONFIG. */
int assess_list_defaults(struct assess_list *list, const char *word,
			 struct error **err);

void assess_list_done(struct assess_list *list);

#endif
