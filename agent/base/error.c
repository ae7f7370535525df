/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one error object.  A function that touched the world makes it, each
 * caller that knows something new puts its context in front, run/ prints it
 * once.  It never prints, never exits.
 */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Running out of memory must be reportable without memory. */
static char no_memory_text[] = "out of memory";
static struct error no_memory = {ERROR_INTERNAL, ENOMEM, no_memory_text};

int error_out_of_memory(struct error **err)
{
	if (err)
		*err = &no_memory;
	return -ENOMEM;
}

int error_make(struct error **err, enum error_kind kind, int code,
	       const char *fmt, ...)
{
	char *text = NULL;
	char *full = NULL;
	struct error *e;
	va_list ap;
	int n;

	/* Some callers hold a negative errno; the result is negative always. */
	code = code < 0 ? -code : code;

	if (!err)
		return code ? -code : -EIO;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return error_memory(err);
	if (code && asprintf(&full, "%s: %s", text, strerror(code)) < 0)
		full = NULL;
	if (code && full) {
		free(text);
		text = full;
	}
	e = malloc(sizeof(*e));
	if (!e) {
		free(text);
		return error_memory(err);
	}
	*e = (struct error){.kind = kind, .code = code, .msg = text};
	*err = e;
	return code ? -code : -EIO;
}

int error_context(struct error **err, const char *fmt, ...)
{
	char *context = NULL;
	char *full = NULL;
	struct error *e;
	va_list ap;
	int n;

	if (!err || !*err)
		return -EIO;
	e = *err;
	if (e == &no_memory)
		return -ENOMEM;
	va_start(ap, fmt);
	n = vasprintf(&context, fmt, ap);
	va_end(ap);
	if (n >= 0 && asprintf(&full, "%s: %s", context, e->msg) >= 0) {
		free(e->msg);
		e->msg = full;
	}
	if (n >= 0)
		free(context);
	return e->code ? -e->code : -EIO;
}

void error_free(struct error *err)
{
	if (!err || err == &no_memory)
		return;
	free(err->msg);
	free(err);
}

void error_clear(struct error **err)
{
	if (!err)
		return;
	error_free(*err);
	*err = NULL;
}

/* A file of nothing but mistakes is told by its first ones: each more is copied
 * with all before it. */
#define GATHER_LIMIT ((size_t)16 << 10)

void error_gather(struct error **all, struct error *one)
{
	struct error *joined = NULL;
	static const char more[] = "; and more of that";
	size_t length = *all ? strlen((*all)->msg) : 0;

	if (!*all) {
		*all = one;
		return;
	}
	if (length > GATHER_LIMIT &&
	    !strcmp((*all)->msg + length - (sizeof(more) - 1), more)) {
		error_free(one);
		return;
	}
	if (length > GATHER_LIMIT)
		(void)error_set(&joined, (*all)->kind, 0, "%s%s", (*all)->msg,
				more);
	else
		(void)error_set(&joined, (*all)->kind, 0, "%s; %s", (*all)->msg,
				one->msg);
	error_free(*all);
	error_free(one);
	*all = joined;
}
