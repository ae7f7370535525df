/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BASE_PROCESS_H
#define LANDER_BASE_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct error;

/** How to run one child and where its words go. */
struct process {
	const char *const *argv; /* NULL-terminated; argv[0] by PATH */
	const char *input;	 /* text for its stdin, or NULL for none */
	size_t input_length;	 /* 0: input is a text, up to its zero byte */
	unsigned int timeout_s;	 /* then SIGKILL and ETIMEDOUT; 0 = 300 */
	/* Runs in the child in the place of argv, whose first word is then only
	 * its name; its result is the exit status.  After a fork of a program
	 * with threads it may make async-signal-safe calls only. */
	int (*body)(const void *context);
	const void *context;
	const _Atomic bool *stop; /* when it becomes true: SIGKILL and
				   * ECANCELED; NULL: never */
	unsigned int namespaces;  /* CLONE_NEW… of its own, clone(2) */
};

/**
 * process_run(process, ret_output, err): run, wait, return its exit status
 * (0..255; 128 + n for signal n), or a negative errno when it could not be
 * started or ran out of time.  ret_output may be NULL; else stdout and stderr
 * together, the last 32 to 64 KiB of them, to free(), also when it ran out of
 * time.  A child with CLONE_NEWPID takes all that it started with it; what
 * another one leaves behind goes on, with a broken pipe for its output.
 */
int process_run(const struct process *process, char **ret_output,
		struct error **err);

/**
 * process_check(process, kind, err): process_run(), any status but 0 is an
 * error of that kind: "sfdisk exited with 1: its last line".
 */
int process_check(const struct process *process, int kind, struct error **err);

#endif
