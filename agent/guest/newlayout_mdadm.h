/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NEWLAYOUT_MDADM_H
#define LANDER_GUEST_NEWLAYOUT_MDADM_H

struct error;
struct newlayout_text;

/** newlayout_mdadm(work, path, err): mdadm.conf(5) for a new layout: ARRAY
 *  lines of arrays that are none any more become comments.  path: of the file,
 *  for the report.  Returns 1 when work->fresh differs from work->text, else
 *  0. */
int newlayout_mdadm(struct newlayout_text *work, const char *path,
		    struct error **err);

#endif
