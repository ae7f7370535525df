/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NEWLAYOUT_CRYPTTAB_H
#define LANDER_GUEST_NEWLAYOUT_CRYPTTAB_H

struct error;
struct newlayout_text;

/**
 * newlayout_crypttab(work, err): crypttab(5) for a new layout.  A name of a
 * device that means nothing any more becomes UUID= of the container, PARTUUID=
 * of a plain mapping; lines of containers that are none any more become
 * comments.  A new container opens with the job's key only: a line with a key
 * file is told.  Returns 1 when work->fresh differs from work->text, else 0.
 */
int newlayout_crypttab(struct newlayout_text *work, struct error **err);

#endif
