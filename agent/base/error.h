/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BASE_ERROR_H
#define LANDER_BASE_ERROR_H

/**
 * What went wrong, as seen by the person who has to act.  The value is the
 * exit status of lander (agent/DESIGN.md, "Exit status").
 */
enum error_kind {
	ERROR_INTERNAL = 1, /* a bug in lander, or out of memory */
	ERROR_CONFIG = 2,   /* the operator can fix a parameter */
	ERROR_REFUSED = 3,  /* a check refused; nothing was written */
	ERROR_SOURCE = 4,   /* the source refused, failed or lied */
	ERROR_TARGET = 5,   /* a disk of this machine */
	ERROR_NETWORK = 6,  /* may pass on a retry */
	ERROR_CONVERGE = 7, /* the rounds do not shrink, or the
			     * downtime is above what is allowed */
	ERROR_VERIFY = 8,   /* what was read back is not what was written */
	ERROR_CONVERT = 9,  /* the copied system could not be made to fit */
	ERROR_ABORTED = 10, /* by order */
};

/** Tells compilers and analyzers what holds for every result here: it is
 *  negative, so no caller goes on as if nothing had failed. */
static inline int error_negative(int r)
{
	if (r >= 0)
		__builtin_unreachable();
	return r;
}

/** One failure.  Owned by whoever holds the pointer; error_free() ends it. */
struct error {
	enum error_kind kind;
	int code;  /* errno value, 0 when no system call failed */
	char *msg; /* "outer: inner", no newline, no full stop */
};

/**
 * error_set(err, kind, code, fmt, ...): make *err from a message; ": " and
 * strerror(code) follow it when code is not 0.  err may be NULL.
 * Returns -code, or -EIO when code is 0, so that a caller can
 * `return error_set(...)`.
 */
#define error_set(err, kind, code, ...) \
	error_negative(error_make(err, kind, code, __VA_ARGS__))
int error_make(struct error **err, enum error_kind kind, int code,
	       const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/**
 * error_wrap(err, fmt, ...): put "context: " before the message of *err.
 * Kind and code stay.  Returns the negative that error_set() gave.
 */
#define error_wrap(err, ...) error_negative(error_context(err, __VA_ARGS__))
int error_context(struct error **err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** error_memory(err): the one error that needs no memory.  Returns -ENOMEM. */
#define error_memory(err) error_negative(error_out_of_memory(err))
int error_out_of_memory(struct error **err);

/** error_gather(all, one): puts one more problem behind those found before,
 *  "first; second", with the kind of the first; ends one. */
void error_gather(struct error **all, struct error *one);

/** error_free(err): NULL does nothing. */
void error_free(struct error *err);

/** error_clear(err): free *err and set it to NULL, to go on visibly. */
void error_clear(struct error **err);

#endif
