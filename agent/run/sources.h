/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SOURCES_H
#define LANDER_RUN_SOURCES_H

struct error;
struct migrate;

/** sources_open(m, err): connect, list, choose the targets: fills m->plan. */
int sources_open(struct migrate *m, struct error **err);

#endif
