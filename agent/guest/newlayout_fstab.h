/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NEWLAYOUT_FSTAB_H
#define LANDER_GUEST_NEWLAYOUT_FSTAB_H

struct error;
struct newlayout_text;

/**
 * newlayout_fstab(work, crypttab, err): fstab(5) for a new layout.  A line
 * changes only where it has to: its name of a device when that means nothing
 * any more (UUID= then), its type and options when the file system is of
 * another kind.  Lines of what is gone become comments, the reason above them;
 * what is new gets a line, before what is mounted in it.
 * crypttab: of the new system, or NULL: what it opens is no node of the design.
 * Returns 1 when work->fresh differs from work->text, 0 when it does not.
 */
int newlayout_fstab(struct newlayout_text *work, const char *crypttab,
		    struct error **err);

#endif
