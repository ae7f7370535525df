/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_SCRAP_H
#define LANDER_GUEST_SCRAP_H

struct error;

/**
 * Removing what was made for a conversion only; nothing is kept of it.  Paths
 * are the guest's own, as in guest/edit.h; the last part itself is removed,
 * never what a link there names, and no directory is left by a link.
 * Errors: ERROR_CONVERT with the errno, "remove '/x' of the copied system".
 */

/** scrap_remove(root, path, err): a file, a link, or a directory with all that
 *  is in it.  1, or 0 when there was none. */
int scrap_remove(const char *root, const char *path, struct error **err);

/** scrap_remove_text(root, path, text, err): only a regular file that holds
 *  just this text.  1, or 0 when there was no such one. */
int scrap_remove_text(const char *root, const char *path, const char *text,
		      struct error **err);

#endif
