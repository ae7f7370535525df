/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_TREE_H
#define LANDER_GUEST_TREE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * tree_open(root, path): opens a regular file or a directory of a mounted
 * system for reading, as that system itself would see it: links, absolute
 * ones too, and ".." stay inside root.  Nothing else is ever opened: no FIFO,
 * no device, no socket.  path: "/boot/grub/grub.cfg".
 * Returns a descriptor or a negative errno; -EINVAL for another kind of file.
 * Source: openat2(2), RESOLVE_IN_ROOT.
 */
int tree_open(const char *root, const char *path);

/** tree_read(root, path, limit, ret): a whole regular file, with a zero byte
 *  after it.  Returns 0 or a negative errno; -EFBIG above limit bytes. */
int tree_read(const char *root, const char *path, size_t limit,
	      char **ret_text);

/** tree_load(root, path, limit, ret, ret_length): tree_read() of a file that
 *  may hold zero bytes. */
int tree_load(const char *root, const char *path, size_t limit, char **ret_text,
	      size_t *ret_length);

/** tree_has(root, path): such a file or directory is there. */
bool tree_has(const char *root, const char *path);

/** tree_list(root, path, ret): the names in a directory, sorted, without "."
 *  and "..", NULL at the end; to tree_free_list().  Returns 0 or a negative
 *  errno; -E2BIG above 65536 names. */
int tree_list(const char *root, const char *path, char ***ret_names);
void tree_free_list(char **names);

/** tree_path(root, path, ret): where that directory is for us, without any
 *  link in it.  Returns 0 or a negative errno. */
int tree_path(const char *root, const char *path, char **ret_path);

#endif
