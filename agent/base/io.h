/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BASE_IO_H
#define LANDER_BASE_IO_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/**
 * io_pread(fd, buf, length, offset) and io_pwrite(...): the whole range or a
 * negative errno; interrupted and short calls go on.  A read past the end
 * gives -ENODATA.  Buffers must be aligned when fd is O_DIRECT.
 */
int io_pread(int fd, void *buf, size_t length, uint64_t offset);
int io_pwrite(int fd, const void *buf, size_t length, uint64_t offset);

/**
 * io_read_file(path, limit, &text, &length, err): a whole small file, with a
 * zero byte after it.  More than limit bytes: EFBIG.  ret_length may be NULL.
 * Errors: the errno of open(2) or read(2), kind ERROR_TARGET.
 */
int io_read_file(const char *path, size_t limit, char **ret_text,
		 size_t *ret_length, struct error **err);

/** io_read_line(path): the first line of a small file (sysfs), without its
 *  newline and trailing blanks; NULL when it can't be read. */
char *io_read_line(const char *path);

/** io_read_number(path, ret): an unsigned decimal number in a file (sysfs).
 *  Returns false when the file is missing or holds something else. */
bool io_read_number(const char *path, uint64_t *ret_value);

/** io_read_ready(fd, buf, length): read(2) of what has come, -EAGAIN when that
 *  is nothing: nobody who calls it is kept waiting, not even by a descriptor
 *  that would block. */
ssize_t io_read_ready(int fd, void *buf, size_t length);

/** io_replace_file(path, text, length, err): write beside it, fsync, rename:
 *  a reader sees the old file or the new one.  Mode 0644. */
int io_replace_file(const char *path, const char *text, size_t length,
		    struct error **err);

/** io_make_parents(path, err): mkdir -p of the directory that path is in. */
int io_make_parents(const char *path, struct error **err);

/** io_is_zero(buf, length): true when every byte is 0.  The hot zero test of
 *  the copy: about 13 GB/s. */
bool io_is_zero(const void *buf, size_t length);

/** io_seconds(): CLOCK_MONOTONIC in seconds. */
double io_seconds(void);

#endif
