/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FITTING_NAMES_H
#define LANDER_RUN_FITTING_NAMES_H

struct convert;
struct error;
struct migrate;

/**
 * fitting_names(m, root, err): the copied system's fstab, crypttab and
 * mdadm.conf as m->fitting's layout wants them; each change is told.  root: the
 * new tree, mounted for writing, with all of its file systems.  To be called
 * when the files are complete and verified, before the conversion looks for the
 * system; may be called again.  Does nothing without m->fitting.
 */
int fitting_names(struct migrate *m, const char *root, struct error **err);

/** fitting_names_convert(m, convert): what a conversion has to know of it: the
 *  layout, and whether each initramfs is to be made anew. */
void fitting_names_convert(const struct migrate *m, struct convert *convert);

#endif
