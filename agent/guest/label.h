/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_LABEL_H
#define LANDER_GUEST_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#define LABEL "security.selinux"

/**
 * SELinux labels of what lander makes in a copied system.  Without a rule that
 * says otherwise a new file gets the type of the directory it is made in; that
 * is what these do.  A directory without a label gives none.  Sources:
 * selinux(8), the extended attribute "security.selinux" in xattr(7).
 */

/** label_take(directory, fd): the new file or directory fd is labelled as the
 *  one it is in. */
void label_take(int directory, int fd);

/** label_link(directory, name): the same for a new symbolic link. */
void label_link(int directory, const char *name);

/** label_miss(what): something lost the one it had. */
void label_miss(const char *what);

/** label_lost(): how many could not be labelled since label_begin(). */
size_t label_lost(void);
void label_begin(void);

#endif
