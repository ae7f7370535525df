/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SCRIPTS_H
#define LANDER_RUN_SCRIPTS_H

struct convert;
struct error;
struct migrate;

/** scripts_take(m, convert, err): the job's scripts, and what they may know,
 *  for the conversion of its system.  scripts_release() in any case. */
int scripts_take(const struct migrate *m, struct convert *convert,
		 struct error **err);
void scripts_release(struct convert *convert);

/** scripts_targets(m): "/dev/vda /dev/vdb", to free(); NULL without memory. */
char *scripts_targets(const struct migrate *m);

/** scripts_refuse(m, err): no system is there for the job's scripts: the error,
 *  or 0 when it has none.  Not when a cut commit is finished: they ran. */
int scripts_refuse(const struct migrate *m, struct error **err);

#endif
