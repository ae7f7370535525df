/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FITTING_NAMES_H
#define LANDER_RUN_FITTING_NAMES_H

#include <stdbool.h>

struct convert;
struct error;
struct migrate;
struct steps;

/**
 * fitting_names(m, root, steps, err): the copied system's fstab, crypttab and
 * mdadm.conf as m->fitting's layout wants them.  root: the new tree, mounted
 * for writing, with all of its file systems.  To be called when the files are
 * complete and verified, before the conversion looks for the system; may be
 * called again.  Returns 1 when the system's initramfs has to be made anew for
 * it (convert->rebuild), else 0.
 */
int fitting_names(struct migrate *m, const char *root, struct steps *steps,
		  struct error **err);

/** fitting_names_rebuild(m, ret, err): whether that may return 1; asked before
 *  the files are complete. */
int fitting_names_rebuild(struct migrate *m, bool *ret, struct error **err);

/** fitting_names_convert(m, convert): a conversion after that knows the layout,
 *  for the words of kernel command lines. */
void fitting_names_convert(const struct migrate *m, struct convert *convert);

#endif
