/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_GLOB_H
#define LANDER_SOURCE_TREE_GLOB_H

#include <stdbool.h>

/** tree_glob_match(pattern, name): "*" is any bytes, "?" any one, "[a-z_]" and
 *  "[!a]" one of these, or none of them.  Of names that are not all ASCII only
 *  the very same matches: what is a character there is not known here. */
bool tree_glob_match(const char *pattern, const char *name);

#endif
