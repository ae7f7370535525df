/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_MDADM_H
#define LANDER_GUEST_NAMES_MDADM_H

struct error;
struct names;

/** names_mdadm(names, err): a DEVICE line of mdadm.conf(5) that names the old
 *  machine's disks becomes a comment: without one mdadm looks at every
 *  partition, and the superblocks say what belongs together.  An ARRAY line
 *  that knows its members by name only is told. */
int names_mdadm(struct names *names, struct error **err);

#endif
