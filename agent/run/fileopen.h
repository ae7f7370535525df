/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FILEOPEN_H
#define LANDER_RUN_FILEOPEN_H

struct error;
struct migrate;

/** fileopen_check(m, err): reads lander.exclude=, and what the plan leaves out,
 *  into m->fitting. */
int fileopen_check(struct migrate *m, struct error **err);

/** fileopen_open(m, err): files of m->fitting: logged in to the source, with a
 *  pair for each part of the tree that is mounted here.  What comes goes by the
 *  job's limit and into its progress. */
int fileopen_open(struct migrate *m, struct error **err);

#endif
